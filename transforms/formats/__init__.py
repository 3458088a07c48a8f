"""Bytes to stories: one module a format. Plain Python, no Beam.

    >>> from feedmill.transforms.formats import split_snapshot
    >>> from feedmill.transforms.rows.story import Snapshot
    >>> data = b"The river rose by two metres overnight, officials said on Monday.\\n" \\
    ...        b"Ministers will meet on Friday to discuss the price of bread.\\n"
    >>> [s.form for s in split_snapshot(Snapshot("a.txt", data)).stories]
    ['blurb', 'blurb']

CONTRIBUTING.md says how to add one.
"""

import importlib

from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.formats.settings import Settings, check_timezone
from feedmill.transforms.rows.story import Snapshot, Split

__all__ = ["FORMATS", "Settings", "check_timezone", "split_snapshot"]

# format name -> module and function, imported when first needed so that start-up stays quick
FORMATS = {
    "rss": "feedmill.transforms.formats.feed.split:split_feed",
    "atom": "feedmill.transforms.formats.feed.split:split_feed",
    "rdf": "feedmill.transforms.formats.feed.split:split_feed",
    "xml_entries": "feedmill.transforms.formats.feed.xml_entries:split_xml_entries",
    "jsonfeed": "feedmill.transforms.formats.json.split:split_json",
    "greader_json": "feedmill.transforms.formats.json.split:split_json",
    "json_entries": "feedmill.transforms.formats.json.split:split_json",
    "records": "feedmill.transforms.formats.lists.records:split_records",
    "freshrss_text": "feedmill.transforms.formats.freshrss.text:split_freshrss_text",
    "freshrss_html": "feedmill.transforms.formats.freshrss.html:split_freshrss_html",
    "blurbs": "feedmill.transforms.formats.lists.blurbs:split_blurbs",
    "multi_story": "feedmill.transforms.formats.lists.generic:split_generic",
}


def split_snapshot(snapshot: Snapshot, settings: Settings = Settings()) -> Split:
    """Returns the stories of a snapshot with spans that tile its bytes.

    Raises:
        Rejected: the snapshot as a whole holds nothing that can be read:
            EMPTY, BINARY, UNKNOWN_FORMAT, NOT_A_FEED, MALFORMED, NO_STORIES.
    """
    from feedmill.transforms.formats.envelopes import split_enveloped
    from feedmill.transforms.formats.json.scan import mend_surrogates
    from feedmill.transforms.formats.sniff import sniff
    from feedmill.transforms.formats.storable import storable
    from feedmill.transforms.text.decode import Document, decode

    if not snapshot.data.strip():
        raise Rejected(Reason.EMPTY, f"{len(snapshot.data)} bytes, no text")

    def split_text(doc: Document) -> Split:
        text, halves = mend_surrogates(doc.text)
        if halves and text.lstrip()[:1] in ("{", "["):
            doc = doc._replace(text=text, replaced_chars=doc.replaced_chars + halves)
        name = sniff(doc)
        module, function = FORMATS[name].split(":")
        split: Split = getattr(importlib.import_module(module), function)(doc, name, settings)
        return split

    return storable(split_enveloped(snapshot, split_text, decode))
