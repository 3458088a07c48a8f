"""`feedmill ingest --streaming`: a line that tells how it goes, and one screen at the end."""

import contextlib
import shlex
import sys
import threading
import time
from collections.abc import Iterator

from feedmill.pipelines.dataflow import is_left_alone
from feedmill.pipelines.ingest import counters_of, options_of
from feedmill.pipelines.plan import RunPlan
from feedmill.pipelines.stream import launch, stream
from feedmill.pipelines.tally import Tally, following
from feedmill.pipelines.wording import FAILURES, balance, count, failures, fates, say
from feedmill.transforms.local.progress import meanwhile
from feedmill.transforms.storage.local import watch_inputs

_LINE_EVERY = 60.0  # seconds, where there is no terminal to show a moving line on


def run(plan: RunPlan, *, signals: bool = False) -> tuple[str, int]:
    """Run a stream until it is told to stop, saying on stderr how it goes.

    Returns the screen that ends it, and at how many files and snapshots feedmill itself failed.

    Only with `signals` do SIGINT and SIGTERM tell it; without, whatever stops it is an exception of the caller's.

    Raises what `stream` does.
    """
    output, tally = plan.output, Tally()
    if not plan.is_local:
        result, failed = launch(plan), 0
        if not is_left_alone(options_of(plan)):
            with following(output, tally), _showing(tally):
                result.wait_until_finish()
            failed = counters_of(result).get(FAILURES, 0)
        lines = [f"warehouse   {output}, which another engine keeps current"]
        return "\n".join(lines + (failures(failed, _asked(output)) if failed else [])), failed
    if note := nothing_yet(plan):
        say(f"feedmill: {note}", sys.stderr)
    try:
        with _showing(tally):
            stream(plan, tally=tally, signals=signals)
    except KeyboardInterrupt:
        say("\nfeedmill: the window at work is abandoned, all of it; the same command takes it in", sys.stderr)
        raise
    return summary(tally, output), tally.counters[FAILURES]


def _asked(output: str) -> str:
    return f"feedmill query -w {shlex.quote(output)}"


def nothing_yet(plan: RunPlan) -> str | None:
    """Return what to say where a stream finds no file as it starts: it waits, and a mistyped path would look the
    same."""
    if not plan.input or any(True for _ in watch_inputs(plan.input, beside=plan.output)):
        return None
    return f"--input {plan.input}: no file is there yet; waiting for some to land"


@contextlib.contextmanager
def _showing(tally: Tally) -> Iterator[None]:
    """Say on stderr how it goes, until the block ends.

    On a terminal some lines that move, none of which wraps; elsewhere one a minute, if anything happened or waits:
    1,440 a day at most.
    """
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.live import Live
        from rich.text import Text

        def moving() -> Text:
            return Text("\n".join(parts(tally, time.time())), no_wrap=True, overflow="ellipsis")

        with Live(get_renderable=moving, console=Console(stderr=True), transient=True):
            yield
        return

    def tell(over: threading.Event) -> None:
        told = tally.counters.copy()
        while not over.wait(_LINE_EVERY):
            if tally.waiting or tally.counters != told:
                told = tally.counters.copy()
                say(f"feedmill: {line(tally, time.time())}", sys.stderr)

    with meanwhile(tell):
        yield


def line(tally: Tally, now: float) -> str:
    """Return what there is to say while a stream runs, on one line. `now` is in seconds since the epoch."""
    return " | ".join(parts(tally, now))


def parts(tally: Tally, now: float) -> list[str]:
    """Return the parts of `line`."""
    books = tally.ledger
    snapshots, stories = tally.rates(now)
    at, size = tally.last()
    lag, late = tally.lag(0.95), tally.counters["stream.snapshots_late"]
    return [
        f"lag {now - tally.oldest:,.1f} s, {tally.waiting:,} waiting" if tally.oldest else "nothing waits",
        *([f"95 % within {lag:,.1f} s"] if lag else []),
        f"{snapshots:,.1f} snapshots/s, {stories:,.0f} stories/s",
        fates(books),
        f"{books.snapshots:,} snapshots, {skipped(tally):,} came again, {late:,} late",
        f"window {tally.windows:,} had {size:,}, {now - at:,.0f} s ago" if tally.windows else "no window yet",
    ]


def skipped(tally: Tally) -> int:
    """Return how many snapshots came again."""
    return tally.counters["read.snapshots_skipped"] + tally.counters["dedupe.snapshots_skipped"]


def summary(tally: Tally, output: str) -> str:
    """Return the screen that ends a stream."""
    books = tally.ledger
    lines = []
    if tally.recovered:
        lines.append(f"recovered   run {tally.recovered}, which had died while it committed, is complete now")
    lines.append("stopped     every window was committed whole; the same command goes on from here")
    lines.append(
        f"read        {count(tally.counters['read.files_in'], 'file')}, {count(books.snapshots, 'new snapshot')} in "
        f"{count(tally.windows, 'window')}; {skipped(tally):,} skipped, the warehouse had them; "
        f"{tally.counters['stream.snapshots_late']:,} late"
    )
    if tally.windows:
        lines += [
            *balance(books),
            f"lag         from landed to readable: half within {tally.lag(0.5):.1f} s, "
            f"95 % within {tally.lag(0.95):.1f} s",
        ]
    if tally.waiting:
        lines.append(f"waiting     {count(tally.waiting, 'file')} that had landed for the next time")
    lines.append(f"warehouse   {output}")
    if failed := tally.counters[FAILURES]:
        lines += failures(failed, _asked(output))
    return "\n".join(lines)
