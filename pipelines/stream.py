"""Snapshots in as they land, rows out in seconds.

On this machine, a stream is a small graph over and over: what landed since the
last window is a run, compared with all runs before it, and committed whole.

    Watch | Notices ─▶ what is new ─▶ ReadBatches ─▶ SplitBatches ─▶ CommitTogether ─▶ done

Nothing else has to be kept: the warehouse knows its captures, so after a kill the
same command goes on, and what comes twice is taken in once.

On an engine that streams (Prism, Flink, Dataflow), it is one graph that does not end,
of the same steps:

    PeriodicImpulse ─▶ Poll ─┬─▶ ReadLanded ─▶ SplitBatches ─▶ CommitWindows
    Pub/Sub ─▶ ReadNotice ───┘
"""

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from types import FrameType
from typing import TYPE_CHECKING

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions, TypeOptions
from apache_beam.runners.runner import PipelineResult
from apache_beam.transforms.periodicsequence import PeriodicImpulse, RebaseMode
from feedmill.pipelines.beam_compat import tables_kept
from feedmill.pipelines.dataflow import check_dataflow, is_dataflow, start
from feedmill.pipelines.ingest import (
    compatible,
    counters_of,
    new_pipeline,
    options_of,
    partitioning_of,
    release,
)
from feedmill.pipelines.plan import RunPlan
from feedmill.pipelines.tally import Tally
from feedmill.transforms.captures.containers import DeadInput
from feedmill.transforms.captures.inputs import RESTS, cut_runs, run_room
from feedmill.transforms.captures.watch import Arrivals, Notices, Source, Watch, read_message
from feedmill.transforms.local import progress
from feedmill.transforms.read import ReadBatches, ReadLanded
from feedmill.transforms.split import SplitBatches
from feedmill.transforms.storage.local import FileInfo, is_below, open_store
from feedmill.transforms.warehouse.lock import only_writer
from feedmill.transforms.warehouse.manifests import Manifest, live_files, read_manifests, recover
from feedmill.transforms.warehouse.memory import capture_files
from feedmill.transforms.windows import CommitTogether, CommitWindows

if TYPE_CHECKING:  # a run that is no stream need not import it
    from apache_beam.io.gcp.pubsub import PubsubMessage

_COLLECT_BYTES = 16 << 20  # of input, whose garbage is worth to be looked for


def stream(
    plan: RunPlan,
    watch: Callable[[Tally], None] = lambda tally: None,
    tally: Tally | None = None,
    *,
    signals: bool = True,
) -> tuple[Tally, str]:
    """Take in what lands, until SIGINT or SIGTERM; the window at work is finished first. A second signal abandons it.

    Args:
        plan: of a stream.
        watch: called with what was done so far, about once a poll.
        tally: what to keep that in.
        signals: whether the two signals are this function's until it returns. Only the main thread can have them.

    Returns:
        What was done, and the warehouse.

    Raises:
        UsageError: a flag or the output is not as it must be.
        KeyboardInterrupt: a second signal. Nothing was committed of the window at work.
        Exception: whatever stopped the window at work. Nothing was committed of it.
    """
    options = options_of(plan)
    options.view_as(TypeOptions).pipeline_type_check = False  # the same graph each time: half the time to build it
    tally = tally or Tally()
    with _signals(taken=signals) as stopped, only_writer(plan.output, plan.wait) as alone:
        store = open_store(plan.output)
        tally.recovered = recover(store, alone=alone)
        runs = compatible(read_manifests(store), plan)
        windows = _Windows(options, plan, {m.run_id: m for m in runs}, tally)
        source = _source(plan)
        held: tuple[str, ...] = ()
        try:
            due = 0.0
            while not stopped():
                if (now := time.time()) < due:
                    time.sleep(min(due - now, 0.1))
                    continue
                landed = source.poll(now)
                polled = time.time() - now
                held = landed.receipts
                if not windows.take(landed, stopped):
                    break
                source.done(held)
                held = ()
                watch(tally)
                pause = plan.window if landed.files else plan.poll_interval
                due = max(now + pause, time.time() + polled)  # no more than half of the time goes into looking
        finally:
            source.close(held)
    return tally, plan.output


class _Poll(beam.DoFn):
    """Hand out what is new in a place, as `Watch` finds it."""

    def __init__(self, spec: str, output: str, settle: float) -> None:
        self._watch = (spec, output, settle)

    def setup(self) -> None:
        spec, output, settle = self._watch
        self._source = Watch(spec, beside=output, settle=settle)

    def process(self, tick: object) -> Iterator[FileInfo]:
        yield from self._source.poll(time.time()).files


def _landed(notice: "PubsubMessage", subscription: str, output: str) -> Iterator[FileInfo | DeadInput]:
    file = read_message(notice.data, dict(notice.attributes), f"pubsub://{subscription}/{notice.message_id}")
    if isinstance(file, DeadInput) or (file and not is_below(file.uri, output)):
        yield file


def build_window(
    root: beam.Pipeline,
    plan: RunPlan,
    files: Sequence[FileInfo],
    refused: Sequence[DeadInput],
    runs: Collection[Manifest],
) -> None:
    """Add the graph that takes in and commits one window.

    Args:
        root: a pipeline that ends.
        plan: of the stream.
        files: what landed.
        refused: notices of it that are none.
        runs: what is in the warehouse.
    """
    (
        root
        | "ReadBatches"
        >> ReadBatches(
            files, plan.limits, plan.output, capture_files(live_files(runs)), refused, fail_fast=bool(plan.fail_fast)
        )
        | "SplitBatches" >> SplitBatches(plan.settings, fail_fast=bool(plan.fail_fast))
        | "CommitTogether"
        >> CommitTogether(plan.output, partitioning_of(plan), plan.row_options, max_delay=plan.max_delay)
    )


def build_unbounded(root: beam.Pipeline, plan: RunPlan) -> None:
    """Add the graph that does not end, for engines that stream. It keeps to itself, and commits a window at a time."""
    output = plan.output
    if plan.input_subscription:
        landed = (
            root
            | "Notices" >> beam.io.ReadFromPubSub(subscription=plan.input_subscription, with_attributes=True)
            | "ReadNotice" >> beam.FlatMap(_landed, plan.input_subscription, output)
        )
    else:
        landed = (
            root
            | "Ticks" >> PeriodicImpulse(fire_interval=plan.poll_interval, rebase=RebaseMode.REBASE_START)
            | "Poll" >> beam.ParDo(_Poll(plan.input or "", output, plan.poll_interval))
        )
    (
        landed
        | "Spread" >> beam.Reshuffle()
        | "ReadLanded" >> ReadLanded(plan.limits, output, fail_fast=bool(plan.fail_fast))
        | "SplitBatches" >> SplitBatches(plan.settings, fail_fast=bool(plan.fail_fast))
        | "CommitWindows"
        >> CommitWindows(
            output,
            partitioning_of(plan),
            plan.row_options,
            window=plan.window,
            max_delay=plan.max_delay,
        )
    )


def launch(plan: RunPlan) -> PipelineResult:
    """Start the graph that does not end on the engine that `plan` names.

    Raises:
        UsageError: a flag or the output is not as it must be.
    """
    options = options_of(plan)
    if is_dataflow(options):
        watched = [part.strip() for part in (plan.input or "").split(",") if part.strip()]
        check_dataflow(options, [plan.output, *watched])
    with only_writer(plan.output) as alone:
        store = open_store(plan.output)
        recover(store, alone=alone)
        compatible(read_manifests(store), plan)
    pipeline = new_pipeline(options)
    build_unbounded(pipeline, plan)
    return start(pipeline, options)


def _source(plan: RunPlan) -> Source:
    if plan.input_subscription:
        return Notices(plan.input_subscription, beside=plan.output, wait=plan.window)
    return Watch(plan.input or "", beside=plan.output, settle=plan.poll_interval)


class _Windows:
    """Take in what landed, a run at a time."""

    def __init__(self, options: PipelineOptions, plan: RunPlan, runs: dict[str, Manifest], tally: Tally) -> None:
        self._options = options
        self._plan = plan
        self._store = open_store(plan.output)
        self._runs = runs
        self._tally = tally
        self._left = 0  # bytes of input that garbage may stand for

    def take(self, landed: Arrivals, stopped: Callable[[], bool]) -> bool:
        """Take in what landed, by several runs if it is much. Return whether it came to the end before a stop."""
        since = {file.uri: at for file, at in zip(landed.files, landed.since, strict=True)}
        runs = cut_runs(landed.files, self._plan.max_run_bytes)
        refused = landed.refused
        left = len(landed.files)
        for files in runs or ([[]] if refused else []):
            self._tally.oldest = min(since.values(), default=None)
            self._tally.waiting = left
            if stopped():
                return False
            self._run(files, refused, [since.pop(file.uri) for file in files])
            while rest := RESTS.left():
                if stopped():
                    RESTS.clear()  # the next command finds what of it is in the warehouse
                    return False
                self._run(rest, (), ())
            refused = ()
            left -= len(files)
        self._tally.waiting, self._tally.oldest = 0, None
        return True

    def _run(self, files: Sequence[FileInfo], refused: Sequence[DeadInput], since: Sequence[float]) -> None:
        RESTS.give_room(run_room(self._plan.max_run_bytes))
        pipeline = new_pipeline(self._options)
        build_window(pipeline, self._plan, files, refused, self._runs.values())
        with tables_kept(self._options):
            result = pipeline.run()
            result.wait_until_finish()
        now = time.time()
        counters = counters_of(result)
        self._tally.add(counters, now, since)
        progress.advance(runs=counters.get("stream.windows", 0))
        self._runs = {m.run_id: m for m in read_manifests(self._store, self._runs)}
        self._left += sum(file.size for file in files)
        if self._left > _COLLECT_BYTES:
            release()
            self._left = 0


@contextlib.contextmanager
def _signals(*, taken: bool) -> Iterator[Callable[[], bool]]:
    """Yield a function that tells whether there was a SIGINT or SIGTERM. A second one is a KeyboardInterrupt.

    If they are not `taken`, there is none: whose process this is handles them as before.
    """
    if not taken or threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    told: list[int] = []

    def on_signal(number: int, _: FrameType | None) -> None:
        told.append(number)
        if len(told) > 1:
            raise KeyboardInterrupt

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(told)
    except Exception as error:
        if len(told) > 1:  # how the engine wraps what a step raised
            raise KeyboardInterrupt from error
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
