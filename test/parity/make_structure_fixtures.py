#!/usr/bin/env python3
"""Makes test/parity/fixtures/structures.json: what PyTorch computes, in float64, for bidirectional stacks over packed ragged rows.

    python3 test/parity/make_structure_fixtures.py

Only needed to renew the numbers; the tests read the JSON. Weights and the loss are those of make_fixtures.py, whose helpers are
used; states stand in PyTorch's order, layer by layer, the forward direction first.
"""
import json
import math
import platform

import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from make_fixtures import FOLDER, flat, loss_weights, output_weights, unequal

MODULES = {'rnn': torch.nn.RNN, 'lstm': torch.nn.LSTM, 'gru': torch.nn.GRU}


def bidirectional_case(name, layers, lengths, B, T, D, H):
    """One bidirectional stack with initial states: outputs, last states, and gradients of everything."""
    module = MODULES[name](D, H, num_layers=layers, bidirectional=True, batch_first=True)
    for i, (key, value) in enumerate(module.named_parameters()):
        value.data = unequal(value.numel(), 10 + i, 0.7).reshape(value.shape)
    states = ['h', 'c'] if name == 'lstm' else ['h']
    count = 2 * layers
    initial = {s: unequal(count * B * H, 3 + i, 0.8).reshape(count, B, H).requires_grad_() for i, s in enumerate(states)}
    x = unequal(B * T * D, 1).reshape(B, T, D).requires_grad_()
    first = (initial['h'], initial['c']) if name == 'lstm' else initial['h']
    given = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False) if lengths else x
    result, final = module(given, first)
    outputs = pad_packed_sequence(result, batch_first=True, total_length=T)[0] if lengths else result
    last = {'h': final[0], 'c': final[1]} if name == 'lstm' else {'h': final}

    loss = (output_weights(B, T, 2 * H) * outputs).sum()
    for k in range(count):
        for i, s in enumerate(states):
            loss = loss + (loss_weights(B * H, 40 + 3 * k + i) * last[s][k].reshape(-1)).sum()
    loss.backward()
    gradients = {'x': flat(x.grad)}
    for k in range(count):
        for s in states:
            gradients[f'{s}{k}'] = flat(initial[s].grad[k])
    for key, value in module.named_parameters():
        gradients[key] = flat(value.grad)
    return {
        'name': name,
        'B': B, 'T': T, 'D': D, 'H': H, 'layers': layers, 'lengths': lengths,
        'x': flat(x),
        'initial': [{s: flat(initial[s][k]) for s in states} for k in range(count)],
        'weights': {key: {'shape': list(value.shape), 'data': flat(value)} for key, value in module.named_parameters()},
        'outputs': flat(outputs),
        'last': [{s: flat(last[s][k]) for s in states} for k in range(count)],
        'loss': loss.item(),
        'gradients': gradients,
    }


def main():
    cases = [
        bidirectional_case(name, layers, lengths, B=3, T=5, D=2, H=4)
        for name in MODULES
        for layers, lengths in ((1, None), (2, None), (2, [5, 1, 3]))
    ]
    header = {
        'madeBy': 'test/parity/make_structure_fixtures.py',
        'torch': torch.__version__,
        'python': platform.python_version(),
        'precision': 'float64',
    }
    text = json.dumps({**header, 'cases': cases}, separators=(',', ':'))
    (FOLDER / 'structures.json').write_text(text + '\n')


if __name__ == '__main__':
    main()
