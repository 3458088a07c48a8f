"""Why a page was read as it was: the template that its stories share, and for each line what tells most of its label.

What a kind of evidence is worth is measured, not guessed: the page is read once more with that kind blurred (each of
its numbers the page's mean), and what the line's label loses by it, in logarithms of its odds, is its weight. So
a page is read some twenty times, which is linear in its size, and done only where it is asked for.
"""

import collections
import contextlib
from typing import NamedTuple

import numpy as np
from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.formats.dumps.decode import agreed, shares
from feedmill.transforms.formats.dumps.evidence import Evidence, find_evidence
from feedmill.transforms.formats.dumps.labeller import label
from feedmill.transforms.formats.dumps.split import Dump, read_dump
from feedmill.transforms.formats.envelopes import split_enveloped
from feedmill.transforms.formats.registry import split_candidate
from feedmill.transforms.formats.sniff import probe
from feedmill.transforms.rows.settings import Settings
from feedmill.transforms.rows.story import Snapshot, Split
from feedmill.transforms.text.decode import Document, decode

# What a person calls it -> columns of `evidence.find_evidence`, each in one kind.
KINDS: dict[str, tuple[range, ...]] = {
    "length": (range(5), range(93, 95)),
    "letters and digits": (range(5, 16),),
    "how it ends": (range(16, 22),),
    "sentences in it": (range(22, 26),),
    "address or tag": (range(26, 33), range(40, 41)),
    "number": (range(33, 35),),
    "word of interfaces": (range(35, 36), range(39, 40)),
    "label or mark before it": (range(36, 39), range(41, 44)),
    "date or age": (range(44, 49),),
    "script": (range(49, 53),),
    "mark of a list": (range(53, 55),),
    "what parts it from others": (range(55, 60), range(90, 93)),
    "place in its line": (range(60, 65),),
    "blank lines round it": (range(65, 71), range(89, 90)),
    "indent": (range(71, 75),),
    "place on the page": (range(75, 78),),
    "said again": (range(78, 82),),
    "how often such lines come": (range(82, 89),),
    "wrapped lines": (range(95, 97),),
    "the page as a whole": (range(97, 104),),
}
ALIKE = "lines that look like it"  # their means, which the labeller looks at beside the line's own evidence
_LEAST = 0.2  # weight from which evidence is told: a label at 50 % would be at 45 % without it


class Line(NamedTuple):
    """A unit of a page, what it was read as, and by what."""

    text: str
    label: str
    likely: float  # of the label, 0 to 1
    other: str  # the likeliest other label
    less: float  # and how likely that is
    begins: bool  # whether a story begins with it
    story: int | None  # number of its story on the page, from 0; None for what is of none
    evidence: tuple[
        tuple[str, float], ...
    ]  # the strongest first: a kind, and how much the label's logarithm loses without


class Template(NamedTuple):
    """What the stories of a page have in common."""

    stories: int
    shares: tuple[tuple[str, float], ...]  # label -> share of the stories that have it, in the order they stand in
    orders: tuple[tuple[tuple[str, ...], int], ...]  # labels as they follow each other -> stories, most first


def dumps_of(snapshot: Snapshot, settings: Settings) -> list[Dump]:
    """Return the pages of a snapshot that the labeller reads, also those that are then declined.

    The parts of an envelope are pages of their own; what other formats read is none.
    """
    found: list[Dump] = []

    def split_text(doc: Document) -> Split:
        try:
            candidate = probe(doc, settings)
        except Rejected as rejected:
            if rejected.reason in (Reason.UNKNOWN_FORMAT, Reason.NOT_A_FEED):
                found.append(read_dump(doc.text, markup=doc.text.lstrip("\ufeff \t\r\n").startswith("<")))
            raise
        if isinstance(candidate.plan, Dump):
            found.append(candidate.plan)
        return split_candidate(candidate, doc, settings)

    with contextlib.suppress(Rejected):  # why is asked beside the outcome, which says so
        split_enveloped(snapshot, split_text, decode)
    return found


def template(dump: Dump) -> Template:
    """Return which labels the stories of a page have, and in which order."""
    shapes = []
    for record in dump.reading.records:
        labels = [piece.label for piece in record.pieces]
        shapes.append(tuple(a for a, b in zip(labels, [None, *labels], strict=False) if a != b))
    places: dict[str, list[float]] = {}
    for shape in shapes:
        for name in dict.fromkeys(shape):
            places.setdefault(name, []).append(shape.index(name) / len(shape))
    inside = sorted(places, key=lambda name: (sum(places[name]) / len(places[name]), name))
    orders = collections.Counter(shapes)
    return Template(
        len(shapes),
        tuple((name, len(places[name]) / len(shapes)) for name in inside),
        tuple(sorted(orders.items(), key=lambda item: (-item[1], item[0]))),
    )


def explain(dump: Dump, strongest: int = 3) -> list[Line]:
    """Return each unit of a page with its label, how likely that is, and the `strongest` kinds of evidence for it."""
    units = dump.page.units
    if not units:
        return []
    evidence = find_evidence(dump.page)
    likely = _likely(dump, evidence)
    names = list(likely)
    labels = np.array([names.index(name) for name in dump.reading.labels])
    rows = np.arange(len(labels))
    others = _table(likely)
    base = others[rows, labels]
    others[rows, labels] = -1.0
    losses = {kind: _odds(base) - _odds(_table(_likely(dump, less))[rows, labels]) for kind, less in _without(evidence)}
    story = {piece.unit: n for n, record in enumerate(dump.reading.records) for piece in record.pieces}
    first = {record.pieces[0].unit for record in dump.reading.records}
    lines = []
    for i, unit in enumerate(units):
        told = sorted(((kind, round(float(loss[i]), 2)) for kind, loss in losses.items()), key=lambda t: (-t[1], t[0]))
        told = [(kind, weight) for kind, weight in told[:strongest] if weight >= _LEAST]
        other = int(others[i].argmax())
        lines.append(
            Line(
                unit.text,
                names[labels[i]],
                round(float(base[i]), 2),
                names[other],
                round(float(others[i, other]), 2),
                i in first,
                story.get(i),
                tuple(told),
            )
        )
    return lines


def _likely(dump: Dump, evidence: Evidence) -> dict[str, np.ndarray]:
    """Return how likely each label is of each unit of a page, were this the evidence."""
    return shares(np.exp(agreed(label(evidence), dump.page)))


def _table(likely: dict[str, np.ndarray]) -> np.ndarray:
    return np.stack(list(likely.values()), axis=1)


def _odds(likely: np.ndarray) -> np.ndarray:
    """Return likelihoods as logarithms of their odds, which still tell 98 % from 90 %."""
    likely = np.clip(likely, 1e-4, 1 - 1e-4)
    return np.log(likely / (1 - likely))


def _without(evidence: Evidence) -> list[tuple[str, Evidence]]:
    """Return the evidence without each kind of it."""
    mean = evidence.facts.mean(axis=0)
    made = []
    for kind, columns in KINDS.items():
        facts = evidence.facts.copy()
        for column in (c for run in columns for c in run):
            facts[:, column] = mean[column]
        made.append((kind, evidence._replace(facts=facts)))
    alone = np.arange(len(evidence.facts), dtype=np.int32)
    return [*made, (ALIKE, evidence._replace(groups=tuple(alone for _ in evidence.groups)))]
