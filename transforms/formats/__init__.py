"""Bytes to stories: one module a format. Plain Python, no Beam.

    >>> from feedmill.transforms.formats import split_snapshot
    >>> from feedmill.transforms.rows.story import Snapshot
    >>> data = b"The river rose by two metres overnight, officials said on Monday.\\n" \\
    ...        b"Ministers will meet on Friday to discuss the price of bread.\\n"
    >>> [s.form for s in split_snapshot(Snapshot("a.txt", data)).stories]
    ['blurb', 'blurb']

CONTRIBUTING.md says how to add one.
"""

from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.formats.registry import FORMATS, split_candidate
from feedmill.transforms.rows.settings import Settings, check_timezone
from feedmill.transforms.rows.story import Snapshot, Split

__all__ = ["FORMATS", "Settings", "check_timezone", "split_snapshot"]


def split_snapshot(snapshot: Snapshot, settings: Settings = Settings()) -> Split:
    """Return the stories of a snapshot with spans that tile its bytes.

    Raises:
        Rejected: the snapshot as a whole holds nothing that can be read:
            EMPTY, BINARY, UNKNOWN_FORMAT, NOT_A_FEED, MALFORMED, NO_STORIES.
    """
    from feedmill.transforms.formats.envelopes import split_enveloped
    from feedmill.transforms.formats.json.scan import mend_surrogates
    from feedmill.transforms.formats.sniff import probe
    from feedmill.transforms.formats.storable import storable, within_reach
    from feedmill.transforms.text.decode import Document, decode

    if not snapshot.data.strip():
        raise Rejected(Reason.EMPTY, f"{len(snapshot.data)} bytes, no text")

    def split_text(doc: Document) -> Split:
        text, halves = mend_surrogates(doc.text)
        if halves and text.lstrip()[:1] in ("{", "["):
            doc = doc._replace(text=text, replaced_chars=doc.replaced_chars + halves)
        return split_candidate(probe(doc, settings), doc, settings)

    return storable(within_reach(split_enveloped(snapshot, split_text, decode), snapshot))
