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

The staging of other runs is swept by the run that commits: it lists them before
it looks whether it is committed already, so all of them were compared with an
older state than the one it makes, and can never commit.
"""

import contextlib
import dataclasses
import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from feedmill.transforms import __version__
from feedmill.transforms.failures import UsageError
from feedmill.transforms.storage.local import Store, for_each
from feedmill.transforms.text.ids import stable_id
from feedmill.transforms.warehouse.layout import MANIFESTS, STAGING
from feedmill.transforms.warehouse.tables import SCHEMA_VERSION
from feedmill.transforms.warehouse.views import views_sql

_LOCK = f"{STAGING}/commit.json"
_TOLD = re.compile(r"(?:(\d{6,})-)?([^/]+)")  # by the name of a manifest: its generation, its run


class CommitConflict(UsageError):
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
        fields = json.loads(data)
        told = {name: tuple(DataFile(**f) for f in fields.get(name, ())) for name in ("files", "kept")}
        return cls(**{**fields, **told, "replaces": tuple(fields.get("replaces", ()))})


def state_of(run_ids: Iterable[str]) -> str:
    """Names the state of a warehouse that holds these runs.

    >>> state_of(["b", "a"]) == state_of(["a", "b"]) != state_of(["a"])
    True
    """
    return stable_id("state", *sorted(run_ids))


def committed_runs(store: Store) -> list[str]:
    """Returns the ids of all committed runs but for those that others fold, sorted."""
    return _newest(_listed(store))


def read_manifests(store: Store, held: Mapping[str, Manifest] = MappingProxyType({})) -> list[Manifest]:
    """Returns all manifests but for those that others fold, sorted by run id.

    Reads only those that are not `held` by their run id.

    Raises:
        UsageError: the warehouse has another schema than this feedmill.
        DamagedWarehouse: a manifest cannot be read, or one that folds others is gone.
    """
    listed = _listed(store)
    runs = _newest(listed)
    names = [_name(listed[-1][0], run_id) for run_id in runs if run_id not in held]
    try:
        told = for_each(store, store.read, names)
    except FileNotFoundError:
        if committed_runs(store) == runs:
            raise
        return read_manifests(store, held)  # they were folded, twice, while this read them
    fresh = {m.run_id: m for m in map(_parsed, [f"{store.root}/{name}" for name in names], told)}
    for manifest in fresh.values():
        if manifest.schema_version != SCHEMA_VERSION:
            raise UsageError(
                f"{store.root}: run {manifest.run_id} has schema version {manifest.schema_version}, "
                f"this feedmill reads {SCHEMA_VERSION}: use feedmill {manifest.feedmill_version}, "
                "or ingest the snapshots into a new --output"
            )
    found = [fresh.get(run_id) or held[run_id] for run_id in runs]
    if listed and listed[-1][0] and not any(manifest.folds for manifest in found):
        raise DamagedWarehouse(
            f"{store.root}: no manifest of generation {listed[-1][0]} folds those before: one was deleted"
        )
    return found


def _parsed(name: str, data: bytes) -> Manifest:
    try:
        return Manifest.from_json(data)
    except (ValueError, TypeError) as error:
        raise DamagedWarehouse(f"{name}: the manifest is damaged, or of another feedmill: {error}") from None


def live_files(manifests: Collection[Manifest]) -> list[DataFile]:
    """Returns the files that hold the warehouse's rows, sorted by path. Give all manifests."""
    replaced = {path for manifest in manifests for path in manifest.replaces}
    return sorted(f for manifest in manifests for f in (*manifest.files, *manifest.kept) if f.path not in replaced)


def data_files(manifests: Collection[Manifest], table: str) -> list[str]:
    """Returns the paths of a table's files, relative to the warehouse, sorted. Give all manifests."""
    return paths_of(live_files(manifests), table)


def paths_of(files: Iterable[DataFile], table: str) -> list[str]:
    """Returns the paths of those files that are of a table."""
    return [file.path for file in files if file.table == table]


def rows_added(files: Iterable[DataFile], replaced: Iterable[DataFile] = ()) -> Counter[str]:
    """Returns by table how many rows files have, less those that they replace."""
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
    """Makes a staged run part of the warehouse, whole or not at all. Committing twice is once.

    Raises:
        CommitConflict: another run is committing, or has since this one looked.
    """
    note = manifest.to_json()
    if _is_listed(manifest, _listed(store)):
        return
    try:
        store.create(_LOCK, note)
    except FileExistsError:
        owner = _lock_owner(store)
        if owner and owner != manifest.run_id:  # the same run's own earlier try goes on below
            raise CommitConflict(f"{store.root}: run {owner} is committing; run again when it is done") from None
    if not _complete(store, manifest, note):
        raise CommitConflict(
            f"{store.root}: another run committed while this one worked; nothing was written, run again"
        )


def recover(store: Store, *, alone: bool) -> str | None:
    """Clears up after a run that died: completes a commit that had begun. `views.sql` is this feedmill's after it.

    Args:
        store: the warehouse.
        alone: no other run is at work, so that all staging left is of dead runs, and is swept.

    Returns:
        The id of a run that was completed, or None.
    """
    completed = None
    if note := _lock_note(store):
        manifest = Manifest.from_json(note)
        if _complete(store, manifest, note):
            completed = manifest.run_id
    if alone:
        store.delete(STAGING)
        _renew_views(store)
    return completed


def _renew_views(store: Store) -> None:
    """Writes `views.sql` where it was lost, or is of another feedmill, which no run may ever commit over."""
    views = views_sql().encode()
    with contextlib.suppress(FileNotFoundError):
        if store.read("views.sql") == views:
            return
    if committed_runs(store):
        store.write("views.sql", views)


def _complete(store: Store, manifest: Manifest, note: bytes) -> bool:
    """Does all that is left of a commit whose lock holds `note`. Returns False, and gives up the lock, if it cannot."""
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
    """Deletes the manifests that were folded before the newest generation began."""
    listed = _listed(store)
    old = [_name(generation, run_id) for generation, run_id in listed if generation < listed[-1][0] - 1]
    for_each(store, store.delete, old)


def _lock_note(store: Store) -> bytes | None:
    try:
        return store.read(_LOCK)
    except FileNotFoundError:  # given up in between
        return None


def _lock_owner(store: Store) -> str | None:
    note = _lock_note(store)
    return Manifest.from_json(note).run_id if note else None


def _staging_runs(store: Store) -> set[str]:
    return {name.split("/")[1] for name in store.list(STAGING) if name.count("/") > 1}


def _name(generation: int, run_id: str) -> str:
    return f"{MANIFESTS}/{f'{generation:06}-' if generation else ''}{run_id}.json"


def _listed(store: Store) -> list[tuple[int, str]]:
    """Generation and run id of every manifest that is there, folded or not."""
    found = []
    for name in store.list(MANIFESTS):
        if name.endswith(".json") and "/." not in name:
            told = _TOLD.fullmatch(name.removeprefix(f"{MANIFESTS}/").removesuffix(".json"))
            found += [(int(told[1] or 0), told[2])] if told else []
    return sorted(found)


def _newest(listed: Sequence[tuple[int, str]]) -> list[str]:
    """Returns the runs of the newest generation."""
    return [run_id for generation, run_id in listed if generation == listed[-1][0]]


def _is_listed(manifest: Manifest, listed: Iterable[tuple[int, str]]) -> bool:
    return any(run_id == manifest.run_id for _, run_id in listed)
