"""Bytes to text, with a way back from characters to bytes."""

import functools
from typing import NamedTuple

from transforms.failures import Reason, Rejected
from transforms.rows import Snapshot


class Document(NamedTuple):
    """A decoded snapshot."""

    uri: str
    data: bytes
    text: str
    encoding: str
    replaced_chars: int
    content_type: str | None = None
    url: str | None = None

    def byte_offsets(self, chars: list[int]) -> list[int]:
        """Returns the byte offset of each character offset in `chars` (ascending).

        >>> decode(Snapshot("a", "é€x".encode())).byte_offsets([0, 1, 2, 3])
        [0, 2, 5, 6]
        """
        offsets, at_char, at_byte = [], 0, len(self.data) - len(self.text.encode(self.encoding))
        for char in chars:
            at_byte += len(self.text[at_char:char].encode(self.encoding))
            at_char = char
            offsets.append(at_byte)
        return offsets


def decode(snapshot: Snapshot) -> Document:
    """Decodes a snapshot."""
    text = snapshot.data.decode("utf-8")
    return Document(snapshot.uri, snapshot.data, text, "utf-8", 0, snapshot.content_type, snapshot.url)
