"""How sure a story's bounds and its fields are: calibrated on layouts that the labeller was not trained on.

tests/training/calibrate.py makes the weights: a logistic regression on `decode.SIGNS`, so that of the stories that say
0.9 nine in ten are right.
"""

import functools
import json
import pathlib
from typing import NamedTuple

import numpy as np
from feedmill.transforms.formats.dumps.decode import SIGNS, Reading, signs_of
from feedmill.transforms.formats.dumps.units import Unit

_WEIGHTS = pathlib.Path(__file__).with_name("confidence.json")


class Sure(NamedTuple):
    """How likely it is that a story is one, from its first to its last line; and that its fields are what they say."""

    bounds: float
    fields: float


@functools.lru_cache(maxsize=1)
def _weights() -> dict[str, np.ndarray]:
    stored = json.loads(_WEIGHTS.read_text(encoding="utf-8"))
    if tuple(stored["signs"]) != SIGNS:
        raise ValueError(f"{_WEIGHTS.name} was fitted on other signs than are read now: `make train`")
    return {name: np.array(stored[name]) for name in Sure._fields}


def how_sure(reading: Reading, units: list[Unit], scores: np.ndarray) -> tuple[Sure, ...]:
    """Returns how sure each story of a page is, rounded to hundredths."""
    if not reading.records:
        return ()
    signs = signs_of(reading, units, scores)
    told = []
    for name in Sure._fields:
        w = _weights()[name]
        told.append(np.round(1 / (1 + np.exp(-(signs @ w[:-1] + w[-1]))), 2))
    return tuple(Sure(float(b), float(f)) for b, f in zip(*told, strict=True))
