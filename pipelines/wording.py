"""How things are said, on screens and pages."""

import datetime as dt
import json
import re
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from feedmill.transforms.warehouse.ledger import Ledger
    from rich.console import Console

# What a terminal obeys, and does not show: C0 and C1 controls, ends of lines, and marks that turn the order of what
# stands beside them; and halves of characters, which no screen can be sent.
_OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def plain(text: str, *, lines: bool = False) -> str:
    r"""Spell out what a terminal would obey. Names of files and members, titles and errors hold whatever others wrote.

    Args:
        lines: the text may have several lines, and tabs.

    >>> plain("\x1b[2Ja.xml"), plain("a\nb"), plain("a\nb", lines=True), plain("\u202elmx.a")
    ('\\x1b[2Ja.xml', 'a\\nb', 'a\nb', '\\u202elmx.a')
    """

    def spelled(found: re.Match[str]) -> str:
        return found[0] if lines and found[0] in "\n\t" else found[0].encode("unicode_escape").decode()

    return _OBEYED.sub(spelled, text)


def say(text: str, file: TextIO | None = None) -> None:
    """Print a line or several, on stdout or `file`, with what a terminal would obey spelled out."""
    print(plain(text, lines=True), file=file, flush=file is not None)


def json_line(value: Any, default: Callable[[Any], Any] | None = None) -> str:
    r"""Return a value as JSON, on one line, in which no terminal finds anything to obey, and every reader the value.

    >>> json_line({"title": "é \x9b2J"})
    '{"title": "é \\u009b2J"}'
    """
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, default=default, ensure_ascii=False))


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def iso(micros: int | None) -> str | None:
    """Format an instant (microseconds since the epoch, UTC).

    >>> iso(1752575940000000)
    '2025-07-15T10:39:00Z'
    """
    if micros is None:
        return None
    return (_EPOCH + dt.timedelta(microseconds=micros)).isoformat().replace("+00:00", "Z")


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
    """Return what became of the stories.

    >>> from feedmill.transforms.warehouse.ledger import Ledger
    >>> fates(Ledger(stories=1500, new=1400, dead=100))
    '1,400 new + 0 revisions + 0 duplicates + 100 dead'
    """
    return f"{books.new:,} new + {books.revisions:,} revisions + {books.duplicates:,} duplicates + {books.dead:,} dead"


def balance(books: "Ledger") -> list[str]:
    """Return the lines of a screen that tell where every story and every byte went."""
    return [
        f"stories     {books.stories:,} = {fates(books)}",
        f"bytes       {sum_of(books.size, books.bytes)}",
        "balance     every story and every byte is accounted for",
    ]


FAILURES = "split.dead_internal_error"  # the counter of files and snapshots that feedmill itself failed at


def failures(number: int, ask: str) -> list[str]:
    """Return the lines of a screen that tell of files and snapshots that feedmill itself failed at.

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
    """Return what prints in colour on a terminal, and in whole lines to a file or a pipe; see `plain`."""
    from rich.console import Console
    from rich.text import Text

    def spelled(text: Text) -> Text:
        out, at = Text(style=text.style), 0
        for found in _OBEYED.finditer(text.plain):
            out.append_text(text[at : found.start()]).append(plain(found[0], lines=True))
            at = found.end()
        return out.append_text(text[at:]) if at else text

    class Screen(Console):
        def print(self, *objects: Any, **options: Any) -> None:
            super().print(*(spelled(one) if isinstance(one, Text) else one for one in objects), **options)

        def on_broken_pipe(self) -> None:
            raise  # to `cli.main`: whoever reads the pipe has enough, which is no failure

    return Screen(file=sys.stdout, highlight=False, soft_wrap=not sys.stdout.isatty())
