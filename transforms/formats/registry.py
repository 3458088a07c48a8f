"""Which module reads which format: named here, and imported when first needed, so that start-up stays quick.

What is within another (a page in a mail, a digest in a forwarded mail) is probed and split by the same table, so that
formats which nest need not know one another.
"""

import importlib
from typing import Any, NamedTuple

from feedmill.transforms.rows.settings import Settings
from feedmill.transforms.rows.story import Split
from feedmill.transforms.text.decode import Document

# format name -> module and function, imported when first needed so that start-up stays quick
FORMATS = {
    "rss": "feedmill.transforms.formats.feed.split:split_feed",
    "atom": "feedmill.transforms.formats.feed.split:split_feed",
    "rdf": "feedmill.transforms.formats.feed.split:split_feed",
    "xml_entries": "feedmill.transforms.formats.feed.xml_entries:split_xml_entries",
    "jsonfeed": "feedmill.transforms.formats.json.split:split_json",
    "greader_json": "feedmill.transforms.formats.json.split:split_json",
    "json_entries": "feedmill.transforms.formats.json.split:split_json",
    "records": "feedmill.transforms.formats.records:split_records",
    "terminal_list": "feedmill.transforms.formats.terminal:split_listed",
    "telegram_html": "feedmill.transforms.formats.posts:split_posts",
    "freshrss_text": "feedmill.transforms.formats.freshrss.text:split_freshrss_text",
    "freshrss_html": "feedmill.transforms.formats.freshrss.html:split_freshrss_html",
    "mbox": "feedmill.transforms.formats.mail.split:split_mail",
    "eml": "feedmill.transforms.formats.mail.split:split_mail",
    "mail_digest": "feedmill.transforms.formats.mail.split:split_mail",
    "marked_html": "feedmill.transforms.formats.marked_html:split_marked_html",
    "page_html": "feedmill.transforms.formats.dumps.split:split_dump",
    "blurbs": "feedmill.transforms.formats.dumps.split:split_dump",
    "multi_story": "feedmill.transforms.formats.dumps.split:split_dump",
}
_PROBE_OF_PARTS = "feedmill.transforms.formats.sniff:probe_part"
_DUMP = "feedmill.transforms.formats.dumps.split:split_dump"


class Candidate(NamedTuple):
    """What a snapshot is found to be."""

    format: str  # a key of FORMATS
    plan: Any = None  # what was read to find that out, a `Split` or a `Dump`, so that it is not read twice


def _load(place: str) -> Any:
    module, name = place.split(":")
    return getattr(importlib.import_module(module), name)


def split_candidate(candidate: Candidate, doc: Document, settings: Settings) -> Split:
    """Return the stories of what a probe found a document to be: its format, and what it has read of it, if anything.

    Raises:
        Rejected: see `formats.split_snapshot`.
    """
    name, plan = candidate
    if isinstance(plan, Split):
        return plan
    split: Split = (
        _load(FORMATS[name])(doc, name, settings) if plan is None else _load(_DUMP)(doc, name, settings, plan)
    )
    return split


def probe_part(doc: Document, settings: Settings, *, html: bool) -> Candidate | None:
    """Return what a text is that is part of another, such as that of a mail; None if it is nothing that is known."""
    found: Candidate | None = _load(_PROBE_OF_PARTS)(doc, settings, html=html)
    return found
