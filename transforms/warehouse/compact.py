"""Many small files into few. Plain Python: no Beam.

Each run adds a file to every partition that it touches, so a year of hourly runs makes
thousands of small ones. Compacting writes their rows, unchanged, into new files and commits
them with a manifest that says which files they replace, by the same protocol as a run (see
`manifests`): a reader sees the old files or the new, and one that is killed is completed or
swept by the next command.

Old manifests stay, as the record of what each run did, until they are more than anybody cares to
read: then the same commit folds them into its own (see `manifests`).
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from feedmill.transforms.local.pool import Processes
from feedmill.transforms.storage.local import Store, for_each
from feedmill.transforms.text.ids import stable_id
from feedmill.transforms.warehouse.ledger import Ledger, total
from feedmill.transforms.warehouse.manifests import (
    DamagedWarehouse,
    DataFile,
    Manifest,
    commit,
    live_files,
    read_manifests,
    state_of,
)
from feedmill.transforms.warehouse.parquet import encode, stage
from feedmill.transforms.warehouse.tables import has_columns_of, minor_version

# Large enough that opening a file costs little beside reading it; its rows take about ten times as much memory.
_FILE_BYTES = 32 * 1024 * 1024
_AT_ONCE = 4  # files that are written by as many processes, however many there are

_QUICK_BYTES = 16 * 1024 * 1024  # of files, which are brought together in about half a second

# Manifests that may stay as they are: four days of hourly runs, four minutes of a stream.
_MOST_MANIFESTS = 100


_Group = tuple[str, int, list[DataFile]]  # the partition's folder, a number within it, files that become one


class Compaction(NamedTuple):
    """What was done."""

    manifest: Manifest | None  # None: nothing was to gain
    before: int  # files of the warehouse
    after: int


def compact(store: Store, *, most: int = 1, alike: bool = False, workers: int = 1) -> Compaction:
    """Bring the files of each partition that has more than `most` into few of up to 32 MiB; rows and partitions stay.

    Many manifests become one.

    Call it while no other run is at work (see `lock.only_writer`) and after `recover`.

    Args:
        store: the warehouse.
        most: files that may stay.
        alike: of a partition's files, look at those of about as many rows by themselves, and leave what would take
            long to the next time, unless it has waited. Who compacts often, between windows, writes each row a few
            times so, where all files of a partition would be written again each time; and no window waits long.
        workers: processes of this machine that write the files; a few at once, as each holds one file's rows.

    Raises:
        CommitConflict: another run committed in between. Nothing was changed.
        DamagedWarehouse: a file is not one of its table. Nothing was changed.
    """
    manifests = read_manifests(store)
    live = live_files(manifests)
    groups = list(_groups(live, most, alike))
    if alike:
        groups = _quickly_done(groups, most)
    folds = len(manifests) > _MOST_MANIFESTS
    if not (groups or folds):
        return Compaction(None, len(live), len(live))
    return _replace(store, "compact-1", manifests, groups, folds=folds, workers=workers)


def migrate(store: Store) -> Compaction:
    """Write each file anew that is of an older minor version of the schema, with all its columns; what it never had
    is NULL. Call it as `compact`.

    Raises:
        CommitConflict: another run committed in between. Nothing was changed.
        DamagedWarehouse: a file is not one of its table. Nothing was changed.
    """
    manifests = read_manifests(store)
    live = live_files(manifests)
    old = (file for file in live if file.minor < minor_version())
    groups = [
        (folder, number, [file])
        for folder, files in itertools.groupby(old, key=_folder)
        for number, file in enumerate(files)
    ]
    if not groups:
        return Compaction(None, len(live), len(live))
    return _replace(store, f"migrate-{minor_version()}", manifests, groups)


def _replace(
    store: Store,
    name: str,
    manifests: Sequence[Manifest],
    groups: Sequence[_Group],
    *,
    folds: bool = False,
    workers: int = 1,
) -> Compaction:
    """Commit one file for each group of files; the run is called after `name` and what it replaces."""
    live = live_files(manifests)
    base = state_of(m.run_id for m in manifests)
    replaces = tuple(file.path for _, _, files in groups for file in files)
    gone = set(replaces)
    run_id = stable_id(name, base, *replaces)
    processes = Processes(workers, _AT_ONCE)
    asked = (processes.call(_joined, store, run_id, *group) for group in groups)
    made = [file for _, file in (*itertools.chain.from_iterable(asked), *processes.rest())]
    manifest = Manifest(
        run_id=run_id,
        base=base,
        options=manifests[0].options,  # how the warehouse is cut: the same in all its manifests
        ledger=total(Ledger(**m.ledger) - Ledger(**m.withdrawn) for m in manifests if folds).as_dict(),
        files=tuple(sorted(made)),
        replaces=replaces,
        folds=sum(m.folds or 1 for m in manifests) if folds else 0,
        kept=tuple(file for file in live if folds and file.path not in gone),
    )
    commit(store, manifest)
    return Compaction(manifest, len(live), len(live) - len(replaces) + len(made))


def _quickly_done(groups: Iterable[_Group], most: int) -> list[_Group]:
    """Of the groups the small ones, as many as take half a second but one at least; and those that have waited long."""
    now: list[_Group] = []
    left = _QUICK_BYTES
    for group in sorted(groups, key=lambda group: sum(file.size for file in group[2])):
        left -= sum(file.size for file in group[2])
        if left >= 0 or not now or len(group[2]) >= 2 * most:
            now.append(group)
    return now


def _groups(live: Iterable[DataFile], most: int, alike: bool) -> Iterator[_Group]:
    """Yield files that become one.

    Files that are half as large as one should be, or larger, stay as they are.
    """
    own = (file for file in sorted(live) if file.minor <= minor_version())  # of others this feedmill knows not all
    for folder, found in itertools.groupby(own, key=_folder):
        sizes: dict[int, list[DataFile]] = {}
        for file in found:
            sizes.setdefault(file.rows.bit_length() // 3 if alike else 0, []).append(file)  # within a factor of 8
        groups: list[list[DataFile]] = []
        for files in sizes.values():
            left = 0
            for file in files if len(files) > most else ():
                if file.size >= _FILE_BYTES // 2:
                    continue
                if file.size > left:
                    groups.append([])
                    left = _FILE_BYTES
                groups[-1].append(file)
                left -= file.size
        yield from ((folder, number, group) for number, group in enumerate(groups) if len(group) > 1)


def _folder(file: DataFile) -> str:
    return file.path.rpartition("/")[0]


def _joined(store: Store, run_id: str, folder: str, number: int, files: Sequence[DataFile]) -> DataFile:
    """Stage one file with the rows of several."""
    tables = for_each(store, lambda file: _rows(store, file), files)
    table = files[0].table
    return stage(store, table, folder, encode(table, tables, run_id), run_id, number)


def _rows(store: Store, file: DataFile) -> pa.Table:
    """Read a file.

    Raises:
        DamagedWarehouse: it is not there, or its columns are not those of its table.
    """
    try:
        data = store.read(file.path)
    except FileNotFoundError as error:
        raise DamagedWarehouse(f"{file.path}: the file is missing; nothing was changed") from error
    parquet = pq.ParquetFile(pa.BufferReader(data))
    if not has_columns_of(file.table, file.minor, parquet.schema_arrow):
        raise DamagedWarehouse(f"{file.path}: its columns are not those of {file.table}; nothing was changed")
    return parquet.read(use_threads=False)
