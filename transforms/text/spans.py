"""Spans that tile a snapshot."""

from collections.abc import Iterable

from feedmill.transforms.rows.story import BYTE_KINDS, Span


def tile(size: int, found: Iterable[Span], rest: str) -> tuple[Span, ...]:
    """Return spans covering [0, size): `found`, and `rest` wherever nothing was found.

    Neighbours of one kind are joined; empty spans are dropped.

    Raises:
        ValueError: `found` overlaps, runs out of [0, size), or names an unknown kind.

    >>> tile(10, [Span(2, 4, "story"), Span(4, 6, "story")], "markup")
    (Span(start=0, end=2, kind='markup'), Span(start=2, end=6, kind='story'), Span(start=6, end=10, kind='markup'))
    """
    tiles: list[Span] = []

    def add(start: int, end: int, kind: str) -> None:
        if start == end:
            return
        if tiles and tiles[-1].kind == kind:
            tiles[-1] = Span(tiles[-1].start, end, kind)
        else:
            tiles.append(Span(start, end, kind))

    at = 0
    for span in sorted(found):
        if span.start < at or span.end < span.start or span.end > size:
            raise ValueError(f"{span} overlaps or leaves [0, {size}); tiled up to {at}")
        if span.kind not in BYTE_KINDS:
            raise ValueError(f"{span.kind!r} is not one of {', '.join(BYTE_KINDS)}")
        add(at, span.start, rest)
        add(span.start, span.end, span.kind)
        at = span.end
    add(at, size, rest)
    return tuple(tiles)


def bytes_by_kind(spans: Iterable[Span]) -> dict[str, int]:
    """Return how many bytes there are of each kind, every kind present.

    >>> bytes_by_kind([Span(0, 3, "story"), Span(3, 4, "space")])["story"]
    3
    """
    total = dict.fromkeys(BYTE_KINDS, 0)
    for span in spans:
        total[span.kind] += span.end - span.start
    return total
