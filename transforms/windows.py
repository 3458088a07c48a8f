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

Counters (namespace "stream"):
    windows          manifests written
    snapshots_late   captured more than --max_delay before the newest one
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import apache_beam as beam
from apache_beam.coders import VarIntCoder
from apache_beam.metrics import Metrics
from apache_beam.transforms.trigger import AccumulationMode, AfterCount, AfterWatermark
from apache_beam.transforms.userstate import ReadModifyWriteStateSpec
from apache_beam.transforms.window import FixedWindows, GlobalWindows
from apache_beam.utils.timestamp import Duration

from transforms.batch import Batch, assemble, prints
from transforms.files import open_store
from transforms.language import with_languages
from transforms.late import Lateness
from transforms.parcels import Parcel
from transforms.processes import Processes
from transforms.resolve import name_run, resolve_run
from transforms.warehouse.layout import Partitioning, cut
from transforms.warehouse.manifests import Manifest, data_files, read_manifests, recover, state_of
from transforms.warehouse.memory import known_captures, known_merges, known_texts
from transforms.warehouse.parquet import encode_parts
from transforms.write import commit_balanced, stage_rows

_STEP = "stream"
_WINDOWS = Metrics.counter(_STEP, "windows")
_SNAPSHOTS_LATE = Metrics.counter(_STEP, "snapshots_late")

# Longer than Pub/Sub keeps a message: no element can be so late that Beam would drop it.
_LATENESS = Duration(seconds=32 * 86400)


def commit_window(
    output: str,
    batches: Iterable[Batch],
    runs: Sequence[Manifest],
    *,
    options: Mapping[str, str],
    partitioning: Partitioning,
) -> Manifest | None:
    """Compares batches with the warehouse and each other, and commits what is new in them; None if nothing is.

    Args:
        output: the warehouse.
        batches: in any order; one may come twice, and hold captures that the warehouse has.
        runs: all that is committed.
        options: what decides the rows.

    Raises:
        CommitConflict: another run committed meanwhile. Nothing was changed; try again.
    """
    by_id = {batch.batch_id: batch for batch in batches}
    store = open_store(output)
    base = state_of(run.run_id for run in runs)
    resolved = resolve_run(
        [prints(batch) for batch in by_id.values()],
        run_name=name_run(base, options),
        known=lambda nodes: known_texts(store, data_files(runs, "fingerprints"), nodes),
        merges=known_merges(store, data_files(runs, "merges")),
        taken=known_captures(store, data_files(runs, "snapshots")),
    )
    rows = list(resolved.rows)
    ledgers = []
    for batch_id, assignment in resolved.assignments:
        tables, ledger = assemble(by_id[batch_id], assignment)
        rows += tables
        ledgers.append(ledger)
    if not any(ledger.snapshots for ledger in ledgers):
        return None
    places: dict[tuple[str, str, str], list[Parcel]] = {}
    here = Processes(1)
    for told in (told for row in rows for told in with_languages(row, here)):
        for folder, part in cut(told.table, told.rows.table, partitioning):
            places.setdefault((told.run_id, told.table, folder), []).append(Parcel(part))
    encoded = ((place, encode_parts(place[1], parts, place[0])) for place, parts in sorted(places.items()))
    files = [file for place, told in encoded if (file := stage_rows(output, place, told))]
    return commit_balanced(output, rows[0].run_id, base, options, files, ledgers)


class _CommitWindow(beam.DoFn):
    # Written, so that no engine lets two workers have the key at once; never read.
    _TURN = ReadModifyWriteStateSpec("turn", VarIntCoder())

    def __init__(self, output: str, partitioning: Partitioning, options: Mapping[str, str], max_delay: float) -> None:
        self._output = output
        self._partitioning = partitioning
        self._options = options
        self._max_delay = max_delay

    def setup(self) -> None:
        self._runs: dict[str, Manifest] = {}
        self._lateness = Lateness(open_store(self._output), self._max_delay)

    def process(self, element: tuple[str, Iterable[Batch]], turn=beam.DoFn.StateParam(_TURN)) -> Iterator[str]:
        turn.write(1)
        store = open_store(self._output)
        recover(store, alone=False)
        self._runs = {run.run_id: run for run in read_manifests(store, self._runs)}
        done = commit_window(
            self._output,
            element[1],
            list(self._runs.values()),
            options=self._options,
            partitioning=self._partitioning,
        )
        if done:
            _WINDOWS.inc()
            _SNAPSHOTS_LATE.inc(self._lateness.count([done]))
            yield done.run_id


class CommitWindows(beam.PTransform):
    """Commits batches as they come: `batches | CommitWindows(...)`.

    Args:
        output: the warehouse.
        partitioning: how it is cut.
        options: what decides the rows.
        window, max_delay: seconds.
    """

    def __init__(
        self, output: str, partitioning: Partitioning, options: Mapping[str, str], *, window: float, max_delay: float
    ) -> None:
        super().__init__()
        self._window = window
        self._commit = _CommitWindow(output, partitioning, options, max_delay)

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
            | "OneKey" >> beam.WithKeys("")
            | "GroupWindow" >> beam.GroupByKey()
            | "InTurn" >> beam.WindowInto(GlobalWindows())
            | "CommitWindow" >> beam.ParDo(self._commit).with_output_types(str)
        )
