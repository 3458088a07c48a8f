"""Tell the language of each new text.

    TableRows ──DetectLanguages──▶ TableRows    items: lang, lang_confidence, lang_method, word_count; removed: lang

The rules live in `transforms.text.language`, and `transforms.languages` makes
columns of them. The step comes after dedupe, so that no text is looked at twice.

Counters (namespace "language"):
    texts_in           texts looked at
    method_<method>    by what decided
"""

from collections import Counter
from collections.abc import Iterator

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.transforms.window import GlobalWindows

from transforms.batch import TableRows
from transforms.languages import LOOKED_AT, language_columns
from transforms.parcels import Parcel
from transforms.processes import Processes

_STEP = "language"
_TEXTS_IN = Metrics.counter(_STEP, "texts_in")


def with_languages(rows: TableRows, workers: Processes) -> Iterator[TableRows]:
    """Yields rows that are done, with the languages of their texts if they have any. Counts."""
    if rows.table not in LOOKED_AT:
        yield rows
        return
    texts = rows.rows.table.select(LOOKED_AT[rows.table][1])
    for due, found in workers.call(language_columns, rows.table, Parcel(texts), of=rows):
        yield _joined(due, *found)


def _joined(rows: TableRows, columns: Parcel, methods: Counter[str]) -> TableRows:
    _TEXTS_IN.inc(methods.total())
    for method, count in methods.items():
        Metrics.counter(_STEP, f"method_{method}").inc(count)
    table = rows.rows.table
    for name in columns.table.column_names:
        table = table.append_column(name, columns.table[name])
    return TableRows(rows.table, rows.run_id, Parcel(table))


class _DetectLanguages(beam.DoFn):
    def __init__(self, workers: int) -> None:
        self._workers = workers

    def start_bundle(self) -> None:
        self._processes = Processes(self._workers)

    def process(self, rows: TableRows) -> Iterator[TableRows]:
        yield from with_languages(rows, self._processes)

    def finish_bundle(self):
        for rows, found in self._processes.rest():
            yield GlobalWindows.windowed_value(_joined(rows, *found))


class DetectLanguages(beam.PTransform):
    """Adds languages: `rows = rows | DetectLanguages()`. Tables that hold no text pass through.

    With more than one of `workers`, so many processes of this machine do it.
    """

    def __init__(self, workers: int = 1) -> None:
        super().__init__()
        self._workers = workers

    def expand(self, rows):
        return rows | "DetectLanguage" >> beam.ParDo(_DetectLanguages(self._workers)).with_output_types(TableRows)
