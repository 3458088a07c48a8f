"""From what each unit may be to the likeliest reading of a page: what is a story's, and where each story begins."""

from typing import NamedTuple

import numpy as np
from feedmill.transforms.formats.dumps.labeller import OUTSIDE, STATES
from feedmill.transforms.formats.dumps.units import Page, Unit

_NAMES = np.array([name for name, _ in STATES])
_BEGINS = np.array([begins for _, begins in STATES])
_INSIDE = ~np.isin(_NAMES, OUTSIDE)
_LONG, _MOSTLY = 120, 0.6  # characters of a line of prose, and the share of it that says which field it is
_PROSE = 60  # characters of a line from which its inside is one field's


class Piece(NamedTuple):
    """A unit as part of a story."""

    unit: int  # number of the unit
    label: str  # one of labeller.FIELDS


class Record(NamedTuple):
    """A story's units, in order, and how sure its bounds and its labels are, both 0 to 1 and not yet calibrated."""

    pieces: tuple[Piece, ...]
    bounds: float
    fields: float


class Reading(NamedTuple):
    """A page, read."""

    records: tuple[Record, ...]
    days: tuple[int, ...]  # units that name the day of what stands below them
    labels: tuple[str, ...]  # of each unit


_ALONE = 0.9  # share of a page's units that are text, from which it has nothing but text


# Odds of "each line is a story" on a page of text alone without a blank line: of such drawn pages 248 of 249 are so.
# Three is enough for pages of real blurbs, and leaves the rest in doubt.
_LINES = 3.0


def agreed(scores: np.ndarray, page: Page) -> np.ndarray:
    """Returns the scores of a page, where on one of text alone lines that look alike begin stories alike, or do not.

    Of a file of blurbs a line alone does not tell whether it goes on with the one above; all together do.
    """
    units = page.units
    likely = np.exp(scores)
    text = likely[:, np.isin(_NAMES, ("body", "teaser"))].sum(axis=1)
    if len(units) < 3 or page.wrap is not None or (text > 0.5).mean() < _ALONE:
        return scores
    out = likely.copy()
    first = [i for i, u in enumerate(units) if u.part == 0]
    looks = {i: (bool(units[i].blank_before), bool(units[i].mark), units[i].quote) for i in first[1:]}
    odds = _LINES if not any(blank for blank, *_ in looks.values()) else 1.0
    for look in set(looks.values()):
        alike = [i for i, own in looks.items() if own == look]
        begins = float(likely[alike][:, _BEGINS].sum(axis=1).mean())
        begins = odds * begins / (odds * begins + 1 - begins)
        for i in alike:
            own = out[i, _BEGINS].sum()
            out[i, _BEGINS] *= begins / max(own, 1e-9)
            out[i, ~_BEGINS] *= (1 - begins) / max(1 - own, 1e-9)
    return np.log(np.maximum(out, 1e-12))


def shares(likely: np.ndarray) -> dict[str, np.ndarray]:
    """Return how likely each label is of each unit, in the order of STATES, whether a story begins there or not."""
    return {str(name): likely[:, name == _NAMES].sum(axis=1) for name in dict.fromkeys(_NAMES)}


def decode(scores: np.ndarray, units: list[Unit]) -> Reading:
    """Returns the reading of a page; `scores` as `labeller.label` gives them."""
    n = len(units)
    likely = np.exp(scores)
    by_label = shares(likely)
    names = list(by_label)
    labels = [names[k] for k in np.argmax(np.array(list(by_label.values())), axis=0)] if n else []
    begins = likely[:, _BEGINS].sum(axis=1)
    starts = begins > likely[:, _INSIDE & ~_BEGINS].sum(axis=1)
    labels = _one_field_in_prose(labels, starts, units)
    records: list[list[int]] = []
    for i, name in enumerate(labels):
        if name in OUTSIDE:
            continue
        if starts[i] or not records:
            records.append([])
        records[-1].append(i)
    records = _whole(records, labels)
    made = []
    for k, record in enumerate(records):
        first = record[0]
        after = records[k + 1][0] if k + 1 < len(records) else n
        # where it begins, that it begins nowhere else, and where the next one begins or what follows is of none
        start = begins[first]
        inner = (1 - begins[record[1:]]).min() if len(record) > 1 else 1.0
        end = begins[after] if after < n else 1.0
        story = np.mean([likely[i, _INSIDE].sum() for i in record])
        told = np.mean([by_label[labels[i]][i] for i in record])
        made.append(
            Record(tuple(Piece(i, labels[i]) for i in record), float(min(start, inner, end) * story), float(told))
        )
    return Reading(tuple(made), tuple(i for i, name in enumerate(labels) if name == "day"), tuple(labels))


SIGNS = (
    "begin", "inside", "next", "story", "label", "worst_label", "title", "page_bounds", "page_labels", "page_entropy",
    "one", "few", "many", "units", "sentence_title", "marked_title", "again", "titled", "like_others", "outside",
)  # fmt: skip


def signs_of(reading: Reading, units: list[Unit], scores: np.ndarray) -> np.ndarray:
    """Returns what tells how sure each story is: stories x SIGNS, each about 0 to 1."""
    likely = np.exp(scores)
    by_label = shares(likely)
    begins = likely[:, _BEGINS].sum(axis=1)
    entropy = float(-(likely * scores).sum(axis=1).mean()) if len(units) else 0.0
    n = len(units)
    rows = []
    titles = [" ".join(units[p.unit].text for p in r.pieces if p.label == "title") for r in reading.records]
    folded = [t.casefold() for t in titles]
    shapes = [tuple(dict.fromkeys(p.label for p in r.pieces)) for r in reading.records]
    page_titled = sum(map(bool, titles)) / max(1, len(titles))
    chrome = sum(len(u.text) for u, label in zip(units, reading.labels, strict=True) if label in OUTSIDE)
    outside = chrome / max(1, sum(len(u.text) for u in units))
    for k, record in enumerate(reading.records):
        of = [p.unit for p in record.pieces]
        after = reading.records[k + 1].pieces[0].unit if k + 1 < len(reading.records) else n
        told = [float(by_label[p.label][p.unit]) for p in record.pieces]
        of_title = [float(by_label["title"][p.unit]) for p in record.pieces if p.label == "title"]
        title = titles[k]
        rows.append(
            (
                _logit(begins[of[0]]),
                _logit(float((1 - begins[of[1:]]).min()) if len(of) > 1 else 1.0),
                _logit(float(begins[after]) if after < n else 1.0),
                _logit(float(np.mean([likely[i, _INSIDE].sum() for i in of]))),
                _logit(float(np.mean(told))),
                _logit(min(told)),
                _logit(min(of_title) if of_title else 0.5),
                0.0,
                0.0,
                entropy,
                float(len(reading.records) == 1),
                float(len(reading.records) < 4),
                min(len(reading.records), 40) / 40,
                min(len(of), 30) / 30,
                float(len(title) > 90 and title.rstrip()[-1:] in ".。"),
                float(bool(title) and not title[0].isalnum() and title[0] not in _QUOTES),
                float(bool(title) and folded.count(folded[k]) > 2),
                page_titled if title else 1 - page_titled,
                shapes.count(shapes[k]) / len(shapes),
                outside,
            )
        )
    out = np.array(rows, dtype=np.float64).reshape(len(rows), len(SIGNS))
    if len(out):
        out[:, SIGNS.index("page_bounds")] = out[:, :3].mean()
        out[:, SIGNS.index("page_labels")] = out[:, 4].mean()
    return out


_QUOTES = frozenset("\"'“”„«»‘’「『¿¡#@")


def _logit(p: float) -> float:
    p = min(max(float(p), 1e-4), 1 - 1e-4)
    return float(np.log(p / (1 - p))) / 9.3


_NEARLY_ALL = 0.8


def _whole(records: list[list[int]], labels: list[str]) -> list[list[int]]:
    """Puts a piece without a headline to the story before it, on a page where nearly every story has one."""
    titled = [any(labels[i] == "title" for i in record) for record in records]
    if len(records) < 4 or sum(titled) < _NEARLY_ALL * len(records):
        return records
    whole: list[list[int]] = []
    for record, has in zip(records, titled, strict=True):
        if has or not whole:
            whole.append(record)
        else:
            whole[-1] = whole[-1] + record
    return whole


def _one_field_in_prose(labels: list[str], starts: np.ndarray, units: list[Unit]) -> list[str]:
    """Gives what stands between two parts of one field, within a line of prose, to that field."""
    out = list(labels)
    at = 0
    while at < len(units):
        end = at + units[at].parts - units[at].part
        same = list(range(at, min(end, len(units))))
        for name in ("body", "teaser", "title"):
            of = [i for i in same if out[i] == name]
            if len(of) > 1 and sum(len(units[i].text) for i in of) >= _PROSE:
                for i in range(of[0] + 1, of[-1]):
                    if not starts[i] and len(units[i].text) < 60:
                        out[i] = name
        size = sum(len(units[i].text) for i in same)
        for name in ("body", "teaser"):
            of = [i for i in same if out[i] == name]
            if size >= _LONG and sum(len(units[i].text) for i in of) >= _MOSTLY * size:
                for i in range(of[0] + 1, same[-1] + 1):  # what is cut off a long line's end is not a headline
                    if not starts[i] and out[i] in ("title", "source", "tags", "caption"):
                        out[i] = name
        at = max(end, at + 1)
    return out
