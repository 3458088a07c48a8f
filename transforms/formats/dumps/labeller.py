"""What each unit is, and whether a story begins there: a small network, trained by tests/training, run in numpy.

Each unit's facts become a vector. Layers look at the neighbours (convolutions, at distances of 1, 2, 4 and 8 units) and
at all units of the page that look alike (their mean, by several measures of alikeness, and the mean of the page): so
what is a title is decided for a whole column of a page's records, and not for a line alone.

Computed in float64, in one order, and rounded, so that machines agree.
"""

import functools
import pathlib

import numpy as np
from feedmill.transforms.formats.dumps.evidence import Evidence

FIELDS = ("title", "source", "author", "date", "teaser", "body", "caption", "tags", "link")
OUTSIDE = ("chrome", "day")
# A state says what a unit is and, of a story's fields, whether the story begins with it: chrome, day, title that
# begins, title that does not, ...
STATES = (*((name, False) for name in OUTSIDE), *((name, begins) for name in FIELDS for begins in (True, False)))
DILATIONS = (
    (1, 2, 4),
    (1, 2, 4, 8),
    (1, 2),
)  # of the convolutions before, between and behind the two looks at the page

Weights = dict[str, np.ndarray]
_MODEL = pathlib.Path(__file__).with_name("model.npz")


@functools.lru_cache(maxsize=1)
def load() -> Weights:
    """Returns the weights that are shipped."""
    with np.load(_MODEL, allow_pickle=False) as stored:
        return {name: stored[name].astype(np.float64) for name in stored.files}


def label(evidence: Evidence, weights: Weights | None = None) -> np.ndarray:
    """Returns how likely each unit is in each of STATES, as logarithms: units x states."""
    w = load() if weights is None else weights
    h = _relu(evidence.facts.astype(np.float64) @ w["in.w"] + w["in.b"])
    for n, dilations in enumerate(DILATIONS):
        for dilation in dilations:
            h = h + _relu(_convolve(_norm(h), w[f"c{n}.{dilation}.w"], dilation) + w[f"c{n}.{dilation}.b"])
        if f"p{n}.w" in w:
            h = h + _relu(_look(_norm(h), evidence.groups) @ w[f"p{n}.w"] + w[f"p{n}.b"])
    scores = np.round(_norm(h) @ w["out.w"] + w["out.b"], 6)
    scores -= scores.max(axis=1, keepdims=True)
    return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))


def _relu(x: np.ndarray) -> np.ndarray:
    return np.maximum(x, 0.0)


def _norm(h: np.ndarray) -> np.ndarray:
    return h / np.sqrt((h * h).mean(axis=1, keepdims=True) + 1e-5)


def _convolve(h: np.ndarray, kernel: np.ndarray, dilation: int) -> np.ndarray:
    """Sum of what the unit and its neighbours at a distance say; beyond the page's ends there is nothing."""
    out = h @ kernel[1]
    if len(h) > dilation:
        out[dilation:] += h[:-dilation] @ kernel[0]
        out[:-dilation] += h[dilation:] @ kernel[2]
    return out


def _look(h: np.ndarray, groups: tuple[np.ndarray, ...]) -> np.ndarray:
    """The unit itself, the means of those like it, and the mean of the page."""
    seen = [h]
    for group in groups:
        size = int(group.max()) + 1 if len(group) else 0
        total = np.zeros((size, h.shape[1]))
        order = np.argsort(group, kind="stable")
        starts = np.flatnonzero(np.r_[True, np.diff(group[order]) > 0])
        total[group[order][starts]] = np.add.reduceat(h[order], starts, axis=0)
        total /= np.maximum(np.bincount(group, minlength=size), 1)[:, None]
        seen.append(total[group])
    seen.append(np.broadcast_to(h.mean(axis=0), h.shape))
    return np.concatenate(seen, axis=1)
