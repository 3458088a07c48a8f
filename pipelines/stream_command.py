"""`feedmill ingest --streaming` on this machine: a line that tells how it goes, and one screen at the end."""

import sys
import time
from collections.abc import Callable, Sequence

from pipelines.dataflow import is_left_alone
from pipelines.ingest import IngestOptions, parse_options
from pipelines.stream import Tally, is_local, launch, stream
from transforms.rows import BYTE_KINDS

_LINE_EVERY = 60  # seconds, where there is no terminal to show a moving line on


def run(argv: Sequence[str]) -> str:
    """Runs a stream until it is told to stop, saying on stderr how it goes. Returns the screen that ends it.

    Raises what `stream` does.
    """
    options = parse_options(argv)
    if not is_local(options):
        result = launch(argv)
        if not is_left_alone(options):
            result.wait_until_finish()
        return f"warehouse   {options.view_as(IngestOptions).output}, which another engine keeps current"
    live = sys.stderr.isatty()
    try:
        tally, output = stream(argv, _live() if live else _now_and_then())
    except KeyboardInterrupt:
        print("\nfeedmill: the window at work is abandoned, all of it; the same command takes it in", file=sys.stderr)
        raise
    if live:
        print("\r\033[K", end="", file=sys.stderr)
    return summary(tally, output)


def _live() -> Callable[[Tally], None]:
    def show(tally: Tally) -> None:
        print(f"\r\033[K{line(tally)}", end="", file=sys.stderr, flush=True)

    return show


def _now_and_then() -> Callable[[Tally], None]:
    told = {"at": time.monotonic(), "windows": 0}

    def show(tally: Tally) -> None:
        if time.monotonic() - told["at"] >= _LINE_EVERY and tally.windows > told["windows"]:
            told.update(at=time.monotonic(), windows=tally.windows)
            print(f"feedmill: {line(tally)}", file=sys.stderr, flush=True)

    return show


def line(tally: Tally) -> str:
    """Returns what there is to say while a stream runs."""
    books = tally.ledger
    rate = books.snapshots / max(1.0, time.time() - tally.began)
    return (
        f"{tally.windows:,} windows, {books.snapshots:,} snapshots ({rate:,.1f}/s), "
        f"{books.new:,} new + {books.revisions:,} revisions + {books.duplicates:,} duplicates + {books.dead:,} dead, "
        f"{skipped(tally):,} skipped, {tally.counters['stream.snapshots_late']:,} late, "
        f"lag {tally.lag(0.5):.1f} s (95 %: {tally.lag(0.95):.1f} s)"
    )


def skipped(tally: Tally) -> int:
    """Returns how many snapshots came again."""
    return tally.counters["read.snapshots_skipped"] + tally.counters["dedupe.snapshots_skipped"]


def summary(tally: Tally, output: str) -> str:
    """Returns the screen that ends a stream."""
    books = tally.ledger
    lines = []
    if tally.recovered:
        lines.append(f"recovered   run {tally.recovered}, which had died while it committed, is complete now")
    lines.append("stopped     every window was committed whole; the same command goes on from here")
    lines.append(
        f"read        {tally.counters['read.files_in']:,} files, {books.snapshots:,} new snapshots in "
        f"{tally.windows:,} windows; {skipped(tally):,} skipped, the warehouse had them; "
        f"{tally.counters['stream.snapshots_late']:,} late"
    )
    if tally.windows:
        lines += [
            f"stories     {books.stories:,} = {books.new:,} new + {books.revisions:,} revisions + "
            f"{books.duplicates:,} duplicates + {books.dead:,} dead",
            f"bytes       {books.size:,} = "
            + " + ".join(f"{books.bytes[kind]:,} {kind}" for kind in BYTE_KINDS if books.bytes[kind]),
            "balance     every story and every byte is accounted for",
            f"lag         from landed to readable: half within {tally.lag(0.5):.1f} s, "
            f"95 % within {tally.lag(0.95):.1f} s",
        ]
    if tally.waiting:
        lines.append(f"waiting     {tally.waiting:,} files that had landed are for the next time")
    lines.append(f"warehouse   {output}")
    return "\n".join(lines)
