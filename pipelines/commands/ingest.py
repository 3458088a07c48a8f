"""`feedmill ingest`: a line that moves, and one screen at the end."""

import contextlib
import os
import shlex
import shutil
import sys
import traceback
from collections.abc import Iterator

from feedmill.pipelines import beam_compat
from feedmill.pipelines.commands import stream as stream_command
from feedmill.pipelines.ingest import Outcome, run_plan
from feedmill.pipelines.plan import RunPlan
from feedmill.pipelines.wording import FAILURES, balance, count, failures, say
from feedmill.transforms.failures import UsageError
from feedmill.transforms.local import progress
from feedmill.transforms.local.pool import tuned_allocator


def ingest(plan: RunPlan, *, alone: bool = False) -> int:
    """Carry out what `feedmill ingest` was asked for. Only if it is `alone` in its process is anything of that set.

    Return the exit status: 0 done, 1 the run failed, 3 feedmill itself failed at some inputs; see `cli` for what is
    raised.
    """
    with contextlib.nullcontext() if alone else beam_compat.handlers_left_alone():
        return _ingest(plan, alone)


def _ingest(plan: RunPlan, alone: bool) -> int:
    progress.begin(0)
    if alone:
        beam_compat.quiet(verbose=plan.verbose)
    if plan.dry_run:
        say(_dry_run(plan))
        return 0
    try:
        with _tuned() if alone else contextlib.nullcontext():
            if plan.streaming:
                screen, failed = stream_command.run(plan, signals=alone)
                say(screen)
                return 3 if failed else 0
            with _progress():
                outcome = run_plan(plan)
    except (UsageError, KeyboardInterrupt):
        raise
    except Exception as error:  # noqa: BLE001 - whatever stopped the run, say it and fail
        cause = _cause(error)
        if cause.startswith("KeyboardInterrupt"):  # Beam makes an error of it if it came inside a step
            raise KeyboardInterrupt from None
        say(f"feedmill: the run failed and nothing of it was committed: {cause}", sys.stderr)
        if before := progress.so_far()["runs"]:
            say(f"feedmill: {count(before, 'run')} before it stay; the same command goes on from there", sys.stderr)
        if plan.verbose:
            say(traceback.format_exc(), sys.stderr)
        return 1
    say(summary(outcome, plan.output))
    return 3 if outcome.counters.get(FAILURES) else 0


@contextlib.contextmanager
def _tuned() -> Iterator[None]:
    """Set this process up for a run, until the block ends: it must be no one else's."""
    with tuned_allocator(), beam_compat.fast_state_sampling():
        yield


def _dry_run(plan: RunPlan) -> str:
    from feedmill.transforms.storage.local import open_store
    from feedmill.transforms.warehouse.dry_run import dry_run

    redo = bool(plan.reprocess)
    found = dry_run(open_store(plan.output), plan.files, plan.limits, plan.settings, redo=redo)
    what = ", and would be redone" if redo else ""
    return "\n".join(
        [
            f"input       {count(found.files, 'file')}, {_size(found.size)}"
            + (f"; {plan.left_out:,} more lie in {plan.output}, which is never read" if plan.left_out else ""),
            *(
                [f"not feeds   {count(found.not_feeds, 'record')} of crawls, {_size(found.not_feeds_size)}"]
                if found.not_feeds
                else []
            ),
            f"ingested    {count(found.known, 'snapshot')} that the warehouse has already{what}",
            *([f"repeated    {_repeated(found.repeated)}"] if found.repeated else []),
            f"new         {count(found.new, 'snapshot')} to be read, {_size(found.new_size)} unpacked",
            f"warehouse   {plan.output}, " + (count(found.runs, "run") if found.runs else "which does not exist yet"),
            "nothing was written",
        ]
    )


def summary(outcome: Outcome, output: str) -> str:
    """Return the screen that ends a run: what was read, what came out, what balanced, where it lies, what next."""
    counters = outcome.counters
    skipped = counters.get("read.snapshots_skipped", 0)
    repeated = counters.get("read.snapshots_repeated", 0) + counters.get("dedupe.snapshots_skipped", 0)
    redone = counters.get("dedupe.snapshots_redone", 0)
    lines = []
    if outcome.recovered:
        lines.append(f"recovered   run {outcome.recovered}, which had died while it committed, is complete now")
    if outcome.left_out:
        lines.append(f"left out    {count(outcome.left_out, 'file')} of the input in {output}, which is never read")
    if counters.get("read.not_a_feed"):
        lines.append(
            f"not feeds   {count(counters['read.not_a_feed'], 'record')} of crawls, "
            + _size(counters["read.not_a_feed_bytes"])
        )
    if outcome.submitted:
        lines.append(f"submitted   the job goes on by itself; {output} has its rows once it is done")
        return "\n".join(lines)
    if not outcome.committed and "read.files_in" not in counters:
        lines.append("read        nothing to read: there is no file in the input")
        lines.append(f"warehouse   {output}, untouched")
        return "\n".join(lines)
    replaced = counters.get("dedupe.letters_replaced", 0)
    if not outcome.committed:
        lines.append(f"read        {count(counters.get('read.files_in', 0), 'file')}: nothing new")
        lines.append(f"skipped     {count(skipped, 'snapshot')} that the warehouse has already")
        if repeated:
            lines.append(f"repeated    {_repeated(repeated)}")
        lines.append(f"warehouse   {output}, unchanged")
        return "\n".join(lines)
    books, runs = outcome.books, outcome.run_ids
    files = sum(len(manifest.files) for manifest in outcome.committed)
    lines += [
        f"read        {count(counters.get('read.files_in', 0), 'file')}, "
        + count(books.snapshots - redone, "new snapshot")
        + (f" and {redone:,} redone" if redone else "")
        + f", {_size(books.size)}"
        + (f"; {skipped:,} skipped, the warehouse has them" if skipped else ""),
        *([f"repeated    {_repeated(repeated)}"] if repeated else []),
        *balance(books),
        f"warehouse   {output}, {f'run {runs[0]}' if len(runs) == 1 else f'{len(runs)} runs'}, {count(files, 'file')}",
    ]
    if replaced:
        lines.append(f"retried     {count(replaced, 'dead letter')} of earlier runs, replaced by what came of it now")
    ask = f"{shlex.quote(_called())} query -w {shlex.quote(output)}"
    if 0 < books.dead == books.stories:
        why = "SELECT snapshot_uri, reason, detail FROM dead_letter"
        lines.append(f'declined    all of it: not one story could be read; {ask} "{why}"')
    elif books.dead:
        lines.append(f'declined    {ask} "SELECT reason, count(*) FROM dead_letter GROUP BY ALL"')
    if books.stories > books.dead:
        lines.append(f'next        {ask} "SELECT lang, count(*) FROM items_latest GROUP BY ALL"')
    if failed := counters.get(FAILURES):
        lines += failures(failed, ask)
    return "\n".join(lines)


def _repeated(snapshots: int) -> str:
    return f"{count(snapshots, 'snapshot')} more of the same bytes as others of the input"


def _called() -> str:
    """How the command is called again: by its name where the shell finds it, else by its path."""
    return sys.argv[0] if os.path.basename(sys.argv[0]) == "feedmill" and not shutil.which("feedmill") else "feedmill"


def _size(size: int) -> str:
    from rich.filesize import decimal

    return decimal(size)


def _cause(error: BaseException) -> str:
    """Return the line that says what went wrong: engines wrap it in their own trace."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__


@contextlib.contextmanager
def _progress() -> Iterator[None]:
    """Show on a terminal what the run does, by phase and with counts, until the block ends."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    def moving() -> Text:
        return Text(f"feedmill: {progress.line(_size)}", no_wrap=True, overflow="ellipsis")

    with Live(get_renderable=moving, console=Console(stderr=True), transient=True):
        yield
