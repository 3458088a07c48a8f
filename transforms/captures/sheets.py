"""Workbooks (XLSX of Excel, ODS of LibreOffice): each sheet as the CSV that it would be saved as.

Only what cells show is read: no formulas, no styles but those that make a number a date. Libraries that read both hold
a workbook whole, and cost more than the hundred lines that do; both are zip archives of XML.
"""

import csv
import datetime
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from feedmill.transforms.captures.byte_streams import Stop
from feedmill.transforms.failures import Reason

# the first member of an archive that is a document: a workbook, or another of Office, an e-book or a program
_FIRST = re.compile(
    r"\[Content_Types\]\.xml|mimetype|_rels/|docProps/|xl/|META-INF/(?:MANIFEST\.MF)?$|AndroidManifest\.xml|word/|ppt/"
)
_OTHER = "an office document, e-book or program: a zip archive on the outside only"
_MOST_COLUMNS, _MOST_REPEATED = 1_000, 1_000
_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))  # ECMA-376, 18.8.30
_NOT_IN_FORMAT = re.compile(r"\"[^\"]*\"|\\.|\[[^\[\]]*\]|General", re.I)
_FAULTS = (
    zipfile.BadZipFile,
    KeyError,
    ValueError,
    IndexError,
    struct.error,
    zlib.error,
    EOFError,
    NotImplementedError,
)


def may_be_workbook(head: bytes) -> bool:
    """Whether a zip archive that starts with `head` is a document by its first member, and no archive of files.

    >>> may_be_workbook(b"PK\\x03\\x04" + bytes(22) + b"\\x08\\x00\\x00\\x00mimetype"), may_be_workbook(b"PK\\x05\\x06")
    (True, False)
    """
    if len(head) < 30:
        return False
    size = int.from_bytes(head[26:28], "little")
    return _FIRST.match(head[30 : 30 + size].decode("utf-8", "replace")) is not None


def tables(file: BinaryIO, depth: int, spend: Callable[[int], None]) -> Iterator[tuple[str, bytes]]:
    """Yield the sheets of a workbook that have a row below a header: (name, the sheet as CSV in UTF-8).

    Raises:
        Stop: BINARY if it is no workbook, or one without such a sheet; BAD_ARCHIVE if it cannot be read; whatever
            `spend` raises, which is told the size of each part before it is unpacked.
    """
    found = False
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" in names:
                read = _xlsx(archive, spend)
            elif {"content.xml", "mimetype"} <= names and b"spreadsheet" in _part(archive, "mimetype", spend)[:200]:
                read = _ods(archive, spend)
            else:
                raise Stop(Reason.BINARY, _OTHER, depth)
            for name, rows in read:
                table = _csv(rows)
                if table:
                    found = True
                    yield name, table
    except _FAULTS as error:
        raise Stop(Reason.BAD_ARCHIVE, f"the workbook cannot be read: {error}", depth) from error
    if not found:
        raise Stop(Reason.BINARY, "a workbook without a sheet that is a table", depth)


def _csv(rows: Iterator[list[str]]) -> bytes | None:
    """Rows as CSV, from the first that can be a header; None if there is none below it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    count = 0
    for row in rows:
        while row and not row[-1]:
            row.pop()
        if count or sum(map(bool, row)) > 1:  # a title may stand above a table
            count += bool(row)
            if row:
                writer.writerow(row)
    return out.getvalue().encode("utf-8", "replace") if count > 1 else None


def _part(archive: zipfile.ZipFile, name: str, spend: Callable[[int], None]) -> bytes:
    spend(archive.getinfo(name).file_size)
    return archive.read(name)


def _elements(data: bytes, names: frozenset[str]) -> Iterator[tuple[str, Any]]:
    """Yield the elements with such local names, whole, one at a time; what was given is dropped."""
    from lxml import etree

    options = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": True}
    try:
        for _, element in etree.iterparse(io.BytesIO(data), events=("end",), remove_comments=True, **options):
            if isinstance(element.tag, str) and (name := _local(element)) in names:
                yield name, element
                element.clear(keep_tail=True)
                while element.getprevious() is not None:
                    del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise ValueError(f"damaged XML: {error}") from error


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _given(element: Any, name: str) -> str | None:
    """Return an attribute, whatever its namespace."""
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), None)


# XLSX


def _xlsx(archive: zipfile.ZipFile, spend: Callable[[int], None]) -> Iterator[tuple[str, Iterator[list[str]]]]:
    names = set(archive.namelist())
    targets = {
        _given(one, "Id"): _given(one, "Target") or ""
        for _, one in _elements(_part(archive, "xl/_rels/workbook.xml.rels", spend), frozenset(("Relationship",)))
    }
    sheets: list[tuple[str, str]] = []
    since = datetime.datetime(1899, 12, 30)
    for kind, one in _elements(_part(archive, "xl/workbook.xml", spend), frozenset(("sheet", "workbookPr"))):
        if kind == "sheet":
            target = targets.get(_given(one, "id"), "")
            sheets.append((_given(one, "name") or "", target.lstrip("/") if target[:1] == "/" else f"xl/{target}"))
        elif _given(one, "date1904") in ("1", "true"):
            since = datetime.datetime(1904, 1, 1)
    shared: list[str] = []
    if "xl/sharedStrings.xml" in names:
        found = _elements(_part(archive, "xl/sharedStrings.xml", spend), frozenset(("si",)))
        shared = [_string(one) for _, one in found]
    dated = _dated(_part(archive, "xl/styles.xml", spend)) if "xl/styles.xml" in names else []
    for name, path in sheets:
        if path in names:
            yield name, _xlsx_rows(_part(archive, path, spend), shared, dated, since)


def _string(element: Any) -> str:
    """Return the text of a string, in runs or not, without how it is pronounced."""
    return "".join(
        one.text or ""
        for one in element.iter()
        if isinstance(one.tag, str) and _local(one) == "t" and _local(one.getparent()) != "rPh"
    )


def _dated(styles: bytes) -> list[bool]:
    """For each style of cells, whether a number in it is a date."""
    formats: dict[str | None, str] = {}
    dated: list[bool] = []
    for kind, one in _elements(styles, frozenset(("numFmt", "cellXfs"))):
        if kind == "numFmt":
            formats[_given(one, "numFmtId")] = _given(one, "formatCode") or ""
        else:
            for style in one:
                number = _given(style, "numFmtId") or "0"
                shown = _NOT_IN_FORMAT.sub("", formats.get(number, ""))
                dated.append(int(number) in _DATES or bool(re.search(r"[ymdhs]", shown, re.I)))
    return dated


def _xlsx_rows(data: bytes, shared: list[str], dated: list[bool], since: datetime.datetime) -> Iterator[list[str]]:
    for _, row in _elements(data, frozenset(("row",))):
        cells: list[str] = []
        for cell in row:
            if not isinstance(cell.tag, str) or _local(cell) != "c":
                continue
            at = _column(cell.get("r") or "") if cell.get("r") else len(cells)
            if at >= _MOST_COLUMNS:
                break
            cells += [""] * (at - len(cells))
            cells.append(_cell(cell, shared, dated, since))
        yield cells


def _column(place: str) -> int:
    """Return the number of a column, from 0: that of "C7" is 2."""
    number = 0
    for letter in place.upper():
        if not "A" <= letter <= "Z":
            break
        number = number * 26 + ord(letter) - 64
    return max(number - 1, 0)


def _cell(cell: Any, shared: list[str], dated: list[bool], since: datetime.datetime) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _string(cell)
    value = next((one.text or "" for one in cell if isinstance(one.tag, str) and _local(one) == "v"), "")
    if kind == "s":
        return shared[int(value)] if value else ""
    if kind in ("str", "d", "b") or not value:
        return value
    if kind == "e":
        return ""
    style = int(cell.get("s") or 0)
    number = float(value)
    if style < len(dated) and dated[style]:
        try:
            at = since + datetime.timedelta(seconds=round(number * 86_400))
        except OverflowError:
            return value
        return str(at.date() if number == int(number) else at)
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else value


# ODS


def _ods(archive: zipfile.ZipFile, spend: Callable[[int], None]) -> Iterator[tuple[str, Iterator[list[str]]]]:
    # a row is known to be of a sheet by the order of ends: rows, then their table
    rows: list[list[str]] = []
    for kind, one in _elements(_part(archive, "content.xml", spend), frozenset(("table-row", "table"))):
        if kind == "table":
            yield _given(one, "name") or "", iter(rows)
            rows = []
            continue
        cells: list[str] = []
        for cell in one:
            if isinstance(cell.tag, str) and _local(cell) in ("table-cell", "covered-table-cell"):
                often = min(int(_given(cell, "number-columns-repeated") or 1), _MOST_COLUMNS - len(cells))
                cells += [_ods_cell(cell)] * often
        if any(cells):
            rows += [list(cells) for _ in range(min(int(_given(one, "number-rows-repeated") or 1), _MOST_REPEATED))]


def _ods_cell(cell: Any) -> str:
    kind = _given(cell, "value-type")
    if kind == "date":
        return (_given(cell, "date-value") or "").replace("T", " ")
    if kind == "float":
        return _given(cell, "value") or ""
    return "\n".join("".join(p.itertext()) for p in cell if isinstance(p.tag, str) and _local(p) == "p")
