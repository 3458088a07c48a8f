"""Tell the language of each new text, and make the rows of every table.

    BatchDecision ──DetectLanguages──┬─▶ ((run_id, table, folder), PackedTable)    the rows that go to a file
                                     └─▶ (run_id, Ledger)

The rules live in `feedmill.transforms.text.language.vote`; `feedmill.transforms.stages.build_tables` makes rows
with them. The step comes after dedupe, so that no text is looked at twice.

Counters (namespace "language"):
    texts_in           texts looked at
    method_<method>    by what decided
"""

from collections.abc import Iterable, Iterator

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.pvalue import TaggedOutput
from apache_beam.transforms.window import GlobalWindows
from feedmill.transforms.local import progress
from feedmill.transforms.local.pool import Processes
from feedmill.transforms.resolve import count_outcomes
from feedmill.transforms.rows.packed_table import PackedTable
from feedmill.transforms.stages.build_tables import BatchTables, detect_languages
from feedmill.transforms.stages.split import BatchDecision
from feedmill.transforms.warehouse.layout import Partitioning
from feedmill.transforms.warehouse.ledger import Ledger
from feedmill.transforms.warehouse.parquet import Place

_STEP = "language"
_LEDGERS = "ledgers"
_TEXTS_IN = Metrics.counter(_STEP, "texts_in")


def count_told(told: BatchTables) -> None:
    """Count what was told of a batch's texts, and what became of its stories."""
    _TEXTS_IN.inc(told.methods.total())
    for method, count in told.methods.items():
        Metrics.counter(_STEP, f"method_{method}").inc(count)
    count_outcomes(told.ledger)


class _DetectLanguages(beam.DoFn):
    def __init__(self, partitioning: Partitioning, workers: int) -> None:
        self._partitioning = partitioning
        self._workers = workers

    def start_bundle(self) -> None:
        progress.enter("languages")
        self._processes = Processes(self._workers)

    def process(self, decided: BatchDecision) -> Iterator:
        run_id = decided.assignment.run_id
        yield from self._rows(self._processes.call(detect_languages, decided, self._partitioning, of=run_id))

    def finish_bundle(self):
        for row in self._rows(self._processes.rest()):
            if isinstance(row, TaggedOutput):
                yield TaggedOutput(row.tag, GlobalWindows.windowed_value(row.value))
            else:
                yield GlobalWindows.windowed_value(row)

    def _rows(self, due: Iterable[tuple[str, BatchTables]]) -> Iterator:
        for run_id, told in due:
            count_told(told)
            progress.advance(texts=told.ledger.stories)
            yield from told.parts
            yield TaggedOutput(_LEDGERS, (run_id, told.ledger))


class DetectLanguages(beam.PTransform):
    """Make rows, with their languages: `parts, ledgers = decided | DetectLanguages(partitioning)`.

    With more than one of `workers`, so many processes of this machine do it.
    """

    def __init__(self, partitioning: Partitioning, workers: int = 1) -> None:
        super().__init__()
        self._detect = _DetectLanguages(partitioning, workers)

    def expand(self, decided):
        return decided | "DetectLanguage" >> beam.ParDo(self._detect).with_output_types(
            tuple[Place, PackedTable], **{_LEDGERS: tuple[str, Ledger]}
        ).with_outputs(_LEDGERS, main="parts")
