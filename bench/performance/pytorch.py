# PyTorch's side of the comparison: one long-lived process that times cases as it is told, so that both sides can take turns.
# Reads a JSON object a line on standard input and answers with one a line; given to Python as text (-c), so it needs no file.
#   {"do": "facts"}                                   ->  version, capability, threads, …
#   {"do": "open", "work", "cell", "T", "B", "D", "H"} -> {"ways": names of the ways to do this work, the fastest first}
#   {"do": "run", "way", "n": 5}                       -> {"ms": of all n together, "cpuMs": processor time of the whole process}
import json
import sys
import time

import torch

torch.set_num_threads(int(sys.argv[1]))
torch.manual_seed(1)


def train(cell, T, B, D, H):
    model = getattr(torch.nn, cell)(D, H)
    x = torch.randn(T, B, D)

    def step():
        model.zero_grad()
        y, _ = model(x)
        y.sum().backward()

    return {f"nn.{cell}": step}


def last(cell, T, B, D, H):
    model = getattr(torch.nn, cell)(D, H)
    x = torch.randn(T, B, D)

    def step():
        model.zero_grad()
        y, _ = model(x)
        y[-1].sum().backward()

    def flushing():
        torch.set_flush_denormal(True)
        step()
        torch.set_flush_denormal(False)

    return {f"nn.{cell}": step, f"nn.{cell}, set_flush_denormal": flushing}


def infer(cell, T, B, D, H):
    model = getattr(torch.nn, cell)(D, H).eval()
    x = torch.randn(T, B, D)

    def no_grad():
        with torch.no_grad():
            model(x)

    def inference_mode():
        with torch.inference_mode():
            model(x)

    return {f"nn.{cell}, no_grad": no_grad, f"nn.{cell}, inference_mode": inference_mode}


def step(cell, T, B, D, H):
    model = getattr(torch.nn, cell)(D, H).eval()
    one = getattr(torch.nn, cell + "Cell")(D, H).eval()
    traced = torch.jit.freeze(torch.jit.script(one))
    x = torch.randn(1, B, D)
    row = x[0]
    zero = torch.zeros(B, H)
    first = (zero, zero) if cell == "LSTM" else zero
    held = {"layer": (zero[None], zero[None]) if cell == "LSTM" else zero[None], "cell": first, "scripted": first}

    def layer():
        with torch.inference_mode():
            _, held["layer"] = model(x, held["layer"])

    def bare():
        with torch.inference_mode():
            held["cell"] = one(row, held["cell"])

    def scripted():
        with torch.inference_mode():
            held["scripted"] = traced(row, held["scripted"])

    return {f"nn.{cell}": layer, f"nn.{cell}Cell": bare, f"nn.{cell}Cell, TorchScript": scripted}


def milliseconds(work, n):
    began = time.perf_counter()
    for _ in range(n):
        work()
    return (time.perf_counter() - began) * 1e3


def fastest_first(ways):
    if len(ways) == 1:
        return list(ways)
    best = {}
    for name, work in ways.items():
        milliseconds(work, 3)
        n = max(1, int(10 / milliseconds(work, 1)))
        best[name] = min(milliseconds(work, n) / n for _ in range(3))
    return sorted(best, key=best.get)


def facts():
    return {
        "version": torch.__version__,
        "capability": torch.backends.cpu.get_cpu_capability(),
        "threads": torch.get_num_threads(),
        "oneDNN": torch.backends.mkldnn.is_available(),
        "python": sys.version.split()[0],
    }


WORKS = {"train": train, "last": last, "infer": infer, "step": step}
ways = {}
for line in sys.stdin:
    request = json.loads(line)
    do = request.pop("do")
    if do == "facts":
        answer = facts()
    elif do == "open":
        ways = WORKS[request.pop("work")](**request)
        answer = {"ways": fastest_first(ways)}
    else:
        cpu = time.process_time()
        answer = {"ms": milliseconds(ways[request["way"]], request["n"])}
        answer["cpuMs"] = (time.process_time() - cpu) * 1e3
    print(json.dumps(answer), flush=True)
