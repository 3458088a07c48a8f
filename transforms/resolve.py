"""Tell which stories are the same, and what of each is new.

    Batch ──fingerprints──▶ ResolveRun ──Assignment──┐ ├─▶ (place, PackedTable)  what later runs are compared with
      │                                              │ └─▶ (run_id, Rewrite)      files that hold what is redone
      └─────────────────────────────────────────────Join──▶ BatchDecision

The rules live in `feedmill.transforms.identity`. Only fingerprints travel to the one
place that sees the whole run, a few hundred bytes a distinct story; texts stay
in their batches.

Counters (namespace "dedupe"):
    snapshots_skipped   captures that the same run has already from elsewhere
    snapshots_redone    snapshots of the warehouse that the run replaces
    letters_replaced    dead letters of it that another try has made good, or declined in other words
    new, revisions, duplicates   sightings, by what became of them
    merges              items of the warehouse that this run proved to be one
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import apache_beam as beam
import feedmill.transforms.coders  # noqa: F401 - registers them
from apache_beam.metrics import Metrics
from feedmill.transforms.local import progress
from feedmill.transforms.local.pool import release_memory
from feedmill.transforms.rows.packed_table import PackedTable
from feedmill.transforms.stages.resolve import RunResolution, name_run, resolve_run
from feedmill.transforms.stages.split import Assignment, Batch, BatchDecision, BatchFingerprints, prints
from feedmill.transforms.storage.local import open_store
from feedmill.transforms.warehouse.ledger import Ledger
from feedmill.transforms.warehouse.manifests import DataFile, paths_of
from feedmill.transforms.warehouse.memory import known_merges, known_texts
from feedmill.transforms.warehouse.parquet import Place
from feedmill.transforms.warehouse.reprocess import Redo, Rewrite, withdraw

_STEP = "dedupe"
_SNAPSHOTS_SKIPPED = Metrics.counter(_STEP, "snapshots_skipped")
_SNAPSHOTS_REDONE = Metrics.counter(_STEP, "snapshots_redone")
_LETTERS_REPLACED = Metrics.counter(_STEP, "letters_replaced")
_MERGES = Metrics.counter(_STEP, "merges")
_OUTCOMES = {name: Metrics.counter(_STEP, name) for name in ("new", "revisions", "duplicates")}


def count_resolved(resolved: RunResolution) -> None:
    """Count what was decided for a run."""
    _SNAPSHOTS_SKIPPED.inc(resolved.skipped)
    _SNAPSHOTS_REDONE.inc(resolved.redone)
    _LETTERS_REPLACED.inc(resolved.mended)
    _MERGES.inc(resolved.merged)


def count_outcomes(ledger: Ledger) -> None:
    """Count what became of a batch's stories."""
    for name, counter in _OUTCOMES.items():
        counter.inc(getattr(ledger, name))


class _ResolveRun(beam.DoFn):
    def __init__(self, output: str, name: str, files: Sequence[DataFile], redo_after: Collection[str] | None) -> None:
        self._output = output
        self._name = name
        self._files = files
        self._redo_after = redo_after

    def process(self, element: tuple[None, Iterable[BatchFingerprints]]) -> Iterator:
        progress.enter("comparing")
        store = open_store(self._output)
        resolved = resolve_run(
            list(element[1]),
            run_name=self._name,
            known=lambda nodes: known_texts(store, paths_of(self._files, "fingerprints"), nodes),
            merges=known_merges(store, paths_of(self._files, "merges")),
            redo=None if self._redo_after is None else Redo(store, self._files, self._redo_after),
            withdraw=lambda places: withdraw(store, self._files, places),
        )
        count_resolved(resolved)
        yield from resolved.assignments
        for part in resolved.parts:
            yield beam.pvalue.TaggedOutput("memory", part)
        for file in resolved.rewrites:
            yield beam.pvalue.TaggedOutput("rewrites", (resolved.run_id, file))

    def finish_bundle(self) -> None:
        release_memory()


def _join(batch: Batch, assignments: Mapping[str, Iterable[Assignment]]) -> BatchDecision:
    return BatchDecision(batch, next(iter(assignments[batch.batch_id])))


class ResolveStories(beam.PTransform):
    """Compare a run's stories with each other and the warehouse.

    `decided, memory, rewrites = batches | ResolveStories(...)`

    Args:
        output: the warehouse.
        base: its state; with `options` and the snapshots it names the run.
        options: what decides the rows.
        files: the warehouse's committed files.
        redo_after: if given, what the warehouse has of these snapshots is replaced, but for what these runs, earlier
            ones of the same command, took in. If not, it has none of them.
    """

    def __init__(
        self,
        output: str,
        base: str,
        options: Mapping[str, str],
        *,
        files: Sequence[DataFile],
        redo_after: Collection[str] | None = None,
    ) -> None:
        super().__init__()
        self._resolve = _ResolveRun(output, name_run(base, options), files, redo_after)

    def expand(self, batches):
        assignments, memory, rewrites = (
            batches
            | "BatchFingerprints"
            >> beam.Map(lambda batch: (None, prints(batch))).with_output_types(tuple[None, BatchFingerprints])
            | "GroupRun" >> beam.GroupByKey()
            | "ResolveRun"
            >> beam.ParDo(self._resolve)
            .with_output_types(tuple[str, Assignment], memory=tuple[Place, PackedTable], rewrites=tuple[str, Rewrite])
            .with_outputs("memory", "rewrites", main="assignments")
        )
        decided = batches | "Join" >> beam.Map(_join, beam.pvalue.AsMultiMap(assignments)).with_output_types(
            BatchDecision
        )
        return decided, memory, rewrites
