"""What a Parquet file unpacks to, asked of its pages before any of them is unpacked.

A page says itself how large it is (`PageHeader` of https://github.com/apache/parquet-format, in thrift's compact
protocol), and no reader makes it larger; what the file's footer says of whole columns may be anything. What multiplies
is told apart: a few bytes may say that a long value of the dictionary, or the start of the value before, comes again
and again.
"""

import struct
from typing import Any, BinaryIO, NamedTuple

_WINDOW = 1 << 16  # bytes read at a time; a header of a page with statistics has a few hundred
_LONGEST_HEADER = 1 << 22
_DICTIONARY_PAGE = 2
_PLAIN = (0, 3, 4)  # encodings in which each value stands in full, or is a number; 3 and 4 are of levels
_OF_DICTIONARY = (2, 8)
_DEEPEST = 8  # structs in each other: three are there


class Sizes(NamedTuple):
    """Of some columns of a row group, in bytes."""

    total: int  # all pages
    held: int  # the largest of each column, and its dictionary: what is in memory at once
    longest: int  # a row at most, where values are not written in full


class _Header(NamedTuple):
    kind: int
    size: int  # unpacked
    packed: int
    encoding: int


def row_group_sizes(file: BinaryIO, group: Any, columns: list[int]) -> Sizes:
    """Return what pages say of themselves.

    Args:
        file: the Parquet file.
        group: pyarrow's `RowGroupMetaData`.
        columns: which of its columns are to be read.

    Raises:
        ValueError: a page's header is damaged.
    """
    total = held = longest = 0
    for number in columns:
        column = group.column(number)
        starts = [at for at in (column.dictionary_page_offset, column.data_page_offset) if at]
        at = min(starts, default=0)
        end = at + column.total_compressed_size
        largest = dictionary = repeated = 0
        window, window_at = b"", -1
        while at < end:
            inside = at - window_at
            if window_at < 0 or inside >= len(window):
                window, window_at, inside = _read(file, at, _WINDOW), at, 0
            try:
                header, length = _header(window, inside)
            except (IndexError, struct.error):
                window, window_at = _read(file, at, _LONGEST_HEADER if inside == 0 else _WINDOW), at
                try:
                    header, length = _header(window, 0)
                except (IndexError, struct.error) as error:
                    raise ValueError("the header of a page is cut off") from error
            if header.size < 0 or header.packed < 0:
                raise ValueError("the header of a page is damaged")
            total += header.size
            if header.kind == _DICTIONARY_PAGE:
                dictionary = max(dictionary, header.size)
            else:
                largest = max(largest, header.size)
                if header.encoding not in (*_PLAIN, *_OF_DICTIONARY):
                    repeated = max(repeated, header.size)
            at += length + header.packed
        held += largest + dictionary
        longest += max(dictionary, repeated)
    return Sizes(total, held, longest)


def _read(file: BinaryIO, at: int, size: int) -> bytes:
    file.seek(at)
    return file.read(size)


def _header(data: bytes, start: int) -> tuple[_Header, int]:
    """Return a page's header, and its length in bytes."""
    fields, end = _struct(data, start, _DEEPEST)
    page: dict[int, Any] = next((fields[key] for key in (5, 8) if isinstance(fields.get(key), dict)), {})
    encoding = page.get(2 if 5 in fields else 4, 0)
    numbers = [value if isinstance(value, int) else -1 for value in (*map(fields.get, (1, 2, 3)), encoding)]
    return _Header(*numbers), end - start


def _struct(data: bytes, at: int, depth: int) -> tuple[dict[int, Any], int]:
    """Return the numbers and structs of a struct, by the numbers of their fields."""
    if not depth:
        raise ValueError("the header of a page is nested too deeply")
    found: dict[int, Any] = {}
    number = 0
    while head := data[at]:
        at += 1
        if head >> 4:
            number += head >> 4
        else:
            number, at = _varint(data, at)
            number = number >> 1 ^ -(number & 1)
        found[number], at = _value(data, at, head & 15, depth)
    return found, at + 1


def _value(data: bytes, at: int, kind: int, depth: int) -> tuple[Any, int]:
    if kind in (1, 2):  # true and false
        return None, at
    if kind == 3:
        return None, at + 1
    if kind in (4, 5, 6):
        number, at = _varint(data, at)
        return number >> 1 ^ -(number & 1), at
    if kind == 7:
        return None, at + 8
    if kind == 8:
        size, at = _varint(data, at)
        return None, at + size
    if kind == 12:
        return _struct(data, at, depth - 1)
    raise ValueError("the header of a page is damaged")  # lists and maps are not in one


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while shift < 70:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
    raise ValueError("the header of a page is damaged")
