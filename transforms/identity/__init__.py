"""Which sightings are one story, and why. Plain Python over numpy and Arrow: no Beam, no I/O.

    nodes = fingerprint(stories)                     # on workers: one row of hashes a story
    known = match(rows_of_the_warehouse, wanted(nodes))
    resolution = resolve(nodes, sightings, known)    # once a run or window

volatile.py takes out what changes without an edit, keys.py says what a story is compared by, match_rules.py and near.py
which two are one, graph.py joins them, collapse.py and resolve.py decide what each sighting is, and verify.py
checks it. lookup.py says what a run has to know of the warehouse; reprocess.py, decide.py and settle.py what becomes of
what is made again.
"""

from feedmill.transforms.identity.keys import NODE_SCHEMA, fingerprint
from feedmill.transforms.identity.lookup import LookupKeys, match, wanted
from feedmill.transforms.identity.reprocess import (
    PAST_SCHEMA,
    Edits,
    History,
    Settlement,
    involved,
    left_over,
    stories_gone,
)
from feedmill.transforms.identity.resolve import (
    KNOWN_SCHEMA,
    MERGE_SCHEMA,
    OUTCOME_SCHEMA,
    SIGHTING_SCHEMA,
    STORY_MERGE_SCHEMA,
    Resolution,
    resolve,
)
from feedmill.transforms.identity.settle import settle
from feedmill.transforms.identity.verify import verify_classes

__all__ = [
    "KNOWN_SCHEMA",
    "MERGE_SCHEMA",
    "NODE_SCHEMA",
    "OUTCOME_SCHEMA",
    "PAST_SCHEMA",
    "SIGHTING_SCHEMA",
    "STORY_MERGE_SCHEMA",
    "Edits",
    "History",
    "LookupKeys",
    "Resolution",
    "Settlement",
    "fingerprint",
    "involved",
    "left_over",
    "match",
    "resolve",
    "settle",
    "stories_gone",
    "verify_classes",
    "wanted",
]
