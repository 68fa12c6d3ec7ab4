#!/usr/bin/env python3
"""Makes test/parity/fixtures/optimizers.json: weights after each of eight steps of PyTorch's optimisers, in float64.

    python3 test/parity/make_optimizer_fixtures.py

Only needed to renew the numbers; the tests read the JSON. The parameters are those of two linear layers, 3 to 5 and 5 to 2; values, gradients
and rates are cosines, so that no two are equal. Biases are in a group without weight decay, as in src/train/optimizers.ts.
"""
import json
import math
import pathlib
import platform

import torch

torch.set_default_dtype(torch.float64)
STEPS = 8
SHAPES = {'0.weight': (5, 3), '0.bias': (5,), '1.weight': (2, 5), '1.bias': (2,)}


def short(value):
    """A multiple of 2^-12: exact in f32 and short in JSON."""
    return round(value * 4096) / 4096


def unequal(n, salt, scale=1.0):
    return [short(scale * math.cos(1 + 2.3 * i + 0.013 * i * i + 5.1 * salt)) for i in range(n)]


RATES = [short(0.02 + 0.01 * math.cos(1.7 * k)) for k in range(STEPS)]
FIRST = {name: unequal(math.prod(shape), 1 + i) for i, (name, shape) in enumerate(SHAPES.items())}
GRADIENTS = [
    {name: unequal(math.prod(shape), 10 + 4 * k + i, 0.5 / (1 + k)) for i, (name, shape) in enumerate(SHAPES.items())}
    for k in range(STEPS)
]

CASES = [
    ('adam', {'kind': 'adam'}, torch.optim.Adam, {}),
    ('adam with L2', {'kind': 'adam', 'weightDecay': 0.1}, torch.optim.Adam, {'weight_decay': 0.1}),
    (
        'adam with other memories',
        {'kind': 'adam', 'beta1': 0.7, 'beta2': 0.9, 'epsilon': 1e-3},
        torch.optim.Adam,
        {'betas': (0.7, 0.9), 'eps': 1e-3},
    ),
    ('adamW by default', {'kind': 'adamW'}, torch.optim.AdamW, {'weight_decay': 0.01}),
    ('adamW', {'kind': 'adamW', 'weightDecay': 0.5}, torch.optim.AdamW, {'weight_decay': 0.5}),
    ('sgd', {'kind': 'sgd'}, torch.optim.SGD, {}),
    ('sgd with L2', {'kind': 'sgd', 'weightDecay': 0.1}, torch.optim.SGD, {'weight_decay': 0.1}),
    ('momentum', {'kind': 'sgd', 'momentum': 0.9}, torch.optim.SGD, {'momentum': 0.9}),
    (
        'momentum with L2',
        {'kind': 'sgd', 'momentum': 0.8, 'weightDecay': 0.1},
        torch.optim.SGD,
        {'momentum': 0.8, 'weight_decay': 0.1},
    ),
    (
        'nesterov',
        {'kind': 'sgd', 'momentum': 0.9, 'nesterov': True},
        torch.optim.SGD,
        {'momentum': 0.9, 'nesterov': True},
    ),
    ('rmsprop', {'kind': 'rmsprop'}, torch.optim.RMSprop, {}),
    (
        'rmsprop with momentum and L2',
        {'kind': 'rmsprop', 'momentum': 0.6, 'alpha': 0.9, 'epsilon': 1e-4, 'weightDecay': 0.1},
        torch.optim.RMSprop,
        {'momentum': 0.6, 'alpha': 0.9, 'eps': 1e-4, 'weight_decay': 0.1},
    ),
]


def weights_after_each_step(make, options):
    parameters = {name: torch.tensor(values).requires_grad_() for name, values in FIRST.items()}
    biases = [p for name, p in parameters.items() if name.endswith('bias')]
    others = [p for name, p in parameters.items() if not name.endswith('bias')]
    decay = options.get('weight_decay', 0)
    rest = {key: value for key, value in options.items() if key != 'weight_decay'}
    groups = [{'params': others, 'weight_decay': decay}, {'params': biases, 'weight_decay': 0}]
    optimizer = make(groups, lr=RATES[0], **rest)
    steps = []
    for rate, gradients in zip(RATES, GRADIENTS):
        for group in optimizer.param_groups:
            group['lr'] = rate
        for name, parameter in parameters.items():
            parameter.grad = torch.tensor(gradients[name])
        optimizer.step()
        steps.append({name: parameter.detach().tolist() for name, parameter in parameters.items()})
    return steps


if __name__ == '__main__':
    document = {
        'madeBy': 'test/parity/make_optimizer_fixtures.py',
        'torch': torch.__version__,
        'python': platform.python_version(),
        'precision': 'float64',
        'rates': RATES,
        'first': FIRST,
        'gradients': GRADIENTS,
        'cases': [
            {'name': name, 'config': config, 'steps': weights_after_each_step(make, options)}
            for name, config, make, options in CASES
        ],
    }
    path = pathlib.Path(__file__).parent / 'fixtures' / 'optimizers.json'
    path.write_text(json.dumps(document, separators=(',', ':')) + '\n')
