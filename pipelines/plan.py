"""What `feedmill ingest` is to do: its flags, read and checked once, and the files that they name, listed once.

`plan_run` makes the one `RunPlan` that every part receives: what starts ahead of Beam, the graph, the stream, the
screen at the end. Each flag is a field of it; Beam's own flags are handed on as given. Plain Python, and light: no
Beam, whose import takes a second, and no numpy, before which the other processes start.
"""

import argparse
import dataclasses
import importlib
from collections.abc import Sequence
from typing import Any, NoReturn

from feedmill.pipelines.config_file import flags_of
from feedmill.pipelines.flag_types import (
    ASK_FOR_LOCAL,
    LOCAL_RUNNER,
    byte_count,
    duration,
    partitioning,
    some_time,
    truth,
    whole_number,
)
from feedmill.transforms.captures.limits import RUN_BYTES, Limits
from feedmill.transforms.failures import UsageError, google_needed
from feedmill.transforms.local.pool import processes_for
from feedmill.transforms.rows.settings import Settings, check_timezone
from feedmill.transforms.storage.local import FileInfo, find_inputs

_HELP_TAIL = """
Beam's own flags are passed through, --runner above all: without it, or with
DirectRunner, feedmill runs in this process and needs nothing else.
"""


def _flag(help: str, default: Any = None, *, group: str = "run", names: Sequence[str] = (), **how: Any) -> Any:
    """Declare a field that a flag fills: `--<its name>`, or `names`. `how` is what else argparse is told."""
    if default not in (None, False) and "%(default)s" not in help:
        help += " (default: %(default)s)"
    return dataclasses.field(
        metadata={"group": group, "names": names, "how": {"help": help, "default": default, **how}}
    )


_MAY_STAND_ALONE: dict[str, Any] = {"nargs": "?", "const": True, "type": truth, "metavar": "true|false"}


@dataclasses.dataclass(frozen=True)
class RunPlan:
    """Everything that a run, or a stream, was asked for. Sizes are in bytes, times in seconds."""

    config: str | None = _flag(
        "a TOML file whose keys are flags, Beam's too; flags given here go before it", group="command", metavar="FILE"
    )
    dry_run: bool = _flag(
        "say what would be read and what of it the warehouse has already, and stop; writes nothing "
        "(Beam's flag of this name, which takes a value, cannot be given)",
        False,
        group="command",
        names=("--dry_run", "--dry-run"),
        action="store_true",
    )
    verbose: bool = _flag(
        "if the run fails, print where, for a bug report",
        False,
        group="command",
        names=("-v", "--verbose"),
        action="store_true",
    )
    input: str = _flag(
        "files, folders or globs of files (** crosses folders), separated by commas; ? stands for a comma in a name"
    )
    output: str = _flag("the warehouse: a folder, made if it is not there; never read as input")
    timezone: str = _flag("IANA time zone of dates that state none, as on reader pages", Settings().timezone)
    partition_by: str = _flag(
        "how items are cut: year, month or day of publication, with or without ,lang", "month,lang", type=partitioning
    )
    workers: str = _flag(
        "on this machine, how many processes do the work: a number, or auto, which takes one for each core where the "
        "input is large enough to gain from it",
        "auto",
    )
    max_run_bytes: int = _flag(
        "on this machine, how much is read into memory at once: more input is cut, in order of path, into several "
        "runs, each committed by itself, a small rest with the last; 0 for no limit",
        RUN_BYTES,
        type=byte_count,
    )
    reprocess: bool | None = _flag(
        "redo what the warehouse has of the input already: read it again, with the code and the flags of now, and "
        "replace just what it gave before",
        **_MAY_STAND_ALONE,
    )
    wait: float = _flag(
        "on this machine, how long to wait for another feedmill that writes to the warehouse, such as 10m; else, and "
        "after it, the exit status is 75 (default: %(default)s, not at all)",
        0,
        type=duration,
    )
    fail_fast: bool | None = _flag(
        "if feedmill itself fails at a file or a snapshot, stop and commit nothing of the run; without it that one is "
        "a dead letter, internal_error, the rest is taken in, and the exit status is 3",
        **_MAY_STAND_ALONE,
    )
    max_snapshot_bytes: int = _flag(
        "bytes of one snapshot, unpacked; a larger one is declined", Limits().member_bytes, type=byte_count
    )
    max_unpacked_bytes: int = _flag("bytes that one file may unpack to", Limits().bytes_out, type=byte_count)
    max_unpack_ratio: int = _flag(
        "bytes out for each byte of a packed file, asked of large ones", Limits().ratio, type=whole_number
    )
    max_members: int = _flag("files in one archive", Limits().members, type=whole_number)
    max_nesting: int = _flag("layers of packing: feeds.tar.gz has two", Limits().nesting, type=whole_number)
    input_subscription: str | None = _flag(
        "instead of --input: projects/P/subscriptions/S, to which a bucket's OBJECT_FINALIZE notices come",
        group="stream",
    )
    poll_interval: float = _flag(
        "how often to look for new files; one is taken when it stood unchanged so long",
        "500ms",
        group="stream",
        type=some_time,
    )
    window: float = _flag(
        "what lands within it is committed together; longer makes fewer, larger files",
        "2s",
        group="stream",
        type=some_time,
    )
    max_delay: float = _flag(
        "a snapshot captured so much before the newest one counts as late; it is taken in like any other",
        "10m",
        group="stream",
        type=some_time,
    )
    runner: str | None = _flag("the engine", group="beam")
    streaming: bool = _flag("take in what lands until told to stop", False, group="beam", action="store_true")

    beam_flags: tuple[str, ...] = ()
    files: tuple[FileInfo, ...] = ()  # that the input of a run names
    left_out: int = 0  # how many files more it names that lie in the output
    given: tuple[str, ...] = ()  # all flags, those of the file of `--config` first

    @property
    def is_local(self) -> bool:
        """Whether this machine does the work; a stream is then runs of the batch graph, one after the other."""
        return self.runner in (*ASK_FOR_LOCAL, LOCAL_RUNNER)

    @property
    def settings(self) -> Settings:
        """What splitters may be told."""
        return Settings(timezone=self.timezone)

    @property
    def limits(self) -> Limits:
        """What stops a bomb."""
        return Limits(
            bytes_out=self.max_unpacked_bytes,
            member_bytes=self.max_snapshot_bytes,
            ratio=self.max_unpack_ratio,
            members=self.max_members,
            nesting=self.max_nesting,
        )

    @property
    def processes(self) -> int:
        """How many processes of this machine do the work. Other engines have workers of their own."""
        asked = processes_for(self.workers, sum(file.size for file in self.files))
        return asked if self.is_local else 1

    @property
    def row_options(self) -> dict[str, str]:
        """The flags that decide what the rows say, and so name the run."""
        return {"timezone": self.timezone, "partition_by": self.partition_by}


def flags_in(*groups: str) -> list[dataclasses.Field]:
    """Return the flags of some groups: `run`, `stream`, `command` or `beam`."""
    return [field for field in dataclasses.fields(RunPlan) if field.metadata.get("group") in groups]


def add_flags(parser: argparse._ActionsContainer, *groups: str) -> None:
    """Add the flags of some groups to a parser."""
    for field in flags_in(*groups):
        parser.add_argument(*(field.metadata["names"] or (f"--{field.name}",)), **field.metadata["how"])


class FlagParser(argparse.ArgumentParser):
    """Knows feedmill's flags, and raises UsageError."""

    def __init__(self) -> None:
        super().__init__(prog="feedmill ingest", add_help=False, allow_abbrev=False)
        add_flags(self, "command", "run", "stream", "beam")

    def error(self, message: str) -> NoReturn:
        """Raise what is wrong."""
        raise UsageError(f"{message}; see feedmill ingest --help")


def help_text() -> str:
    """Return what `feedmill ingest --help` says."""
    parser = argparse.ArgumentParser(prog="feedmill ingest", epilog=_HELP_TAIL, allow_abbrev=False)
    add_flags(parser, "command", "run")
    add_flags(parser.add_argument_group("with --streaming"), "stream")
    return parser.format_help()


def plan_run(argv: Sequence[str]) -> RunPlan:
    """Read the flags, check them, and find the files of the input. The warehouse is not looked at.

    Raises:
        UsageError: a flag or an input is not as it must be.
    """
    try:
        plan = _read(argv)
        _check(plan)
        if not plan.streaming:
            found = find_inputs(plan.input, beside=plan.output)
            plan = dataclasses.replace(plan, files=tuple(found.files), left_out=found.left_out)
            plan.processes  # noqa: B018 - says whether `--workers` is a number
        return plan
    except UsageError:
        from feedmill.pipelines.beam_compat import check_known

        check_known(argv, FlagParser())  # a flag that nobody knows is the better reason
        raise


def _read(argv: Sequence[str]) -> RunPlan:
    plan = parse_flags(argv)
    if not plan.config:
        return plan
    given = flags_of(plan.config)
    try:
        from feedmill.pipelines.beam_compat import check_known

        check_known(given, FlagParser())
        parse_flags(given)
    except UsageError as error:
        raise UsageError(f"--config {plan.config}: {error}") from None
    return parse_flags([*given, *argv])  # what is given last counts


def parse_flags(argv: Sequence[str]) -> RunPlan:
    """Read flags, each by itself: what must agree among them is not checked."""
    flags, others = FlagParser().parse_known_args(list(argv))
    beams = [*others, *([f"--runner={flags.runner}"] if flags.runner else []), *["--streaming"] * flags.streaming]
    return RunPlan(**vars(flags), beam_flags=tuple(beams), given=tuple(argv))


def _check(plan: RunPlan) -> None:
    if not plan.streaming:
        defaults = parse_flags(())
        for field in flags_in("stream"):
            if getattr(plan, field.name) != getattr(defaults, field.name):
                raise UsageError(f"--{field.name} tells how to stream: give --streaming too, or leave it out")
    for name in ("output",) if plan.streaming else ("input", "output"):
        if not getattr(plan, name):
            raise UsageError(f"--{name} is required; see feedmill ingest --help")
    if plan.streaming:
        if plan.reprocess:
            raise UsageError("--reprocess redoes an input that is there: give it without --streaming")
        if bool(plan.input) == bool(plan.input_subscription):
            raise UsageError("--streaming needs one of --input and --input_subscription")
        if plan.input_subscription:
            with google_needed("--input_subscription"):
                importlib.import_module("google.cloud.pubsub_v1")
    check_timezone(plan.timezone)
