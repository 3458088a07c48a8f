"""Bytes to stories: one module a format. Plain Python, no Beam.

    >>> from transforms.formats import split_snapshot
    >>> from transforms.rows import Snapshot
    >>> data = b"The river rose by two metres overnight, officials said on Monday.\\n" \\
    ...        b"Ministers will meet on Friday to discuss the price of bread.\\n"
    >>> [s.form for s in split_snapshot(Snapshot("a.txt", data)).stories]
    ['blurb', 'blurb']

CONTRIBUTING.md says how to add one.
"""

import importlib
from typing import NamedTuple

from transforms.failures import Reason, Rejected, UsageError
from transforms.rows import Snapshot, Split


class Settings(NamedTuple):
    """What a splitter may be told. Everything else comes from the snapshot's bytes."""

    timezone: str = "UTC"  # IANA name: the zone of reader pages, which show none


def check_timezone(name: str) -> None:
    """
    Raises:
        UsageError: there is no such time zone.
    """
    import zoneinfo

    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(f"--timezone {name}: not an IANA time zone, such as Europe/Paris") from None


# format name -> module and function, imported when first needed so that start-up stays quick
FORMATS = {
    "rss": "transforms.formats.feed:split_feed",
    "atom": "transforms.formats.feed:split_feed",
    "rdf": "transforms.formats.feed:split_feed",
    "jsonfeed": "transforms.formats.jsonfeed:split_jsonfeed",
    "greader_json": "transforms.formats.greader_json:split_greader_json",
    "json_entries": "transforms.formats.json_entries:split_json_entries",
    "records": "transforms.formats.records:split_records",
    "freshrss_text": "transforms.formats.freshrss_text:split_freshrss_text",
    "freshrss_html": "transforms.formats.freshrss_html:split_freshrss_html",
    "blurbs": "transforms.formats.blurbs:split_blurbs",
    "multi_story": "transforms.formats.generic:split_generic",
}


def split_snapshot(snapshot: Snapshot, settings: Settings = Settings()) -> Split:
    """Returns the stories of a snapshot with spans that tile its bytes.

    Raises:
        Rejected: the snapshot as a whole holds nothing that can be read:
            EMPTY, BINARY, UNKNOWN_FORMAT, NOT_A_FEED, MALFORMED, NO_STORIES.
    """
    from transforms.formats.shown import find_shown, put_back
    from transforms.formats.sniff import sniff
    from transforms.text.decode import decode

    if not snapshot.data.strip():
        raise Rejected(Reason.EMPTY, f"{len(snapshot.data)} bytes, no text")
    page = decode(snapshot)
    shown = find_shown(page)
    doc = shown.source if shown else page
    name = sniff(doc)
    module, function = FORMATS[name].split(":")
    split = getattr(importlib.import_module(module), function)(doc, name, settings)
    return put_back(split, shown, page) if shown else split
