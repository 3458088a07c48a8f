"""Write the tables, and commit them all at once.

    rows, by file ──WriteTables───▶ (run_id, DataFile)   staged and read back
          Rewrite ──RewriteFiles──▶     └──CommitRun──▶ run_id, once its manifest is written

The rules live in `feedmill.transforms.warehouse`: `layout` (which partition), `parquet`
(one file), `manifests` (the commit). There is one file a table, partition and
run, whatever the batches and workers were.

Counters (namespace "write"):
    rows_<table>     rows read back from finished files
    files_out        files
    files_rewritten  files of the warehouse that others replace
    runs_committed   manifests written
"""

from collections.abc import Iterable, Iterator, Mapping

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.transforms.window import GlobalWindows
from feedmill.transforms.local import progress
from feedmill.transforms.local.pool import Processes
from feedmill.transforms.rows.packed_table import PackedTable
from feedmill.transforms.storage.local import open_store
from feedmill.transforms.warehouse.ledger import Ledger, total
from feedmill.transforms.warehouse.manifests import DataFile, Manifest, commit, rows_added
from feedmill.transforms.warehouse.parquet import Place, stage_parts
from feedmill.transforms.warehouse.reprocess import Rewrite, rewrite

_STEP = "write"
_FILES_OUT = Metrics.counter(_STEP, "files_out")
_FILES_REWRITTEN = Metrics.counter(_STEP, "files_rewritten")
_RUNS_COMMITTED = Metrics.counter(_STEP, "runs_committed")


def count_staged(file: DataFile) -> None:
    """Count a file that was staged."""
    Metrics.counter(_STEP, f"rows_{file.table}").inc(file.rows)
    _FILES_OUT.inc()


def commit_balanced(
    output: str,
    run_id: str,
    base: str,
    options: Mapping[str, str],
    files: Iterable[DataFile],
    ledgers: Iterable[Ledger],
    replaced: Iterable[DataFile] = (),
    withdrawn: Iterable[Ledger] = (),
) -> Manifest | None:
    """Commit a run if its books balance; None if it takes in nothing. Counts.

    Args:
        output: the warehouse.
        run_id, base, options: of the run; see `Manifest`.
        files, ledgers: what it brings.
        replaced, withdrawn: the files that some of `files` replace, and the books of what is no more in these.

    Raises:
        ValueError: they do not.
        CommitConflict: see `manifests.commit`.
    """
    files = sorted(files)
    replaced = sorted(replaced)
    ledger, gone = total(ledgers), total(withdrawn)
    if problems := ledger.imbalance() + (ledger - gone).disagreements(rows_added(files, replaced)):
        raise ValueError(f"run {run_id}: the books do not balance: {'; '.join(problems)}; nothing was committed")
    if not (ledger.snapshots or replaced):
        return None
    manifest = Manifest(
        run_id=run_id,
        base=base,
        options=options,
        ledger=ledger.as_dict(),
        files=tuple(files),
        replaces=tuple(file.path for file in replaced),
        withdrawn=gone.as_dict() if replaced else {},
    )
    commit(open_store(output), manifest)
    _RUNS_COMMITTED.inc()
    return manifest


class _StageFile(beam.DoFn):
    def __init__(self, output: str, workers: int, *, shown: bool) -> None:
        self._output = output
        self._workers = workers
        self._shown = shown  # as a phase of the run

    def start_bundle(self) -> None:
        self._processes = Processes(self._workers)

    def process(self, element: tuple[Place, Iterable[PackedTable]]) -> Iterator[tuple[str, DataFile]]:
        place, parts = element
        if self._shown:
            progress.enter("writing")
        yield from self._staged(self._processes.call(stage_parts, self._output, place, list(parts), of=place))

    def finish_bundle(self):
        for staged in self._staged(self._processes.rest()):
            yield GlobalWindows.windowed_value(staged)

    def _staged(self, due: Iterable[tuple[Place, DataFile | None]]) -> Iterator[tuple[str, DataFile]]:
        for place, file in due:
            if file:
                count_staged(file)
                progress.advance(written=1)
                yield place[0], file


class WriteTables(beam.PTransform):
    """Stage every table's files: `files = parts | WriteTables(output, workers)`; `parts` are rows by their place.

    With more than one of `workers`, so many processes of this machine write them.
    """

    def __init__(self, output: str, workers: int) -> None:
        super().__init__()
        self._stage = _StageFile(output, workers, shown=True)

    def expand(self, parts):
        return parts | "ByPlace" >> beam.GroupByKey() | "StageFile" >> beam.ParDo(self._stage)


class WriteWhole(beam.PTransform):
    """Stage tables that nothing else adds to, where they are: `files = tables | WriteWhole(output)`."""

    def __init__(self, output: str) -> None:
        super().__init__()
        self._stage = _StageFile(output, 1, shown=False)

    def expand(self, tables):
        return (
            tables
            | "Alone" >> beam.MapTuple(lambda place, table: (place, [table]))
            | "StageFile" >> beam.ParDo(self._stage)
        )


class _RewriteFile(beam.DoFn):
    def __init__(self, output: str) -> None:
        self._output = output

    def process(self, element: tuple[str, Rewrite]) -> Iterator:
        run_id, file = element
        done = rewrite(open_store(self._output), run_id, file)
        _FILES_REWRITTEN.inc()
        if done.after:
            yield run_id, done.after
        yield beam.pvalue.TaggedOutput("replaced", (run_id, done.before))
        yield beam.pvalue.TaggedOutput("withdrawn", (run_id, done.withdrawn))


class RewriteFiles(beam.PTransform):
    """Stage files of the warehouse anew: `files, replaced, withdrawn = rewrites | RewriteFiles(output)`."""

    def __init__(self, output: str) -> None:
        super().__init__()
        self._output = output

    def expand(self, rewrites):
        return (
            rewrites
            | "Spread" >> beam.Reshuffle()
            | "RewriteFile"
            >> beam.ParDo(_RewriteFile(self._output)).with_outputs("replaced", "withdrawn", main="files")
        )


class _Commit(beam.DoFn):
    def __init__(self, output: str, base: str, options: Mapping[str, str]) -> None:
        self._output = output
        self._base = base
        self._options = options

    def process(self, element: tuple[str, Mapping[str, Iterable]]) -> Iterator[str]:
        run_id, run = element
        progress.enter("committing")
        if commit_balanced(self._output, run_id, self._base, self._options, **run):
            yield run_id


class CommitRun(beam.PTransform):
    """Commit a run when its books balance: `{"files": ..., "ledgers": ...} | CommitRun(...)`.

    The inputs are keyed by run id; if files are rewritten, `replaced` and `withdrawn` are among them. A run that takes
    in nothing writes no manifest.

    Args:
        output: the warehouse.
        base: the state that the run was compared with; see `manifests.state_of`.
        options: what decided the rows, kept in the manifest.
    """

    def __init__(self, output: str, base: str, options: Mapping[str, str]) -> None:
        super().__init__()
        self._commit = _Commit(output, base, options)

    def expand(self, inputs):
        return inputs | "ByRun" >> beam.CoGroupByKey() | "Commit" >> beam.ParDo(self._commit)
