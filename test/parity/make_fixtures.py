#!/usr/bin/env python3
"""Makes test/parity/fixtures/*.json: what PyTorch computes, in float64, for the problems of the parity tests.

    python3 test/parity/make_fixtures.py

Only needed to renew the numbers; the tests read the JSON. Weights come from cosines, so that no two are equal.
The loss is Σ weight·output + Σ weight·last state with the weights of `solve` in src/nn/cells/cell.case.ts, so that gradients reach
every output and every state. GRU with reset before has no twin in PyTorch: it is written out here for autograd.
"""
import json
import math
import pathlib
import platform

import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.set_default_dtype(torch.float64)
FOLDER = pathlib.Path(__file__).parent / 'fixtures'


def short(value):
    """A multiple of 2^-12: exact in f32 and short in JSON."""
    return round(value * 4096) / 4096


def unequal(n, salt, scale=1.0):
    return torch.tensor([short(scale * math.cos(1 + 2.3 * i + 0.013 * i * i + 5.1 * salt)) for i in range(n)])


def loss_weights(n, salt):
    """`unequal` of src/autograd/gradient-check.case.ts."""
    values = [math.cos(1 + 2.3 * i + 0.013 * i * i + 5.1 * salt) for i in range(n)]
    return torch.tensor([(v + (-0.07 if v < 0 else 0.07)) * 0.93 for v in values])


def output_weights(B, T, H):
    return torch.tensor([[[math.cos(0.2 + 0.7 * b + 1.3 * t + 0.6 * j) for j in range(H)] for t in range(T)] for b in range(B)])


def flat(tensor):
    return tensor.detach().reshape(-1).tolist()


def gru_reset_before(x, h0, weights, layers, H, lengths):
    """Outputs [B, T, H] and last states [layers, B, H] of a GRU whose reset gate acts before the recurrent product."""
    B, T, _ = x.shape
    last = []
    for k in range(layers):
        w_ih, w_hh, b_ih, b_hh = (weights[f'{name}_l{k}'] for name in ('weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'))
        h = h0[k]
        outputs = []
        for t in range(T):
            a = x[:, t] @ w_ih.T + b_ih
            rz = torch.sigmoid(a[:, : 2 * H] + h @ w_hh[: 2 * H].T + b_hh[: 2 * H])
            r, z = rz[:, :H], rz[:, H:]
            n = torch.tanh(a[:, 2 * H :] + (r * h) @ w_hh[2 * H :].T + b_hh[2 * H :])
            running = torch.tensor([[1.0 if t < length else 0.0] for length in lengths])
            after = (1 - z) * n + z * h
            outputs.append(running * after)
            h = running * after + (1 - running) * h
        last.append(h)
        x = torch.stack(outputs, 1)
    return x, torch.stack(last)


def recurrent_case(name, layers, lengths, B, T, D, H, projection=0):
    """One stack with initial states: outputs, last states, and gradients of everything."""
    gates = {'rnn tanh': 1, 'rnn relu': 1, 'lstm': 4, 'lstm projection': 4, 'gru reset after': 3, 'gru reset before': 3}[name]
    weights = {}
    P = projection or H
    for k in range(layers):
        G = gates * H
        shapes = {'weight_ih': (G, D if k == 0 else P), 'weight_hh': (G, P), 'bias_ih': (G,), 'bias_hh': (G,)}
        if projection:
            shapes['weight_hr'] = (P, H)
        for part, shape in shapes.items():
            values = unequal(math.prod(shape), 10 + len(weights), 0.7).reshape(shape)
            weights[f'{part}_l{k}'] = values.requires_grad_()
    lstm = name.startswith('lstm')
    widths = {'h': P, 'c': H} if lstm else {'h': H}
    states = list(widths)
    initial = {s: unequal(layers * B * W, 3 + i, 0.8).reshape(layers, B, W).requires_grad_() for i, (s, W) in enumerate(widths.items())}
    x = unequal(B * T * D, 1).reshape(B, T, D).requires_grad_()
    ends = lengths or [T] * B

    if name == 'gru reset before':
        outputs, last_h = gru_reset_before(x, initial['h'], weights, layers, H, ends)
        last = {'h': last_h}
    else:
        options = {'num_layers': layers, 'batch_first': True}
        module = {
            'rnn tanh': lambda: torch.nn.RNN(D, H, nonlinearity='tanh', **options),
            'rnn relu': lambda: torch.nn.RNN(D, H, nonlinearity='relu', **options),
            'lstm': lambda: torch.nn.LSTM(D, H, **options),
            'lstm projection': lambda: torch.nn.LSTM(D, H, proj_size=P, **options),
            'gru reset after': lambda: torch.nn.GRU(D, H, **options),
        }[name]()
        assert list(module.state_dict()) == list(weights)
        module.load_state_dict(weights)
        first = (initial['h'], initial['c']) if lstm else initial['h']
        given = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False) if lengths else x
        result, final = module(given, first)
        outputs = pad_packed_sequence(result, batch_first=True, total_length=T)[0] if lengths else result
        last = {'h': final[0], 'c': final[1]} if lstm else {'h': final}
        weights = dict(module.named_parameters())

    loss = (output_weights(B, T, P) * outputs).sum()
    for k in range(layers):
        for i, s in enumerate(states):
            loss = loss + (loss_weights(B * widths[s], 40 + 3 * k + i) * last[s][k].reshape(-1)).sum()
    loss.backward()
    gradients = {'x': flat(x.grad)}
    for k in range(layers):
        for s in states:
            gradients[f'{s}{k}'] = flat(initial[s].grad[k])
    for key, value in weights.items():
        gradients[key] = flat(value.grad)
    return {
        'name': name,
        'B': B, 'T': T, 'D': D, 'H': H, 'layers': layers, 'lengths': lengths,
        'x': flat(x),
        'initial': [{s: flat(initial[s][k]) for s in states} for k in range(layers)],
        'weights': {key: {'shape': list(value.shape), 'data': flat(value)} for key, value in weights.items()},
        'outputs': flat(outputs),
        'last': [{s: flat(last[s][k]) for s in states} for k in range(layers)],
        'loss': loss.item(),
        'gradients': gradients,
    }


def loss_case(name, value, inputs, **rest):
    value.backward()
    return {
        'name': name,
        'inputs': [{'shape': list(i.shape), 'values': flat(i), 'gradient': flat(i.grad)} for i in inputs],
        'loss': value.item(),
        **rest,
    }


def loss_cases():
    F = torch.nn.functional
    shape = (3, 4)
    fresh = lambda salt, scale=2.0, shape=shape: unequal(math.prod(shape), salt, scale).reshape(shape).requires_grad_()
    target = unequal(12, 30, 1.5).reshape(shape)
    weights = unequal(12, 31).abs().reshape(shape)
    average = lambda elements: (elements * weights).sum() / weights.sum()
    common = {'target': flat(target), 'weights': flat(weights)}
    for suffix, reduction, finish, extra in (
        ('', 'mean', lambda v: v, {'target': flat(target)}),
        (', weighted', 'none', average, common),
    ):
        y = fresh(1)
        yield loss_case('mse' + suffix, finish(F.mse_loss(y, target, reduction=reduction)), [y], **extra)
        y = fresh(2)
        yield loss_case('mae' + suffix, finish(F.l1_loss(y, target, reduction=reduction)), [y], **extra)
        y = fresh(3)
        yield loss_case('huber' + suffix, finish(F.huber_loss(y, target, reduction=reduction, delta=0.75)), [y], delta=0.75, **extra)
        mean, s = fresh(4), fresh(5, 1.0)
        value = finish(F.gaussian_nll_loss(mean, target, s.exp(), eps=1e-12, reduction=reduction))
        yield loss_case('gaussianNll' + suffix, value, [mean, s], **extra)
        x = fresh(6, 4.0)
        share = target.abs() / 2
        value = finish(F.binary_cross_entropy_with_logits(x, share, reduction=reduction))
        yield loss_case('binaryCrossEntropy' + suffix, value, [x], **{**extra, 'target': flat(share)})
    classes = torch.tensor([[2, 0, -1], [4, -1, 1]])
    logits = fresh(7, 3.0, (2, 3, 5))
    value = F.cross_entropy(logits.reshape(6, 5), classes.reshape(6), ignore_index=-1)
    yield loss_case('crossEntropy', value, [logits], target=flat(classes))
    logits = fresh(8, 3.0, (2, 3, 5))
    row = unequal(6, 32).abs()
    elements = F.cross_entropy(logits.reshape(6, 5), classes.reshape(6), ignore_index=-1, reduction='none')
    value = (elements * row).sum() / row[classes.reshape(6) >= 0].sum()
    yield loss_case('crossEntropy, weighted', value, [logits], target=flat(classes), weights=flat(row))
    logits = fresh(9, 3.0, (2, 3, 5))
    value = F.cross_entropy(logits.reshape(6, 5), classes.reshape(6), ignore_index=-1, label_smoothing=0.3)
    yield loss_case('crossEntropy, smoothed', value, [logits], target=flat(classes), labelSmoothing=0.3)
    logits = fresh(10, 3.0, (2, 3, 5))
    elements = F.cross_entropy(logits.reshape(6, 5), classes.reshape(6), ignore_index=-1, label_smoothing=0.1, reduction='none')
    value = (elements * row).sum() / row[classes.reshape(6) >= 0].sum()
    yield loss_case('crossEntropy, smoothed and weighted', value, [logits], target=flat(classes), weights=flat(row), labelSmoothing=0.1)


def write(name, cases):
    document = {
        'madeBy': 'test/parity/make_fixtures.py',
        'torch': torch.__version__,
        'python': platform.python_version(),
        'precision': 'float64',
        'cases': list(cases),
    }
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f'{name}.json').write_text(json.dumps(document, separators=(',', ':')) + '\n')


if __name__ == '__main__':
    kinds = {'rnn tanh': 0, 'rnn relu': 0, 'lstm': 0, 'gru reset after': 0, 'gru reset before': 0, 'lstm projection': 2}
    write('recurrent', (
        recurrent_case(kind, layers, lengths, B=3, T=5, D=2, H=4, projection=projection)
        for kind, projection in kinds.items()
        for layers, lengths in ((1, None), (2, [5, 2, 4]))
    ))
    write('losses', loss_cases())
