"""Manifests: what makes a run's files part of the warehouse.

A run stages all its files, reads each back, then commits in one last step:

1. `_staging/commit.json`, created exclusively, is the lock and the intent in one: it holds the
   run's whole manifest. While it is there nobody else can commit.
2. The warehouse must still be in the state that the run was compared with (its base);
   if another run committed in between, the lock is given up and nothing was changed.
3. Each staged file is moved to its place.
4. `_manifests/<run_id>.json` makes it so. Then `views.sql`, the files that the run replaces are
   deleted, the staging is swept, the lock goes.

A file is part of the warehouse from the manifest that lists it to the one that replaces it
(see `compact` and `redo`), which is one and the same write: readers of manifests see the old files or
the new.

A stream makes 43,200 manifests a day, which every window and every reader would have to list. So
from time to time one of them folds all before it into itself (`Manifest.folds`): it holds their
books and lists their files. It begins a generation, which its name and those of all after it
tell: `_manifests/<generation>-<run_id>.json`; without a number it is the first. What counts is the
newest generation, so writing the manifest that folds is, once more, one write. The manifests of
the generation before stay until the next one begins, for readers who had listed them.

A run that dies before step 1 leaves nothing but staging. One that dies after it
is completed by the next run, from what the lock says; see `recover`.

Nobody asks whether the holder of a lock still lives. In a bucket nothing could
tell: there is no hold that ends with a process, and clocks differ. Instead all
of the steps may be done again, by several at once: whoever finds the lock may
complete the commit, while its holder works or after it died, and all come to
the same end, because all of them do what is written in the lock, to the same
state, with the same bytes. A holder that wakes up late finds its manifest
written, or its files in place, and changes nothing. The lock is given up only
by who finds its own bytes in it (a precondition on the object's generation), so
never a later run's.

A warehouse may come from elsewhere, so whatever a manifest or a lock says is looked at before anything is
done with it (`parse`): a file lies below its table's folder and is called as feedmill calls it, a run's
id is no path. What is not so, or is of a newer schema, is refused, and nothing is written or swept.

The staging of other runs is swept by the run that commits: it lists them before
it looks whether it is committed already, so all of them were compared with an
older state than the one it makes, and can never commit.
"""

import contextlib
import dataclasses
import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from feedmill.transforms import __version__
from feedmill.transforms.failures import Busy, UsageError
from feedmill.transforms.rows.story import BYTE_KINDS
from feedmill.transforms.storage.local import LocalStore, Store, for_each
from feedmill.transforms.text.ids import stable_id
from feedmill.transforms.warehouse.layout import MANIFESTS, STAGING, Partitioning, is_data_file, is_run_id
from feedmill.transforms.warehouse.ledger import Ledger
from feedmill.transforms.warehouse.tables import SCHEMA_VERSION, minor_version
from feedmill.transforms.warehouse.views import views_sql

_LOCK = f"{STAGING}/commit.json"
_TOLD = re.compile(r"(?:(\d{6,})-)?([^/]+)")  # by the name of a manifest: its generation, its run
_VERSION = re.compile(r"[\w.+-]{1,40}")


class CommitConflict(Busy):
    """Another run committed to this warehouse since this one began."""


class DamagedWarehouse(UsageError):
    """A manifest is not as it was written, or gone."""


class DataFile(NamedTuple):
    """A finished file of a table."""

    path: str  # relative to the warehouse
    table: str
    rows: int
    size: int  # bytes
    sha256: str
    minor: int = 0  # version of the schema that its columns are of, within the manifest's


@dataclasses.dataclass(frozen=True)
class Manifest:
    """One committed run."""

    run_id: str
    base: str  # `state_of` the warehouse that the run was compared with
    options: Mapping[str, str]  # those that decide what the rows say
    ledger: Mapping[str, Any]  # see ledger.Ledger
    files: tuple[DataFile, ...]
    replaces: tuple[str, ...] = ()  # paths of earlier runs' files whose rows are in `files`, but for those withdrawn
    withdrawn: Mapping[str, Any] = dataclasses.field(default_factory=dict)  # the books of what is replaced, if redone
    folds: int = 0  # runs that this one speaks for: their books are in `ledger`
    kept: tuple[DataFile, ...] = ()  # and their files, but for those that it replaces
    feedmill_version: str = __version__
    schema_version: int = SCHEMA_VERSION

    def to_json(self) -> bytes:
        told = {name: [f._asdict() for f in getattr(self, name)] for name in ("files", "kept")}
        return json.dumps({**dataclasses.asdict(self), **told}, indent=1, sort_keys=True).encode() + b"\n"

    @classmethod
    def from_json(cls, data: bytes) -> "Manifest":
        """Read what `to_json` wrote, and leave what a newer minor version may say beside. See `parse`."""
        fields = json.loads(data)
        told = {name: tuple(map(_data_file, fields.get(name, ()))) for name in ("files", "kept")}
        known = {f.name: fields[f.name] for f in dataclasses.fields(cls) if f.name in fields}
        return cls(**{**known, **told, "replaces": tuple(fields.get("replaces", ()))})

    def oddities(self) -> Iterator[str]:
        """Yield what in it no feedmill writes, in words."""
        if not is_run_id(self.run_id):
            yield f"{self.run_id!r} is no run's id"
        for file in (*self.files, *self.kept):
            if not is_data_file(file.table, file.path):
                yield f"{file.path!r} is no file of the table {file.table!r}"
            if not (all(map(_is_count, (file.rows, file.size, file.minor))) and isinstance(file.sha256, str)):
                yield f"{file.path!r} has no count of rows and bytes, or no checksum"
        for path in self.replaces:
            if not is_data_file(path.partition("/")[0], path):
                yield f"{path!r}, which it replaces, is no file of a table"
        if "partition_by" in self.options:
            Partitioning.parse(self.options["partition_by"])
        for books in (self.ledger, self.withdrawn):
            if books and not (set(Ledger(**books).bytes) >= set(BYTE_KINDS) and all(_counts(books))):
                yield "its books are not made of counts"
        if not _is_count(self.folds):
            yield f"it folds {self.folds!r} runs"


def _data_file(fields: Mapping[str, Any]) -> DataFile:
    return DataFile(**{name: fields[name] for name in DataFile._fields if name in fields})


def _is_count(value: object) -> bool:
    return isinstance(value, int)


def _counts(books: Mapping[str, Any]) -> Iterator[bool]:
    for name, value in books.items():
        yield from map(_is_count, value.values() if name == "bytes" else [value])


def state_of(run_ids: Iterable[str]) -> str:
    """Names the state of a warehouse that holds these runs.

    >>> state_of(["b", "a"]) == state_of(["a", "b"]) != state_of(["a"])
    True
    """
    return stable_id("state", *sorted(run_ids))


def committed_runs(store: Store) -> list[str]:
    """Return the ids of all committed runs but for those that others fold, sorted."""
    return _newest(_listed(store))


def read_manifests(store: Store, held: Mapping[str, Manifest] = MappingProxyType({})) -> list[Manifest]:
    """Return all manifests but for those that others fold, sorted by run id.

    Reads only those that are not `held` by their run id.

    Raises:
        UsageError: the warehouse has another schema than this feedmill.
        DamagedWarehouse: a manifest cannot be read or is none that feedmill writes, or one that folds others is gone.
    """
    listed = _listed(store)
    runs = _newest(listed)
    new = [run_id for run_id in runs if run_id not in held]
    names = [_name(listed[-1][0], run_id) for run_id in new]
    try:
        told = for_each(store, store.read, names)
    except FileNotFoundError:
        if committed_runs(store) == runs:
            raise
        return read_manifests(store, held)  # they were folded, twice, while this read them
    fresh = {}
    for run_id, name, data in zip(new, names, told, strict=True):
        fresh[run_id] = parse(store, name, data)
        if fresh[run_id].run_id != run_id:
            raise _damaged(store, name, f"it is that of another run, {fresh[run_id].run_id}")
    found = [fresh.get(run_id) or held[run_id] for run_id in runs]
    if listed and listed[-1][0] and not any(manifest.folds for manifest in found):
        raise DamagedWarehouse(
            f"{store.root}: no manifest of generation {listed[-1][0]} folds those before: one was deleted"
        )
    return found


def check_before_writing(store: Store) -> None:
    """Look at all that would be read before a warehouse is written to, and changes nothing.

    Raises:
        UsageError: it is of a newer schema, or damaged, or something in it is none of feedmill's (see `parse`), or a
            link in it leads out.
    """
    if isinstance(store, LocalStore):
        store.check(store.links_out())
        store.check((_LOCK, "views.sql"))
    manifests = read_manifests(store)
    if unfinished := unfinished_commit(store):
        manifests.append(unfinished)
    for manifest in manifests:
        minor = max((file.minor for file in (*manifest.files, *manifest.kept)), default=0)
        if minor > minor_version():
            raise UsageError(
                f"{store.root}: run {manifest.run_id} wrote schema {SCHEMA_VERSION}.{minor}, this feedmill writes "
                f"{SCHEMA_VERSION}.{minor_version()}: it can read the warehouse, but would lose columns if it wrote to "
                f"it; use feedmill {_version(manifest.feedmill_version)} or newer"
            )


def unfinished_commit(store: Store) -> Manifest | None:
    """Return what a run is about to commit, or was when it died; None if there is none. Raise as `parse`."""
    note = _lock_note(store)
    return None if note is None else parse(store, _LOCK, note)


def parse(store: Store, name: str, data: bytes) -> Manifest:
    """Read a manifest, or the note of a commit, of which each word is looked at before anything is done with it.

    Raises:
        UsageError: it is of another schema.
        DamagedWarehouse: it is damaged, or names what is no file of a warehouse.
    """
    try:
        fields = json.loads(data)
        if isinstance(fields, dict) and (schema := fields.get("schema_version", SCHEMA_VERSION)) != SCHEMA_VERSION:
            raise _other_schema(store, name, schema, fields.get("feedmill_version"))
        manifest = Manifest.from_json(data)
        odd = next(manifest.oddities(), None)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise _damaged(store, name, str(error) or type(error).__name__) from None
    if odd:
        raise _damaged(store, name, odd)
    return manifest


def _damaged(store: Store, name: str, why: str) -> DamagedWarehouse:
    what, help_ = "manifest", "put it back as it was, from a copy of the warehouse"
    if name == _LOCK:
        what = "note of a commit that did not end"
        help_ = "put it back as it was, or delete it: what its run had read is read again by the next that names it"
    return DamagedWarehouse(
        f"{_shown(store, name)}: the {what} is damaged, or of another feedmill: {why}; nothing was touched; {help_}"
    )


def _other_schema(store: Store, name: str, schema: object, by: object) -> UsageError:
    newer = isinstance(schema, int) and schema > SCHEMA_VERSION
    version = _version(by)
    return UsageError(
        f"{_shown(store, name)}: it has schema version {str(schema)[:20]!r}, this feedmill reads {SCHEMA_VERSION}, and "
        f"touched nothing: use feedmill {version}"
        + (" or newer" if newer else ", or ingest the snapshots into a new --output")
    )


def _version(told: object) -> str:
    return told if isinstance(told, str) and _VERSION.fullmatch(told) else "of another version"


def _shown(store: Store, name: str) -> str:
    path = f"{store.root}/{name}"
    return path if path.isprintable() else repr(path)


def live_files(manifests: Collection[Manifest]) -> list[DataFile]:
    """Return the files that hold the warehouse's rows, sorted by path. Give all manifests."""
    replaced = {path for manifest in manifests for path in manifest.replaces}
    return sorted(f for manifest in manifests for f in (*manifest.files, *manifest.kept) if f.path not in replaced)


def data_files(manifests: Collection[Manifest], table: str) -> list[str]:
    """Return the paths of a table's files, relative to the warehouse, sorted. Give all manifests."""
    return paths_of(live_files(manifests), table)


def paths_of(files: Iterable[DataFile], table: str) -> list[str]:
    """Return the paths of those files that are of a table."""
    return [file.path for file in files if file.table == table]


def rows_added(files: Iterable[DataFile], replaced: Iterable[DataFile] = ()) -> Counter[str]:
    """Return by table how many rows files have, less those that they replace."""
    rows: Counter[str] = Counter()
    for file in files:
        rows[file.table] += file.rows
    for file in replaced:
        rows[file.table] -= file.rows
    return rows


def staged(run_id: str, path: str) -> str:
    """Where a run keeps a file until it commits."""
    return f"{STAGING}/{run_id}/{path}"


def commit(store: Store, manifest: Manifest) -> None:
    """Make a staged run part of the warehouse, whole or not at all. Committing twice is once.

    Raises:
        CommitConflict: another run is committing, or has since this one looked.
    """
    note = manifest.to_json()
    if _is_listed(manifest, _listed(store)):
        return
    try:
        store.create(_LOCK, note)
    except FileExistsError:
        owner = unfinished_commit(store)
        if owner and owner.run_id != manifest.run_id:  # the same run's own earlier try goes on below
            raise CommitConflict(f"{store.root}: run {owner.run_id} is committing; run again when it is done") from None
    if not _complete(store, manifest, note):
        raise CommitConflict(
            f"{store.root}: another run committed while this one worked; nothing was written, run again"
        )


def recover(store: Store, *, alone: bool) -> str | None:
    """Clear up after a run that died: completes a commit that had begun. `views.sql` is this feedmill's after it.

    Args:
        store: the warehouse.
        alone: no other run is at work, so that all staging left is of dead runs, and is swept.

    Returns:
        The id of a run that was completed, or None.
    """
    completed = None
    if (note := _lock_note(store)) is not None:
        manifest = parse(store, _LOCK, note)
        if _complete(store, manifest, note):
            completed = manifest.run_id
    if alone:
        store.delete(STAGING)
        _renew_views(store)
    return completed


def _renew_views(store: Store) -> None:
    """Write `views.sql` where it was lost, or is of another feedmill, which no run may ever commit over."""
    views = views_sql().encode()
    with contextlib.suppress(FileNotFoundError):
        if store.read("views.sql") == views:
            return
    if committed_runs(store):
        store.write("views.sql", views)


def _complete(store: Store, manifest: Manifest, note: bytes) -> bool:
    """Do all that is left of a commit whose lock holds `note`. Return False, and give up the lock, if it cannot."""
    over = {manifest.run_id, *_staging_runs(store)}  # before the next line: see the module's docstring
    listed = _listed(store)
    if _is_listed(manifest, listed):
        over = {manifest.run_id}
    elif state_of(_newest(listed)) != manifest.base:
        store.discard(_LOCK, note)
        return False
    else:
        try:
            for_each(store, lambda file: store.move(staged(manifest.run_id, file.path), file.path), manifest.files)
        except FileNotFoundError:
            if _lock_note(store) != note:
                return True  # another completed it meanwhile, and the file is replaced by now
            raise
        newest = listed[-1][0] if listed else 0
        store.write(_name(newest + 1 if manifest.folds else newest, manifest.run_id), note)
    store.write("views.sql", views_sql().encode())
    for_each(store, store.delete, manifest.replaces)
    if manifest.folds:
        _delete_old_generations(store)
    for run_id in sorted(over):
        store.delete(f"{STAGING}/{run_id}")
    store.discard(_LOCK, note)
    return True


def _delete_old_generations(store: Store) -> None:
    """Delete the manifests that were folded before the newest generation began."""
    listed = _listed(store)
    old = [_name(generation, run_id) for generation, run_id in listed if generation < listed[-1][0] - 1]
    for_each(store, store.delete, old)


def _lock_note(store: Store) -> bytes | None:
    try:
        return store.read(_LOCK)
    except FileNotFoundError:  # given up in between
        return None


def _staging_runs(store: Store) -> set[str]:
    return {name.split("/")[1] for name in store.list(STAGING) if name.count("/") > 1}


def _name(generation: int, run_id: str) -> str:
    return f"{MANIFESTS}/{f'{generation:06}-' if generation else ''}{run_id}.json"


def _listed(store: Store) -> list[tuple[int, str]]:
    """Return generation and run id of every manifest that is there, folded or not."""
    found = []
    for name in store.list(MANIFESTS):
        if name.endswith(".json") and "/." not in name:
            told = _TOLD.fullmatch(name.removeprefix(f"{MANIFESTS}/").removesuffix(".json"))
            found += [(int(told[1] or 0), told[2])] if told else []
    return sorted(found)


def _newest(listed: Sequence[tuple[int, str]]) -> list[str]:
    """Return the runs of the newest generation."""
    return [run_id for generation, run_id in listed if generation == listed[-1][0]]


def _is_listed(manifest: Manifest, listed: Iterable[tuple[int, str]]) -> bool:
    return any(run_id == manifest.run_id for _, run_id in listed)
