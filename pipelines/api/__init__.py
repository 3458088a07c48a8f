"""feedmill: feed snapshots in, one clean, deduplicated, explainable table of stories out.

What this package exports is what is kept stable. Beam is not imported until a step is asked for.

    >>> from feedmill import Snapshot, split_snapshot
    >>> data = b"The river rose by two metres overnight, officials said on Monday.\\n" \\
    ...        b"Ministers will meet on Friday to discuss the price of bread.\\n"
    >>> [story.form for story in split_snapshot(Snapshot("a.txt", data)).stories]
    ['blurb', 'blurb']
"""

import importlib
from typing import TYPE_CHECKING, Any

from feedmill.transforms import __version__
from feedmill.transforms.failures import Reason, Rejected, UsageError
from feedmill.transforms.formats import Settings, split_snapshot
from feedmill.transforms.rows.story import Media, Removed, Snapshot, Span, Split, Story

if TYPE_CHECKING:
    from feedmill.transforms.build_tables import DetectLanguages
    from feedmill.transforms.read import ReadSnapshots
    from feedmill.transforms.resolve import ResolveStories
    from feedmill.transforms.split import SplitSnapshots
    from feedmill.transforms.write import CommitRun, WriteTables

# The Beam steps, by the module each is in: imported when first asked for, as Beam takes a second.
_STEPS = {
    "ReadSnapshots": "read",
    "SplitSnapshots": "split",
    "ResolveStories": "resolve",
    "DetectLanguages": "build_tables",
    "WriteTables": "write",
    "CommitRun": "write",
}

__all__ = [
    "CommitRun",
    "DetectLanguages",
    "Media",
    "ReadSnapshots",
    "Reason",
    "Rejected",
    "Removed",
    "ResolveStories",
    "Settings",
    "Snapshot",
    "Span",
    "Split",
    "SplitSnapshots",
    "Story",
    "UsageError",
    "WriteTables",
    "__version__",
    "split_snapshot",
]


def __getattr__(name: str) -> Any:
    if name in _STEPS:
        return getattr(importlib.import_module(f"feedmill.transforms.{_STEPS[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
