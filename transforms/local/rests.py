"""What one run of this process leaves unread, and the next goes on with: memory follows a run's limit, and not what an
archive holds.

A run that is given room reads until that is used up. The archive that it was in stays open where it was, so that none
of it is unpacked twice; files it did not come to are left whole. Where steps are not in the command's own process
nobody gives room, and nothing is left.
"""

import threading
from collections.abc import Iterator
from typing import Generic, TypeVar

_F = TypeVar("_F")
_T = TypeVar("_T")


class Rests(Generic[_F, _T]):
    """Files that were not read to their end.

    >>> rests = Rests()
    >>> rests.give_room(3)
    >>> rests.is_full(), rests.take_up(2), rests.take_up(2), rests.is_full()
    (False, False, True, True)
    >>> rests.leave("a.zip", iter("xyz")); rests.leave("b.zip")
    >>> rests.left(); rests.give_room(3)
    ['a.zip', 'b.zip']
    >>> list(rests.rest_of("a.zip")), rests.rest_of("b.zip"), rests.is_full(), rests.left()
    (['x', 'y', 'z'], None, False, [])
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._room: int | None = None
        self._left: dict[_F, Iterator[_T] | None] = {}
        self._begun: dict[_F, Iterator[_T]] = {}

    def give_room(self, size: int | None) -> None:
        """Say how many bytes the next run may read, None for as many as there are; what was left is now its own."""
        with self._lock:
            self._room = size
            self._begun = {file: rest for file, rest in self._left.items() if rest is not None}
            self._left = {}

    def clear(self) -> None:
        """Let go of all that was left."""
        with self._lock:
            self._room, self._left, self._begun = None, {}, {}

    def left(self) -> list[_F]:
        """Return the files that the run has left."""
        return list(self._left)

    def is_full(self) -> bool:
        return self._room is not None and self._room <= 0

    def take_up(self, size: int) -> bool:
        """Say that so many bytes were read; return whether the run is full."""
        with self._lock:
            if self._room is not None:
                self._room -= size
        return self.is_full()

    def leave(self, file: _F, rest: Iterator[_T] | None = None) -> None:
        """Leave a file, or the rest of one, to the next run."""
        with self._lock:
            self._left[file] = rest

    def rest_of(self, file: _F) -> Iterator[_T] | None:
        """Return what an earlier run left of a file, None if it did not begin it."""
        with self._lock:
            return self._begun.pop(file, None)
