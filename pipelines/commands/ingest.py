"""`feedmill ingest`: the flags' help, a line that moves, and one screen at the end."""

import argparse
import contextlib
import os
import shlex
import shutil
import sys
import traceback
from collections.abc import Iterator, Sequence

from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions
from feedmill.pipelines import beam_compat
from feedmill.pipelines.commands import stream as stream_command
from feedmill.pipelines.ingest import IngestOptions, Outcome, parse_options, prepare, run
from feedmill.pipelines.stream import StreamOptions
from feedmill.pipelines.wording import FAILURES, balance, count, failures, say
from feedmill.transforms.failures import UsageError
from feedmill.transforms.local import progress
from feedmill.transforms.local.pool import tuned_allocator

_HELP_TAIL = """
Beam's own flags are passed through, --runner above all: without it, or with
DirectRunner, feedmill runs in this process and needs nothing else.
"""


def ingest(argv: Sequence[str], *, alone: bool = False) -> int:
    """Run `feedmill ingest`. Only if it is `alone` in its process is anything set that is the process's.

    Returns the exit status: 0 done, 1 the run failed, 3 feedmill itself failed at some inputs; see `cli` for what is
    raised.
    """
    with contextlib.nullcontext() if alone else beam_compat.handlers_left_alone():
        return _ingest(argv, alone)


def _ingest(argv: Sequence[str], alone: bool) -> int:
    if {"-h", "--help"} & set(argv):
        parser = _command_parser(add_help=True)
        IngestOptions._add_argparse_args(parser)
        StreamOptions._add_argparse_args(parser.add_argument_group("with --streaming"))
        parser.print_help()
        return 0
    progress.begin(0)
    command, argv = _command_parser(add_help=False).parse_known_args(list(argv))
    if command.config:
        argv = [*_checked(command.config), *argv]  # what is given last counts
    if alone:
        beam_compat.quiet(verbose=command.verbose)
    if command.dry_run:
        say(_dry_run(argv))
        return 0
    options = parse_options(argv).view_as(IngestOptions)
    _refuse_stream_flags(options)
    try:
        with _tuned() if alone else contextlib.nullcontext():
            if options.view_as(StandardOptions).streaming:
                screen, failed = stream_command.run(argv, signals=alone)
                say(screen)
                return 3 if failed else 0
            with _progress():
                outcome = run(argv)
    except (UsageError, KeyboardInterrupt):
        raise
    except Exception as error:  # noqa: BLE001 - whatever stopped the run, say it and fail
        cause = _cause(error)
        if cause.startswith("KeyboardInterrupt"):  # Beam makes an error of it if it came inside a step
            raise KeyboardInterrupt from None
        say(f"feedmill: the run failed and nothing of it was committed: {cause}", sys.stderr)
        if before := progress.so_far()["runs"]:
            say(f"feedmill: {count(before, 'run')} before it stay; the same command goes on from there", sys.stderr)
        if command.verbose:
            say(traceback.format_exc(), sys.stderr)
        return 1
    say(summary(outcome, options.output))
    return 3 if outcome.counters.get(FAILURES) else 0


@contextlib.contextmanager
def _tuned() -> Iterator[None]:
    """Set this process up for a run, until the block ends: it must be no one else's."""
    with tuned_allocator(), beam_compat.fast_state_sampling():
        yield


def _refuse_stream_flags(options: PipelineOptions) -> None:
    """Refuse flags of streams without a stream.

    Raises:
        UsageError: a flag that only a stream heeds was given to a run that is none.
    """
    if options.view_as(StandardOptions).streaming:
        return
    parser = argparse.ArgumentParser(add_help=False)
    StreamOptions._add_argparse_args(parser)
    given = options.view_as(StreamOptions)
    for action in parser._actions:
        if getattr(given, action.dest) != action.default:
            raise UsageError(f"{action.option_strings[0]} tells how to stream: give --streaming too, or leave it out")


def _command_parser(*, add_help: bool) -> argparse.ArgumentParser:
    """Return the flags that are the command's alone: no pipeline ever sees them."""
    parser = argparse.ArgumentParser(prog="feedmill ingest", epilog=_HELP_TAIL, add_help=add_help, allow_abbrev=False)
    parser.add_argument(
        "--config", metavar="FILE", help="a TOML file whose keys are flags, Beam's too; flags given here go before it"
    )
    parser.add_argument(
        "--dry_run",
        "--dry-run",
        action="store_true",
        help="say what would be read and what of it the warehouse has already, and stop; writes nothing "
        "(Beam's flag of this name, which takes a value, cannot be given)",
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="if the run fails, print where, for a bug report")
    return parser


def _checked(config: str) -> list[str]:
    from feedmill.pipelines.config_file import flags_of

    flags = flags_of(config)
    try:
        parse_options(flags)
    except UsageError as error:
        raise UsageError(f"--config {config}: {error}") from None
    return flags


def _dry_run(argv: Sequence[str]) -> str:
    from feedmill.transforms.storage.local import open_store
    from feedmill.transforms.warehouse.dry_run import plan

    _, config = prepare(argv)
    redo = config.redo_after is not None
    found = plan(open_store(config.output), config.files, config.limits, config.settings, redo=redo)
    what = ", and would be redone" if redo else ""
    return "\n".join(
        [
            f"input       {count(found.files, 'file')}, {_size(found.size)}"
            + (f"; {config.left_out:,} more lie in {config.output}, which is never read" if config.left_out else ""),
            *(
                [f"not feeds   {count(found.not_feeds, 'record')} of crawls, {_size(found.not_feeds_size)}"]
                if found.not_feeds
                else []
            ),
            f"ingested    {count(found.known, 'snapshot')} that the warehouse has already{what}",
            *([f"repeated    {_repeated(found.repeated)}"] if found.repeated else []),
            f"new         {count(found.new, 'snapshot')} to be read, {_size(found.new_size)} unpacked",
            f"warehouse   {config.output}, " + (count(found.runs, "run") if found.runs else "which does not exist yet"),
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
