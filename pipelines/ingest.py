"""Feed snapshots in, one clean table of stories out.

    files ─▶ ReadBatches ─▶ SplitBatches ─▶ ResolveStories ─▶ DetectLanguages ─▶ WriteTables ─▶ CommitRun
                                                                     └────────── ledgers ──────────▶┘

Run it on the sample snapshots:

    python -m feedmill ingest --input 'seeds/*.txt' --output out
"""

import contextlib
import dataclasses
import gc
import shutil
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions
from apache_beam.runners.runner import PipelineResult
from feedmill.pipelines import beam_compat
from feedmill.pipelines.beam_compat import tables_kept
from feedmill.pipelines.dataflow import check_dataflow, is_dataflow, is_left_alone, start
from feedmill.pipelines.plan import FlagParser, RunPlan, flags_in, plan_run
from feedmill.transforms.build_tables import DetectLanguages
from feedmill.transforms.captures.inputs import RESTS, cut_runs, run_room
from feedmill.transforms.failures import UsageError
from feedmill.transforms.local import progress
from feedmill.transforms.local.pool import release_memory, stop_processes
from feedmill.transforms.read import ReadBatches
from feedmill.transforms.resolve import ResolveStories
from feedmill.transforms.split import SplitBatches
from feedmill.transforms.storage.local import FileInfo, open_store
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


@dataclasses.dataclass(frozen=True)
class Run:
    """One run of a plan.

    Attributes:
        plan: what was asked for.
        files: what this run reads.
        base: the runs that are in the warehouse.
        earlier: those of them that the same command made.
    """

    plan: RunPlan
    files: tuple[FileInfo, ...]
    base: tuple[Manifest, ...] = ()
    earlier: tuple[str, ...] = ()


def build(root: beam.Pipeline, run: Run) -> None:
    """Add the whole pipeline to `root`. Reads top to bottom like the diagram."""
    plan, output = run.plan, run.plan.output
    base = state_of(m.run_id for m in run.base)
    live = live_files(run.base)
    known, redo, fail_fast = capture_files(live), bool(plan.reprocess), bool(plan.fail_fast)
    since = [] if redo else data_files([m for m in run.base if m.run_id in run.earlier], "snapshots")
    redo_after = run.earlier if redo else None
    decided, memory, rewrites = (
        root
        | "ReadBatches"
        >> ReadBatches(run.files, plan.limits, output, known, since=since, redo=redo, fail_fast=fail_fast)
        | "SplitBatches" >> SplitBatches(plan.settings, plan.processes, fail_fast=fail_fast)
        | "ResolveStories" >> ResolveStories(output, base, plan.row_options, files=live, redo_after=redo_after)
    )
    parts, ledgers = decided | "DetectLanguages" >> DetectLanguages(partitioning_of(plan), plan.processes)
    files = [
        parts | "WriteTables" >> WriteTables(output, plan.processes),
        memory | "WriteMemory" >> WriteWhole(output),
    ]
    done = {"ledgers": ledgers}
    if redo or paths_of(live, "dead_letter"):  # of which some may be tried again
        rewritten, done["replaced"], done["withdrawn"] = rewrites | "RewriteFiles" >> RewriteFiles(output)
        files.append(rewritten)
    done["files"] = files | "Files" >> beam.Flatten()
    done | "CommitRun" >> CommitRun(output, base, plan.row_options)


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
    """Ingest what the flags `argv` say; see `run_plan`."""
    return run_plan(plan_run(argv))


def run_plan(plan: RunPlan) -> Outcome:
    """Ingest what `plan` says, on the engine it names, and wait until it is done.

    On this machine, input that is more than memory should hold is taken in by
    several runs. Each is compared with those before it, so that together they
    find what one run finds; if one fails, those before it stay, and the same
    command goes on where it stopped.

    Raises:
        UsageError: a flag, an input or the output is not as it must be. Nothing was written.
        Exception: whatever stopped the pipeline. Nothing was committed of that run.
    """
    try:
        return _run(plan)
    finally:
        stop_processes()


def _run(plan: RunPlan) -> Outcome:
    options = options_of(plan)
    if is_dataflow(options):
        check_dataflow(options, (plan.output, *(file.uri for file in plan.files)))
    committed: list[Manifest] = []
    counters: Counter[str] = Counter()
    if not plan.files:
        return Outcome((), {}, None, plan.left_out)
    room = run_room(plan.max_run_bytes) if plan.is_local else None
    with only_writer(plan.output, plan.wait) as alone, rests_of_runs():
        store = open_store(plan.output)
        recovered = recover(store, alone=alone)
        base = {m.run_id: m for m in compatible(read_manifests(store), plan)}
        runs = deque(cut_runs(plan.files, plan.max_run_bytes if plan.is_local else 0))
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
            build(pipeline, Run(plan, tuple(files), tuple(base.values()), tuple(m.run_id for m in committed)))
            with tables_kept(options):
                result = start(pipeline, options)
                if is_left_alone(options):
                    return Outcome((), {}, recovered, plan.left_out, submitted=True)
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
            compact(store, most=_MOST_FILES, workers=plan.processes)
    return Outcome(tuple(committed), counters, recovered, plan.left_out)


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


def new_pipeline(options: PipelineOptions) -> beam.Pipeline:
    """Return a pipeline without steps.

    One for this process leaves nothing on a disk, however it ends: it has no folder in $TMPDIR, or, where Beam is no
    more as it was, none for long.
    """
    try:
        here = options.view_as(StandardOptions).runner == beam_compat.local_runner()
        with beam_compat.no_folder() if here else contextlib.nullcontext():
            pipeline = beam.Pipeline(options=options)
    except ValueError as error:  # how Beam says which of its own flags are missing
        raise UsageError(" ".join(str(error).split())) from None
    if options.view_as(StandardOptions).runner == beam_compat.local_runner():
        shutil.rmtree(getattr(pipeline, "local_tempdir", ""), ignore_errors=True)
    return pipeline


def options_of(plan: RunPlan) -> PipelineOptions:
    """Return Beam's options for a plan.

    Raises:
        UsageError: a flag that neither feedmill nor Beam knows.
    """
    beam_compat.check_known(plan.given, FlagParser())
    shown = {field.name: getattr(plan, field.name) for field in flags_in("run", "stream")}
    return beam_compat.options_of(plan.beam_flags, {name: value for name, value in shown.items() if value is not None})


def partitioning_of(plan: RunPlan) -> Partitioning:
    """Return how a plan cuts `items`."""
    return Partitioning.parse(plan.partition_by)


def compatible(base: Sequence[Manifest], plan: RunPlan) -> Sequence[Manifest]:
    """Return `base`, the runs of a warehouse, if a run of `plan` may be added to them.

    Raises:
        UsageError: it would cut `items` in another way.
    """
    for manifest in base:
        if (cut := manifest.options["partition_by"]) != plan.partition_by:
            raise UsageError(
                f"--partition_by {plan.partition_by}: {plan.output} is cut by {cut}; "
                f"give --partition_by {cut}, or another --output"
            )
    return base


def counters_of(result: PipelineResult) -> dict[str, int]:
    sums: Counter[str] = Counter()  # several transforms of a step may count the same
    for found in result.metrics().query()["counters"]:
        sums[f"{found.key.metric.namespace}.{found.key.metric.name}"] += found.committed or 0
    return dict(sums)
