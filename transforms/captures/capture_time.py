"""When a snapshot was taken, and who says so.

In this order; the first that is known is kept, with its name:

1. `warc`: the record of a crawl says when it was fetched.
2. `path`: a timestamp in the path, or in the name inside an archive.
3. `export`: the content says so itself (an export's own field). Known only
   after splitting, as `Split.captured_at`: `resolve_captured` brings it in.
4. `mtime`: the file's, or the archive member's.

So whoever reads files calls `captured_at` for each, and after splitting
`resolve_captured`.
"""

import calendar
import datetime
import re
from typing import NamedTuple

from feedmill.transforms.rows.story import Snapshot, Split, in_range

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MICROSECOND = datetime.timedelta(microseconds=1)

# A date with its parts set apart (also by folders, also with a key: year=2025/month=07).
_KEY = r"(?:[A-Za-z_]{1,20}=)?"
_APART = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<sep>[-_./])" + _KEY + r"(?P<month>1[0-2]|0?[1-9])"
    r"(?P=sep)" + _KEY + r"(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)"
)
# A date in one run of digits, perhaps with a time in the same run.
_RUN = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<month>1[0-2]|0[1-9])(?P<day>3[01]|[12]\d|0[1-9])(?=(?:\d\d){0,3}(?!\d))"
)
# What stands between a date and its time.
_GAP = re.compile(r"(?:%20|--|__|[ _]-[ _]|[ _]at[ _]|, ?|[T_/ .@-]|(?=\d))" + _KEY + r"(?=\d)")
_TIME = re.compile(
    r"(?P<hour>[01]\d|2[0-3])"
    r"(?:(?P<sep>[-_:.h/]|%3[Aa]|)" + _KEY + r"(?P<minute>[0-5]\d)"
    r"(?:(?:(?P=sep)|m)(?P<second>[0-5]\d|60)s?(?:[.,](?P<fraction>\d{1,9}))?)?(?!\d)"
    r"|(?=h?(?:[/.#_Z]|$)))"  # an hour alone only if nothing follows: "2025-07-15-10-ways-to-cook-rice"
)
_ZONE = re.compile(
    r"[ _]?(?:(?P<utc>Z|UTC|GMT)(?![A-Za-z])|(?P<sign>[+-])(?P<hours>[01]\d):?(?P<minutes>00|15|30|45)(?!\d))"
)
# Seconds or milliseconds since 1970, as the whole name or its last part: elsewhere ten digits are an article's number.
_SINCE_1970 = re.compile(r"(?:^|[/#._@-])(1[1-9]\d{8})(\d{3})?(?=(?:\.[A-Za-z]\w{0,7}){0,3}(?:$|[/#]))")


class _Stamp(NamedTuple):
    precision: int  # 3 a day, 4 an hour, 5 a minute, 6 a second
    start: int
    at: int


def captured_at(uri: str, mtime: int | None, *, warc: int | None = None) -> tuple[int | None, str | None]:
    """Return when the file at `uri` was captured (microseconds, UTC) and where that is from.

    `warc` is the date of the crawl's record, if it is from one; `mtime` the
    file's time. A path without a zone is taken as UTC. A time out of the years
    1 to 9999 is none.

    >>> captured_at("feeds/20250715T104103Z.xml", 7), captured_at("a.xml", 10**18)
    ((1752576063000000, 'path'), (None, None))
    >>> captured_at("feeds/a.xml", 7), captured_at("feeds/a.xml", 7, warc=5), captured_at("a", None)
    ((7, 'mtime'), (5, 'warc'), (None, None))
    """
    warc, mtime = in_range(warc), in_range(mtime)
    if warc is not None:
        return warc, "warc"
    at = path_time(uri)
    if at is not None:
        return at, "path"
    return (mtime, "mtime") if mtime is not None else (None, None)


def resolve_captured(snapshot: Snapshot, split: Split | None) -> tuple[int | None, str | None]:
    """Bring in what the content itself says: it counts more than the file's time, and less than all else.

    >>> split = Split("greader_json", "utf-8", 0, (), (), captured_at=9)
    >>> resolve_captured(Snapshot("a", b"", 7, "mtime"), split), resolve_captured(Snapshot("a", b"", 7, "path"), split)
    ((9, 'export'), (7, 'path'))
    """
    if split is not None and split.captured_at is not None and snapshot.captured_from in (None, "mtime"):
        return split.captured_at, "export"
    return snapshot.captured_at, snapshot.captured_from


def path_time(uri: str) -> int | None:
    """Return the timestamp in a path, in microseconds, UTC; None if there is none.

    Of several the most precise counts, then the last: the name inside an
    archive says more than the archive's. A month alone is no time of capture,
    nor is a date that no calendar has. Seconds since 1970 count only as a whole
    name or its last part, from 2004 to 2033.

    >>> [path_time(p) for p in ("2025-07-15/10-41/a.xml", "x/2025/07/15/19-00-00/a.xml", "20250715-1041.xml")]
    [1752576060000000, 1752606000000000, 1752576060000000]
    >>> path_time("a_2025-07-15T12:41:03+0200.xml") == path_time("a-1752576063.xml") == 1752576063000000
    True
    >>> path_time("2025-02-30.xml"), path_time("article-1752576063-title.html"), path_time("2025/07/a.xml")
    (None, None, None)
    """
    found = [stamp for pattern in (_APART, _RUN) for match in pattern.finditer(uri) if (stamp := _stamp(match))]
    if found:
        return max(found).at
    since = [int(seconds) * 1_000_000 + int(millis or 0) * 1_000 for seconds, millis in _SINCE_1970.findall(uri)]
    return since[-1] if since else None


def _stamp(match: re.Match[str]) -> _Stamp | None:
    year, month, day = int(match["year"]), int(match["month"]), int(match["day"])
    if day > calendar.monthrange(year, month)[1]:
        return None
    path, end = match.string, match.end()
    gap = _GAP.match(path, end)
    time = _TIME.match(path, gap.end()) if gap else None
    if time is None and path[end : end + 1].isdigit():
        return None  # a long number that happens to begin like a date
    parts = [int(part) for part in time.group("hour", "minute", "second") if part is not None] if time else []
    offset = _offset(path, time.end()) if time and len(parts) > 1 else 0
    hour, minute, second = (*parts, 0, 0, 0)[:3]
    at = datetime.datetime(year, month, day, hour, minute, min(second, 59), tzinfo=datetime.UTC)
    fraction = int((time["fraction"] or "0").ljust(6, "0")[:6]) if time else 0
    since = (at - _EPOCH) // _MICROSECOND + fraction - offset * 60_000_000
    return _Stamp(3 + len(parts), match.start(), since)


def _offset(text: str, at: int) -> int:
    """Return minutes east of Greenwich that a time's zone says, 0 if it says none."""
    zone = _ZONE.match(text, at)
    if zone is None or zone["utc"]:
        return 0
    minutes = int(zone["hours"]) * 60 + int(zone["minutes"])
    return minutes if zone["sign"] == "+" else -minutes
