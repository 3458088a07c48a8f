"""Entries that were read before need not be read again: captures of a feed share most of theirs."""

import dataclasses
import itertools

from feedmill.transforms.formats.feed.story import Cut

_CACHE_CHARS = 1 << 24  # of the entries that are remembered: captures of a feed come together, or soon after another
_START = 160  # characters: enough to get past what all entries of a feed start with

# what the slow reader was given; a Story without its offsets, () for what is none, or why it is no story; and what was
# taken out of it
Memory = tuple[int, tuple[object, ...], tuple[Cut, ...]]


@dataclasses.dataclass(slots=True, eq=False)
class WholeEntry:
    """An entry that ended by its own end tag, and what it is remembered by in its context.

    Attributes:
        size: how many bytes its text is encoded in; None if some of its bytes were none of a text.
        then: the entry that came after it the last time, and what was between them: most captures of a feed have the
            entries of the one before, one behind the other.
    """

    text: str
    seal: bytes
    key: bytes
    size: int | None
    then: tuple[str, "WholeEntry"] | None = None


class EntryCache:
    """What the entries of a process gave, by a hash of their bytes and their context.

    Equal bytes in an equal context give equal stories: so what comes out never depends on what is remembered. It holds
    entries of `_CACHE_CHARS` characters at most; with one more, all are forgotten.

    Attributes:
        known: what an entry gave, by its key.
    """

    def __init__(self) -> None:
        self.known: dict[bytes, Memory] = {}
        self._chars = 0
        # By the prefixes of a feed's entries: whole entries by how they start.
        self._whole: dict[frozenset[str], dict[str, WholeEntry]] = {}

    def forget(self) -> None:
        """Empty the memory."""
        self.known.clear()
        for whole in self._whole.values():
            for one in whole.values():
                one.then = None  # they may stand in a circle
        self._whole.clear()
        self._chars = 0

    def remember(self, key: bytes, memory: Memory, size: int) -> None:
        """Add an entry of so many characters."""
        if self._chars + size > _CACHE_CHARS:
            self.forget()
        self.known[key] = memory
        self._chars += size

    def remember_whole(self, entry: WholeEntry, prefixes: frozenset[str]) -> None:
        """Add an entry that can be found again by its text, without looking for its end."""
        self._whole.setdefault(prefixes, {})[entry.text[:_START]] = entry

    def entries_at(self, text: str, at: int, prefixes: frozenset[str]) -> list[tuple[int, WholeEntry]]:
        """Return the entries that stand from `at` on, one behind the other as they did before, and where."""
        run = []
        one = self._whole.get(prefixes, {}).get(text[at : at + _START])
        while one is not None and text.startswith(one.text, at):
            run.append((at, one))
            at += len(one.text)
            if one.then is None or not text.startswith(one.then[0], at):
                break
            at += len(one.then[0])
            one = one.then[1]
        return run


def link_entries(text: str, entries: list[tuple[int, int]], met: dict[int, WholeEntry]) -> None:
    """Remember which entry came after which."""
    for (start, end), (next_start, _) in itertools.pairwise(entries):
        one, after = met.get(start), met.get(next_start)
        if one and after and (one.then is None or one.then[1] is not after):
            between = text[end:next_start]
            if "<!" not in between:  # a comment may end elsewhere the next time
                one.then = (between, after)


ENTRIES = EntryCache()
