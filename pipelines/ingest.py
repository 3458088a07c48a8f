"""Feed snapshots in, one clean table of stories out.

    files ─▶ ReadBatches ─▶ SplitBatches ─▶ ResolveStories ─▶ DetectLanguages ─▶ WriteTables ─▶ CommitRun
                                                                     └────────── ledgers ──────────▶┘

Run it on the sample snapshots:

    python -m feedmill ingest --input 'seeds/*.txt' --output out
"""

import argparse
import contextlib
import dataclasses
import difflib
import gc
import shutil
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions
from apache_beam.runners.runner import PipelineResult
from feedmill.pipelines import beam_compat
from feedmill.pipelines.beam_compat import is_local, tables_kept
from feedmill.pipelines.dataflow import check_dataflow, is_dataflow, is_left_alone, start
from feedmill.pipelines.flag_types import byte_count, duration, truth, whole_number
from feedmill.pipelines.local_run import ASK_FOR_LOCAL
from feedmill.transforms.build_tables import DetectLanguages
from feedmill.transforms.captures.containers import DeadInput, Limits
from feedmill.transforms.captures.inputs import RESTS, RUN_BYTES, cut_runs, run_room
from feedmill.transforms.failures import UsageError
from feedmill.transforms.formats import Settings, check_timezone
from feedmill.transforms.local import progress
from feedmill.transforms.local.pool import processes_for, release_memory, stop_processes
from feedmill.transforms.read import ReadBatches
from feedmill.transforms.resolve import ResolveStories
from feedmill.transforms.split import SplitBatches
from feedmill.transforms.storage.local import FileInfo, InputListing, find_inputs, open_store
from feedmill.transforms.warehouse.compact import compact
from feedmill.transforms.warehouse.layout import Partitioning
from feedmill.transforms.warehouse.ledger import Ledger, total
from feedmill.transforms.warehouse.lock import only_writer
from feedmill.transforms.warehouse.manifests import (
    Manifest,
    data_files,
    live_files,
    paths_of,
    read_manifests,
    recover,
    state_of,
)
from feedmill.transforms.warehouse.memory import capture_files
from feedmill.transforms.write import CommitRun, RewriteFiles, WriteTables, WriteWhole

_MOST_FILES = 4  # that several runs of one command may leave in a partition

# What stops a bomb; see `formats.containers.Limits`.
_LIMITS = {
    "--max_snapshot_bytes": ("member_bytes", "bytes of one snapshot, unpacked; a larger one is declined"),
    "--max_unpacked_bytes": ("bytes_out", "bytes that one file may unpack to"),
    "--max_unpack_ratio": ("ratio", "bytes out for each byte of a packed file, asked of large ones"),
    "--max_members": ("members", "files in one archive"),
    "--max_nesting": ("nesting", "layers of packing: feeds.tar.gz has two"),
}


class IngestOptions(beam_compat.OwnOptions):
    """feedmill's own flags; Beam's are there beside them."""

    @classmethod
    def _add_argparse_args(cls, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--input",
            help="files, folders or globs of files (** crosses folders), separated by commas; "
            "? stands for a comma in a name",
        )
        parser.add_argument("--output", help="the warehouse: a folder, made if it is not there; never read as input")
        parser.add_argument(
            "--timezone",
            default=Settings().timezone,
            help="IANA time zone of dates that state none, as on reader pages (default: %(default)s)",
        )
        parser.add_argument(
            "--partition_by",
            default=str(Partitioning()),
            help="how items are cut: year, month or day of publication, with or without ,lang (default: %(default)s)",
        )
        parser.add_argument(
            "--workers",
            default="auto",
            help="on this machine, how many processes do the work: a number, or auto, which takes one for each core "
            "where the input is large enough to gain from it (default: %(default)s)",
        )
        parser.add_argument(
            "--max_run_bytes",
            type=byte_count,
            default=RUN_BYTES,
            help="on this machine, how much is read into memory at once: more input is cut, in order of path, into "
            "several runs, each committed by itself, a small rest with the last; 0 for no limit (default: %(default)s)",
        )
        parser.add_argument(
            "--reprocess",
            nargs="?",
            const=True,
            type=truth,
            metavar="true|false",
            help="redo what the warehouse has of the input already: read it again, with the code and the flags of now, "
            "and replace just what it gave before",
        )
        parser.add_argument(
            "--wait",
            type=duration,
            default=0,
            help="on this machine, how long to wait for another feedmill that writes to the warehouse, such as 10m; "
            "else, and after it, the exit status is 75 (default: %(default)s, not at all)",
        )
        parser.add_argument(
            "--fail_fast",
            nargs="?",
            const=True,
            type=truth,
            metavar="true|false",
            help="if feedmill itself fails at a file or a snapshot, stop and commit nothing of the run; without it "
            "that one is a dead letter, internal_error, the rest is taken in, and the exit status is 3",
        )
        for flag, (field, what) in _LIMITS.items():
            parser.add_argument(
                flag,
                type=byte_count if flag.endswith("_bytes") else whole_number,
                default=getattr(Limits(), field),
                help=f"{what} (default: %(default)s)",
            )


@dataclasses.dataclass(frozen=True)
class IngestConfig:
    """Everything a run needs, checked before anything runs.

    Attributes:
        files: what to read.
        left_out: how many files more `--input` names that lie in the output.
        refused: what is no file, and becomes a dead letter.
        output: the warehouse.
        base: the runs that are in it.
        workers: how many processes of this machine split and tell languages.
        fail_fast: an error at one file or snapshot stops the run.
        earlier: the runs in it that the same command made.
        redo_after: if not None, what the warehouse has of the files is redone, but for what these runs took in:
            earlier ones of the same command.
    """

    files: tuple[FileInfo, ...]
    output: str
    settings: Settings
    partitioning: Partitioning
    limits: Limits
    left_out: int = 0
    base: tuple[Manifest, ...] = ()
    refused: tuple[DeadInput, ...] = ()
    workers: int = 1
    fail_fast: bool = False
    earlier: tuple[str, ...] = ()
    redo_after: tuple[str, ...] | None = None

    def row_options(self) -> dict[str, str]:
        """Return the options that decide what the rows say, and so name the run."""
        return {"timezone": self.settings.timezone, "partition_by": str(self.partitioning)}


def build(root: beam.Pipeline, config: IngestConfig) -> None:
    """Add the whole pipeline to `root`. Reads top to bottom like the diagram."""
    base = state_of(m.run_id for m in config.base)
    live = live_files(config.base)
    known, redo = capture_files(live), config.redo_after is not None
    since = [] if redo else data_files([m for m in config.base if m.run_id in config.earlier], "snapshots")
    decided, memory, rewrites = (
        root
        | "ReadBatches"
        >> ReadBatches(
            config.files,
            config.limits,
            config.output,
            known,
            config.refused,
            since,
            redo=redo,
            fail_fast=config.fail_fast,
        )
        | "SplitBatches" >> SplitBatches(config.settings, config.workers, fail_fast=config.fail_fast)
        | "ResolveStories"
        >> ResolveStories(config.output, base, config.row_options(), files=live, redo_after=config.redo_after)
    )
    parts, ledgers = decided | "DetectLanguages" >> DetectLanguages(config.partitioning, config.workers)
    files = [
        parts | "WriteTables" >> WriteTables(config.output, config.workers),
        memory | "WriteMemory" >> WriteWhole(config.output),
    ]
    run = {"ledgers": ledgers}
    if redo or paths_of(live, "dead_letter"):  # of which some may be tried again
        rewritten, run["replaced"], run["withdrawn"] = rewrites | "RewriteFiles" >> RewriteFiles(config.output)
        files.append(rewritten)
    run["files"] = files | "Files" >> beam.Flatten()
    run | "CommitRun" >> CommitRun(config.output, base, config.row_options())


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What `run` did.

    Attributes:
        committed: the manifests of its runs; none if there was nothing new.
        counters: Beam's counters, as `step.name`, over all its runs.
        recovered: the id of an earlier run whose commit this one completed.
        left_out: files that the input names and that lie in the output.
        submitted: the job was handed to a service, and was not waited for: what it did is not known here.
    """

    committed: tuple[Manifest, ...]
    counters: Mapping[str, int]
    recovered: str | None
    left_out: int = 0
    submitted: bool = False

    @property
    def run_ids(self) -> tuple[str, ...]:
        """The runs that were committed, in order."""
        return tuple(manifest.run_id for manifest in self.committed)

    @property
    def books(self) -> Ledger:
        """What became of every story and byte of them: `books.stories`, `books.new`, `books.dead`, ..."""
        return total(Ledger(**manifest.ledger) for manifest in self.committed)


def run(argv: Sequence[str]) -> Outcome:
    """Ingest what `argv` says, on the engine it names, and waits until it is done.

    On this machine, input that is more than memory should hold is taken in by
    several runs. Each is compared with those before it, so that together they
    find what one run finds; if one fails, those before it stay, and the same
    command goes on where it stopped.

    Raises:
        UsageError: a flag, an input or the output is not as it must be. Nothing was written.
        Exception: whatever stopped the pipeline. Nothing was committed of that run.
    """
    try:
        return _run(argv)
    finally:
        stop_processes()


def _run(argv: Sequence[str]) -> Outcome:
    options, config = prepare(argv)
    config = dataclasses.replace(config, workers=_workers(config.files, options))
    committed: list[Manifest] = []
    counters: Counter[str] = Counter()
    if not config.files:
        return Outcome((), {}, None, config.left_out)
    room = run_room(options.view_as(IngestOptions).max_run_bytes) if is_local(options) else None
    with only_writer(config.output, options.view_as(IngestOptions).wait) as alone, rests_of_runs():
        store = open_store(config.output)
        recovered = recover(store, alone=alone)
        base = {m.run_id: m for m in compatible(read_manifests(store), config)}
        runs = deque(_runs(config.files, options))
        progress.begin(len(runs))
        is_first = True
        while runs:
            files = runs.popleft()
            if not is_first:
                release()
            is_first = False
            RESTS.give_room(room)
            progress.begin_run(files=len(files), size=sum(file.size for file in files))
            pipeline = new_pipeline(options)
            earlier = tuple(m.run_id for m in committed)
            after = None if config.redo_after is None else earlier
            now = dataclasses.replace(
                config, files=tuple(files), base=tuple(base.values()), earlier=earlier, redo_after=after
            )
            build(pipeline, now)
            with tables_kept(options):
                result = start(pipeline, options)
                if is_left_alone(options):
                    return Outcome((), {}, recovered, config.left_out, submitted=True)
                result.wait_until_finish()
            counters.update(counters_of(result))
            fresh = [m for m in read_manifests(store) if m.run_id not in base]
            committed += fresh
            base |= {m.run_id: m for m in fresh}
            progress.advance(runs=len(fresh))
            del pipeline, result
            if left := RESTS.left():
                runs.appendleft(left)
                progress.advance(of_runs=1)
        if len(committed) > 1:  # each run adds a file to each partition that it touches
            compact(store, most=_MOST_FILES, workers=config.workers)
    return Outcome(tuple(committed), counters, recovered, config.left_out)


@contextlib.contextmanager
def rests_of_runs() -> Iterator[None]:
    """Around runs of which one goes on where the one before it had no more room; what is left at the end is let go."""
    try:
        yield
    finally:
        RESTS.clear()


def release() -> None:
    """Free what a run held between its steps: its pipeline and its result refer to each other."""
    gc.collect()
    release_memory()


def _workers(files: Sequence[FileInfo], options: PipelineOptions) -> int:
    """How many processes of this machine do the work. Engines other than the local one have workers of their own."""
    asked = processes_for(options.view_as(IngestOptions).workers, sum(file.size for file in files))
    return asked if is_local(options) else 1


def _runs(files: Sequence[FileInfo], options: PipelineOptions) -> Sequence[Sequence[FileInfo]]:
    """Return the files of each run: all in one, unless they must go through the memory of this machine."""
    return cut_runs(files, options.view_as(IngestOptions).max_run_bytes if is_local(options) else 0)


def prepare(argv: Sequence[str]) -> tuple[PipelineOptions, IngestConfig]:
    """Read the flags and find the inputs. The warehouse was not looked at yet.

    Raises:
        UsageError: a flag or an input is not as it must be.
    """
    options = parse_options(argv)
    flags = options.view_as(IngestOptions)
    for name in ("input", "output"):
        if not getattr(flags, name):
            raise UsageError(f"--{name} is required; see feedmill ingest --help")
    config = config_of(flags, find_inputs(flags.input, beside=flags.output))
    if is_dataflow(options):
        check_dataflow(options, (config.output, *(file.uri for file in config.files)))
    return options, config


def new_pipeline(options: PipelineOptions) -> beam.Pipeline:
    """Return a pipeline without steps.

    One for this process leaves nothing on a disk, however it ends: it has no folder in $TMPDIR, or, where Beam is no
    more as it was, none for long.
    """
    try:
        with beam_compat.no_folder() if is_local(options) else contextlib.nullcontext():
            pipeline = beam.Pipeline(options=options)
    except ValueError as error:  # how Beam says which of its own flags are missing
        raise UsageError(" ".join(str(error).split())) from None
    if is_local(options):
        shutil.rmtree(getattr(pipeline, "local_tempdir", ""), ignore_errors=True)
    return pipeline


def parse_options(argv: Sequence[str]) -> PipelineOptions:
    """Read feedmill's flags and Beam's.

    Raises:
        UsageError: a flag that neither knows.
    """
    parser = beam_compat.all_flags()
    _, unknown = parser.parse_known_args(list(argv))
    if unknown:
        raise UsageError(_unknown(unknown[0], parser))
    options = beam_compat.Options(list(argv))
    standard = options.view_as(StandardOptions)
    if standard.runner in ASK_FOR_LOCAL:
        standard.runner = beam_compat.local_runner()
    return options


def _unknown(word: str, parser: argparse.ArgumentParser) -> str:
    """Return what to say of a word that is no flag."""
    if not word.startswith("-"):
        return f"{word} is no flag; quote a glob, so that the shell leaves it alone: --input 'seeds/*.txt'"
    flag = word.partition("=")[0]
    known = [name for action in parser._actions for name in action.option_strings]
    meant = difflib.get_close_matches(flag.replace("-", "_").replace("__", "--", 1), known, 1)
    return f"unknown flag {flag}; " + (f"did you mean {meant[0]}?" if meant else "see feedmill ingest --help")


def config_of(flags: IngestOptions, found: InputListing = InputListing([], 0)) -> IngestConfig:
    """Check the flags that every kind of run has.

    Raises:
        UsageError: one is not as it must be.
    """
    check_timezone(flags.timezone)
    try:
        partitioning = Partitioning.parse(flags.partition_by)
    except ValueError as error:
        raise UsageError(str(error)) from None
    return IngestConfig(
        files=tuple(found.files),
        left_out=found.left_out,
        output=flags.output,
        settings=Settings(timezone=flags.timezone),
        partitioning=partitioning,
        limits=Limits(**{field: getattr(flags, flag[2:]) for flag, (field, _) in _LIMITS.items()}),
        fail_fast=bool(flags.fail_fast),
        redo_after=() if flags.reprocess else None,
    )


def compatible(base: Sequence[Manifest], config: IngestConfig) -> Sequence[Manifest]:
    for manifest in base:
        if (cut := manifest.options["partition_by"]) != str(config.partitioning):
            raise UsageError(
                f"--partition_by {config.partitioning}: {config.output} is cut by {cut}; "
                f"give --partition_by {cut}, or another --output"
            )
    return base


def counters_of(result: PipelineResult) -> dict[str, int]:
    sums: Counter[str] = Counter()  # several transforms of a step may count the same
    for found in result.metrics().query()["counters"]:
        sums[f"{found.key.metric.namespace}.{found.key.metric.name}"] += found.committed or 0
    return dict(sums)
