"""Read files into snapshots.

    files ──ReadSnapshots──▶ Snapshot, DeadLetter    a row at a time, for any pipeline
    files ──ReadBatches────▶ Inputs    each a Snapshot, or a DeadInput that split makes a dead letter

What a file holds is decided in `feedmill.transforms.captures.inputs`; this module leaves out what
the warehouse has already, counts, and wires.

Counters (namespace "read"):
    files_in            files opened
    bytes_in            their bytes, as stored
    snapshots_out       snapshots handed on, refused ones too
    snapshots_skipped   captures that the warehouse has already
    snapshots_repeated  captures that an earlier run of the same command took in
    not_a_feed          records of a crawl that are no feed and no reader page
    not_a_feed_bytes    their bytes
"""

import itertools
from collections.abc import Iterator, Sequence

import apache_beam as beam
import feedmill.transforms.coders  # noqa: F401 - registers them
from apache_beam.metrics import Metrics
from feedmill.transforms.captures.containers import DeadInput, SkippedRecords
from feedmill.transforms.captures.inputs import (
    BATCH_BYTES,
    BATCH_SNAPSHOTS,
    RESTS,
    Inputs,
    batch_files,
    pack_files,
    read_on,
    read_snapshots,
    unpack_files,
)
from feedmill.transforms.captures.limits import Limits
from feedmill.transforms.local import progress
from feedmill.transforms.rows.packed_table import PackedTable
from feedmill.transforms.rows.story import DeadLetter, Snapshot
from feedmill.transforms.storage.local import FileInfo, find_inputs, open_store
from feedmill.transforms.warehouse.memory import Retries, captures_since, is_known, known_captures

_STEP = "read"
_FILES_IN = Metrics.counter(_STEP, "files_in")
_BYTES_IN = Metrics.counter(_STEP, "bytes_in")
_SNAPSHOTS_OUT = Metrics.counter(_STEP, "snapshots_out")
_SNAPSHOTS_SKIPPED = Metrics.counter(_STEP, "snapshots_skipped")
_SNAPSHOTS_REPEATED = Metrics.counter(_STEP, "snapshots_repeated")
_NOT_A_FEED = Metrics.counter(_STEP, "not_a_feed")
_NOT_A_FEED_BYTES = Metrics.counter(_STEP, "not_a_feed_bytes")


class _ReadFiles(beam.DoFn):
    def __init__(
        self,
        limits: Limits,
        output: str,
        known_files: Sequence[str] | None,
        since: Sequence[str] = (),
        *,
        redo: bool,
        fail_fast: bool,
    ) -> None:
        self._limits = limits
        self._output = output
        self._known_files = known_files
        self._since = since
        self._redo = redo
        self._fail_fast = fail_fast

    def setup(self) -> None:
        store = open_store(self._output)
        self._known = known_captures(store, self._known_files, redo=self._redo)
        self._repeated = captures_since(store, self._since)

    def process(self, files: PackedTable) -> Iterator[Inputs]:
        batch: list[Snapshot | DeadInput] = []
        size = 0
        tries = Retries(self._known)
        waiting = dict.fromkeys(unpack_files(files))
        for file, held, is_begun in read_on(tuple(waiting), self._limits, fail_fast=self._fail_fast):
            del waiting[file]
            if RESTS.is_full():
                RESTS.leave(file, None if is_begun else held)
                break
            if is_begun:
                _FILES_IN.inc()
                _BYTES_IN.inc(file.size)
            for found in held:
                if isinstance(found, SkippedRecords):
                    _NOT_A_FEED.inc(found.count)
                    _NOT_A_FEED_BYTES.inc(found.bytes)
                    continue
                tries.see(found)
                if is_known(found, self._known):
                    (_SNAPSHOTS_REPEATED if is_known(found, self._repeated) else _SNAPSHOTS_SKIPPED).inc()
                    continue
                batch.append(found)
                taken = len(found.data) if isinstance(found, Snapshot) else 0
                size += taken
                is_full = RESTS.take_up(taken)
                if len(batch) == BATCH_SNAPSHOTS or size >= BATCH_BYTES:
                    _SNAPSHOTS_OUT.inc(len(batch))
                    yield Inputs(tuple(batch))
                    batch, size = [], 0
                if is_full and (following := next(held, None)):
                    RESTS.leave(file, itertools.chain((following,), held))
                    break
            else:
                tries.end(file.uri)
                progress.advance(files=1, size=file.size)
                continue
            break
        for file in waiting:
            RESTS.leave(file, RESTS.rest_of(file))
        mended = tries.mended()
        if batch or mended:
            _SNAPSHOTS_OUT.inc(len(batch))
            yield Inputs(tuple(batch), mended)


class ReadLanded(beam.PTransform):
    """Read files of a stream: `batches = landed | ReadLanded(...)`, where `landed` holds FileInfo and DeadInput.

    What the warehouse had when the worker began is left out here, to spare work; what it has since is left out when
    the window is committed.
    """

    def __init__(self, limits: Limits, output: str, *, fail_fast: bool = False) -> None:
        super().__init__()
        self._read = _ReadFiles(limits, output, None, redo=False, fail_fast=fail_fast)

    def expand(self, landed):
        refused = landed | "DeadInput" >> beam.Filter(lambda one: isinstance(one, DeadInput))
        files = landed | "Files" >> beam.Filter(lambda one: not isinstance(one, DeadInput))
        read = (
            files
            | "OneFile" >> beam.Map(lambda file: pack_files([file])).with_output_types(PackedTable)
            | "ReadFile" >> beam.ParDo(self._read)
        )
        return (
            read,
            refused | "OneRefused" >> beam.Map(lambda one: Inputs((one,))).with_output_types(Inputs),
        ) | "Inputs" >> beam.Flatten()


class _LeaveOutKnown(beam.DoFn):
    """Do for what was refused before it was read what `_ReadFiles` does for files."""

    def __init__(self, output: str, known_files: Sequence[str]) -> None:
        self._output = output
        self._known_files = known_files

    def setup(self) -> None:
        self._known = known_captures(open_store(self._output), self._known_files)

    def process(self, refused: Inputs) -> Iterator[Inputs]:
        fresh = tuple(no for no in refused.found if not is_known(no, self._known))
        _SNAPSHOTS_SKIPPED.inc(len(refused.found) - len(fresh))
        _SNAPSHOTS_OUT.inc(len(fresh))
        yield Inputs(fresh)


class ReadBatches(beam.PTransform):
    """Read files: `batches = pipeline | ReadBatches(files, ...)`.

    Args:
        files: what to read, each file once.
        limits: what an archive may unpack to.
        output: the warehouse.
        known_files: its `capture_files`; captures in them are left out.
        refused: what could not even be opened as a file, to be dead letters.
        since: its files of the table `snapshots` that earlier runs of the same command made.
        redo: they are not left out.
        fail_fast: an error at one file is raised, and not a dead letter.
    """

    def __init__(
        self,
        files: Sequence[FileInfo],
        limits: Limits,
        output: str,
        known_files: Sequence[str],
        refused: Sequence[DeadInput] = (),
        since: Sequence[str] = (),
        *,
        redo: bool = False,
        fail_fast: bool = False,
    ) -> None:
        super().__init__()
        self._files = files
        self._read = _ReadFiles(limits, output, known_files, since, redo=redo, fail_fast=fail_fast)
        self._refused = refused
        self._leave_out_known = _LeaveOutKnown(output, known_files)

    def expand(self, root):
        packed = [pack_files(files) for files in batch_files(self._files)]
        read = root | "Files" >> beam.Create(packed, reshuffle=True) | "ReadFiles" >> beam.ParDo(self._read)
        if not self._refused:
            return read
        refused = root | "DeadInput" >> beam.Create([Inputs(tuple(self._refused))]) | beam.ParDo(self._leave_out_known)
        return (read, refused) | "Inputs" >> beam.Flatten()


class _ReadSnapshots(beam.DoFn):
    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def process(self, files: PackedTable):
        for file in unpack_files(files):
            _FILES_IN.inc()
            _BYTES_IN.inc(file.size)
            for found in read_snapshots(file, self._limits):
                if isinstance(found, SkippedRecords):
                    _NOT_A_FEED.inc(found.count)
                    _NOT_A_FEED_BYTES.inc(found.bytes)
                elif isinstance(found, DeadInput):
                    letter = DeadLetter(found.uri, found.start, found.end, found.reason.value, found.detail)
                    yield beam.pvalue.TaggedOutput("dead_letters", letter)
                else:
                    _SNAPSHOTS_OUT.inc()
                    yield found


class ReadSnapshots(beam.PTransform):
    """Read files into snapshots, in a pipeline of your own: packed files, archives and crawls are unpacked.

    Takes a pipeline. Yields two PCollections, as attributes of the result:

    - `snapshots`: `Snapshot` rows with a schema, one for a file, or for each feed and reader's page in it.
    - `dead_letters`: `DeadLetter` rows with a schema: what could not be read or unpacked, and why.

    Args:
        input: files, folders or globs, as `--input` of `feedmill ingest` has them. They are found when this is made.
        limits: what a file may unpack to.

    Raises:
        UsageError: a part of `input` names nothing.

    >>> import apache_beam as beam
    >>> with beam.Pipeline("FnApiRunner") as pipeline:
    ...     read = pipeline | ReadSnapshots("seeds/003*.txt")
    ...     sizes = read.snapshots | beam.Map(lambda snapshot: len(snapshot.data)) | beam.Map(print)
    20799
    """

    def __init__(self, input: str, limits: Limits = Limits()) -> None:
        super().__init__()
        self._files = find_inputs(input).files
        self._read = _ReadSnapshots(limits)

    def expand(self, root):
        packed = [pack_files(files) for files in batch_files(self._files)]
        read = beam.ParDo(self._read).with_output_types(Snapshot, dead_letters=DeadLetter)
        files = root | "Files" >> beam.Create(packed, reshuffle=True)
        return files | "ReadFiles" >> read.with_outputs("dead_letters", main="snapshots")
