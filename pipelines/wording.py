"""How things are said, on screens and pages."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feedmill.transforms.warehouse.ledger import Ledger
    from rich.console import Console


def count(number: int, noun: str, plural: str | None = None) -> str:
    """
    >>> count(1, "story", "stories"), count(2500, "item")
    ('1 story', '2,500 items')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def sum_of(whole: int, parts: Mapping[str, int]) -> str:
    """
    >>> sum_of(1500, {"story": 1400, "space": 100, "dead": 0}), sum_of(0, {"story": 0})
    ('1,500 = 1,400 story + 100 space', '0 = 0')
    """
    return f"{whole:,} = " + (" + ".join(f"{part:,} {name}" for name, part in parts.items() if part) or "0")


def fates(books: "Ledger") -> str:
    """Returns what became of the stories.

    >>> from feedmill.transforms.warehouse.ledger import Ledger
    >>> fates(Ledger(stories=1500, new=1400, dead=100))
    '1,400 new + 0 revisions + 0 duplicates + 100 dead'
    """
    return f"{books.new:,} new + {books.revisions:,} revisions + {books.duplicates:,} duplicates + {books.dead:,} dead"


def balance(books: "Ledger") -> list[str]:
    """Returns the lines of a screen that tell where every story and every byte went."""
    return [
        f"stories     {books.stories:,} = {fates(books)}",
        f"bytes       {sum_of(books.size, books.bytes)}",
        "balance     every story and every byte is accounted for",
    ]


FAILURES = "split.dead_internal_error"  # the counter of files and snapshots that feedmill itself failed at


def failures(number: int, ask: str) -> list[str]:
    """Returns the lines of a screen that tell of files and snapshots that feedmill itself failed at.

    Args:
        number: how many.
        ask: the command that queries the warehouse.
    """
    return [
        f"FAILED      feedmill itself failed at {count(number, 'file or snapshot', 'files and snapshots')}: a bug",
        "            all else is committed; these are dead letters, which another version tries again; exit status 3",
        f"            {ask} \"SELECT snapshot_uri, detail FROM dead_letter WHERE reason = 'internal_error'\"",
    ]


def screen() -> "Console":
    """Returns what prints in colour on a terminal, and in whole lines to a file or a pipe."""
    from rich.console import Console

    class Screen(Console):
        def on_broken_pipe(self) -> None:
            raise  # to `cli.main`: whoever reads the pipe has enough, which is no failure

    return Screen(file=sys.stdout, highlight=False, soft_wrap=not sys.stdout.isatty())
