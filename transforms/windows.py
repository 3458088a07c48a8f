"""Commit an unbounded stream's batches, a window at a time.

    Batch ──CommitWindows──▶ run_id of each window that had anything new

Windows are of the time of arrival, as the source stamps it: what arrives
together is compared and committed together, so files are of useful size
whenever the snapshots were captured. Panes are discarding, and each is a commit
of its own, so what comes late adds to the warehouse and overwrites nothing.

One key, with state, takes the panes one after the other, so that each is
compared with what those before it committed. What memory it needs of the past
is in the warehouse. A pane that is tried again finds its captures there, or its
own commit half done, and ends it: see `manifests`.

Another writer, such as a batch run on a bucket, may commit between the look at
the warehouse and the window's own commit. Then nothing was written of the
window: it looks again, compares again, and tries again.

Each window adds a manifest, and a file to each partition that it touches. In
its turn the same key brings them together again, so a stream of any length
lists and reads what a short one does.

Counters (namespace "stream"):
    windows          manifests written
    snapshots        taken in
    snapshots_late   of these, captured more than --max_delay before the newest one
    stories          in these, with the parts that were declined
    dead             the parts that were declined
    bytes_<kind>     of these snapshots; the sums are the ledger's
    conflicts        tries that found that another run had committed meanwhile
"""

import dataclasses
import itertools
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import apache_beam as beam
import pyarrow as pa
from apache_beam.coders import VarIntCoder
from apache_beam.metrics import Metrics
from apache_beam.transforms.trigger import AccumulationMode, AfterCount, AfterWatermark
from apache_beam.transforms.userstate import ReadModifyWriteStateSpec
from apache_beam.transforms.window import FixedWindows, GlobalWindows
from apache_beam.utils.timestamp import Duration
from feedmill.transforms.build_tables import count_told
from feedmill.transforms.resolve import count_resolved
from feedmill.transforms.rows.packed_table import PackedTable
from feedmill.transforms.rows.story import BYTE_KINDS
from feedmill.transforms.stages.build_tables import detect_languages
from feedmill.transforms.stages.lateness import Lateness
from feedmill.transforms.stages.resolve import name_run, resolve_run
from feedmill.transforms.stages.split import Batch, BatchDecision, prints
from feedmill.transforms.storage.local import for_each, open_store
from feedmill.transforms.warehouse.compact import compact
from feedmill.transforms.warehouse.layout import Partitioning
from feedmill.transforms.warehouse.manifests import (
    CommitConflict,
    Manifest,
    committed_runs,
    data_files,
    live_files,
    read_manifests,
    recover,
    state_of,
)
from feedmill.transforms.warehouse.memory import (
    capture_files,
    keep_compacted,
    known_captures,
    known_merges,
    known_texts,
)
from feedmill.transforms.warehouse.parquet import Place, stage_parts
from feedmill.transforms.warehouse.reprocess import rewrite, withdraw
from feedmill.transforms.warehouse.tables import SNAPSHOTS
from feedmill.transforms.write import commit_balanced, count_staged

_STEP = "stream"
_WINDOWS = Metrics.counter(_STEP, "windows")
_OF_LEDGER = {name: Metrics.counter(_STEP, name) for name in ("snapshots", "stories", "dead")}
_BYTES = {kind: Metrics.counter(_STEP, f"bytes_{kind}") for kind in BYTE_KINDS}
_SNAPSHOTS_LATE = Metrics.counter(_STEP, "snapshots_late")
_CONFLICTS = Metrics.counter(_STEP, "conflicts")

# Longer than Pub/Sub keeps a message: no element can be so late that Beam would drop it.
_LATENESS = Duration(seconds=32 * 86400)

# After so many windows the warehouse is compacted: of each partition, so many files of about one size become one. It
# takes as long as a window then; an hour ends in a hundred files, not ten thousand.
_COMPACT_EVERY = 16

# Seconds between tries to commit, while others commit. Another run's last step takes a second in a bucket.
_WAITS = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)


class WindowCommit(NamedTuple):
    """A window that is in the warehouse."""

    manifest: Manifest
    captured_at: pa.ChunkedArray  # of its snapshots


def commit_window(
    output: str,
    batches: Iterable[Batch],
    runs: Sequence[Manifest],
    *,
    options: Mapping[str, str],
    partitioning: Partitioning,
) -> WindowCommit | None:
    """Compare batches with the warehouse and each other, and commits what is new in them; None if nothing is.

    Args:
        output: the warehouse.
        batches: in any order; one may come twice, and hold captures that the warehouse has.
        runs: all that is committed.
        options: what decides the rows.

    Raises:
        CommitConflict: another run committed meanwhile. Nothing was changed; try again.
        FileNotFoundError: the same, if it replaced a file that `runs` lists.
    """
    by_id = {batch.batch_id: batch for batch in batches}
    store = open_store(output)
    base = state_of(run.run_id for run in runs)
    resolved = resolve_run(
        [prints(batch) for batch in by_id.values()],
        run_name=name_run(base, options),
        known=lambda nodes: known_texts(store, data_files(runs, "fingerprints"), nodes),
        merges=known_merges(store, data_files(runs, "merges")),
        taken=known_captures(store, capture_files(live_files(runs))),
        withdraw=lambda places: withdraw(store, live_files(runs), places),
    )
    all_told = [
        detect_languages(BatchDecision(by_id[batch_id], assignment), partitioning)
        for batch_id, assignment in resolved.assignments
    ]
    done = None
    if resolved.rewrites or any(told.ledger.snapshots for told in all_told):
        places: dict[Place, list[PackedTable]] = {}
        captured: list[pa.ChunkedArray] = []
        for place, part in itertools.chain(resolved.parts, *(told.parts for told in all_told)):
            places.setdefault(place, []).append(part)
            if place[1] == "snapshots":
                captured.append(part.table["captured_at"])
        staged = for_each(store, lambda place: stage_parts(output, *place), sorted(places.items()))
        rewritten = [rewrite(store, resolved.run_id, file) for file in resolved.rewrites]
        files = [file for file in (*staged, *(one.after for one in rewritten)) if file]
        ledgers = [told.ledger for told in all_told]
        replaced, withdrawn = [one.before for one in rewritten], [one.withdrawn for one in rewritten]
        manifest = commit_balanced(output, resolved.run_id, base, options, files, ledgers, replaced, withdrawn)
        if manifest:
            chunks = [chunk for column in captured for chunk in column.chunks]
            done = WindowCommit(manifest, pa.chunked_array(chunks, SNAPSHOTS.field("captured_at").type))
        for file in files:
            count_staged(file)
    count_resolved(resolved)
    for told in all_told:
        count_told(told)
    return done


@dataclasses.dataclass
class _WarehouseMemory:
    """What this process knows of the warehouse that it serves. Engines make a step anew as they like."""

    lateness: Lateness
    runs: dict[str, Manifest] = dataclasses.field(default_factory=dict)


_KNOWN: dict[tuple[str, float], _WarehouseMemory] = {}


class _CommitWindow(beam.DoFn):
    # Written, so that no engine lets two workers have the key at once; never read.
    _TURN = ReadModifyWriteStateSpec("turn", VarIntCoder())

    def __init__(self, output: str, partitioning: Partitioning, options: Mapping[str, str], max_delay: float) -> None:
        self._output = output
        self._partitioning = partitioning
        self._options = options
        self._max_delay = max_delay

    def setup(self) -> None:
        self._store = open_store(self._output)
        self._known = _KNOWN.setdefault((self._output, self._max_delay), _WarehouseMemory(Lateness(self._max_delay)))

    def process(self, element: tuple[str, Iterable[Batch]], turn=beam.DoFn.StateParam(_TURN)) -> Iterator[str]:
        turn.write(1)
        self._compact()
        done = self._commit(list(element[1]))
        if done:
            _WINDOWS.inc()
            for name, counter in _OF_LEDGER.items():
                counter.inc(done.manifest.ledger[name])
            for kind, counter in _BYTES.items():
                counter.inc(done.manifest.ledger["bytes"][kind])
            _SNAPSHOTS_LATE.inc(self._known.lateness.count(done.captured_at))
            yield done.manifest.run_id

    def _commit(self, batches: Sequence[Batch]) -> WindowCommit | None:
        """Commit a window, with a few tries.

        Raises:
            CommitConflict: others committed each time.
        """
        for wait in (*_WAITS, None):
            recover(self._store, alone=False)
            runs = self._look()
            try:
                return commit_window(
                    self._output, batches, runs, options=self._options, partitioning=self._partitioning
                )
            except (CommitConflict, FileNotFoundError) as error:
                is_conflict = isinstance(error, CommitConflict) or committed_runs(self._store) != sorted(
                    run.run_id for run in runs
                )
                if wait is None or not is_conflict:
                    raise
            _CONFLICTS.inc()
            time.sleep(wait)
        raise AssertionError("the last try returns or raises")

    def _compact(self) -> None:
        """Bring small files together, if it is time to."""
        runs = [run for run in self._look() if not run.folds]
        compacted = sum(bool(run.replaces) for run in runs)
        if len(runs) - compacted < (compacted + 1) * _COMPACT_EVERY:
            return
        recover(self._store, alone=False)
        try:
            done = compact(self._store, most=_COMPACT_EVERY // 2, alike=True)
        except (CommitConflict, FileNotFoundError):
            _CONFLICTS.inc()  # the next window tries again
            return
        if done.manifest:
            keep_compacted(self._store, done.manifest)

    def _look(self) -> list[Manifest]:
        runs = read_manifests(self._store, self._known.runs)
        self._known.runs = {run.run_id: run for run in runs}
        return runs


class CommitTogether(beam.PTransform):
    """Commit the batches of a window, or of a pane of it, together: `batches | CommitTogether(...)`.

    Args:
        output: the warehouse.
        partitioning: how it is cut.
        options: what decides the rows.
        max_delay: seconds.
    """

    def __init__(
        self, output: str, partitioning: Partitioning, options: Mapping[str, str], *, max_delay: float
    ) -> None:
        super().__init__()
        self._commit = _CommitWindow(output, partitioning, options, max_delay)

    def expand(self, batches):
        return (
            batches
            | "OneKey" >> beam.Map(lambda batch: ("", batch)).with_output_types(tuple[str, Batch])
            | "GroupWindow" >> beam.GroupByKey()
            | "InTurn" >> beam.WindowInto(GlobalWindows())
            | "CommitWindow" >> beam.ParDo(self._commit).with_output_types(str)
        )


class CommitWindows(beam.PTransform):
    """Commit batches as they come: `batches | CommitWindows(...)`.

    Args:
        window: seconds.
        others: see `CommitTogether`.
    """

    def __init__(
        self, output: str, partitioning: Partitioning, options: Mapping[str, str], *, window: float, max_delay: float
    ) -> None:
        super().__init__()
        self._window = window
        self._together = CommitTogether(output, partitioning, options, max_delay=max_delay)

    def expand(self, batches):
        return (
            batches
            | "Windows"
            >> beam.WindowInto(
                FixedWindows(self._window),
                trigger=AfterWatermark(late=AfterCount(1)),
                accumulation_mode=AccumulationMode.DISCARDING,
                allowed_lateness=_LATENESS,
            )
            | "CommitTogether" >> self._together
        )
