"""Manifests: what makes a run's files part of the warehouse.

A run stages all its files, reads each back, then commits in one last step:

1. `_staging/commit.json`, created exclusively, says who is committing: two
   runs cannot commit at once, and neither over the other's base.
2. `_staging/<run_id>/manifest.json` notes the intent.
3. Each staged file is moved to its place.
4. `_manifests/<run_id>.json` makes it so. Then `views.sql`, and the staging is swept.

A run that dies before step 2 leaves nothing but staging, which the next run
sweeps. One that dies after it is completed by the next run: every step is safe
to do again. See `recover`.
"""

import dataclasses
import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from transforms import __version__
from transforms.failures import UsageError
from transforms.files import Store
from transforms.tables import SCHEMA_VERSION
from transforms.text.fingerprint import stable_id
from transforms.warehouse.layout import MANIFESTS, STAGING, TABLES
from transforms.warehouse.views import views_sql

_LOCK = f"{STAGING}/commit.json"


class CommitConflict(UsageError):
    """Another run committed to this warehouse since this one began."""


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
    feedmill_version: str = __version__
    schema_version: int = SCHEMA_VERSION

    def to_json(self) -> bytes:
        fields = {**dataclasses.asdict(self), "files": [f._asdict() for f in self.files]}
        return json.dumps(fields, indent=1, sort_keys=True).encode() + b"\n"

    @classmethod
    def from_json(cls, data: bytes) -> "Manifest":
        fields = json.loads(data)
        return cls(**{**fields, "files": tuple(DataFile(**f) for f in fields["files"])})


def state_of(run_ids: Iterable[str]) -> str:
    """Names the state of a warehouse that holds these runs.

    >>> state_of(["b", "a"]) == state_of(["a", "b"]) != state_of(["a"])
    True
    """
    return stable_id("state", *sorted(run_ids))


def committed_runs(store: Store) -> list[str]:
    """Returns the ids of all committed runs, sorted."""
    return [name.removeprefix(f"{MANIFESTS}/").removesuffix(".json") for name in _manifest_names(store)]


def read_manifests(store: Store) -> list[Manifest]:
    """Returns all manifests, sorted by run id.

    Raises:
        UsageError: the warehouse was written by a newer feedmill.
    """
    manifests = [Manifest.from_json(store.read(name)) for name in _manifest_names(store)]
    for manifest in manifests:
        if manifest.schema_version > SCHEMA_VERSION:
            raise UsageError(
                f"{store.root}: run {manifest.run_id} has schema version {manifest.schema_version}, "
                f"this feedmill reads up to {SCHEMA_VERSION}: install feedmill {manifest.feedmill_version} or newer"
            )
    return manifests


def data_files(manifests: Iterable[Manifest], table: str) -> list[str]:
    """Returns the paths of a table's files, relative to the warehouse, sorted."""
    return sorted(f.path for m in manifests for f in m.files if f.table == table)


def staged(run_id: str, path: str) -> str:
    """Where a run keeps a file until it commits."""
    return f"{STAGING}/{run_id}/{path}"


def commit(store: Store, manifest: Manifest) -> None:
    """Makes a staged run part of the warehouse, whole or not at all. Committing twice is once.

    Raises:
        CommitConflict: another run is committing, or has since this one looked.
    """
    if manifest.run_id in committed_runs(store):
        return
    try:
        store.create(_LOCK, json.dumps({"run_id": manifest.run_id}).encode())
    except FileExistsError:
        owner = json.loads(store.read(_LOCK))["run_id"]
        if owner != manifest.run_id:  # the same run's own earlier try goes on below
            raise CommitConflict(f"{store.root}: run {owner} is committing; run again when it is done") from None
    if state_of(committed_runs(store)) != manifest.base:
        store.delete(_LOCK)
        raise CommitConflict(
            f"{store.root}: another run committed while this one worked; nothing was written, run again"
        )
    store.write(staged(manifest.run_id, "manifest.json"), manifest.to_json())
    _finish(store, manifest)


def recover(store: Store) -> str | None:
    """Clears up after a run that died: completes a commit that had begun, sweeps all other staging.

    Call it before a run, while no other run writes. Returns the id of a run that
    was completed, or None.
    """
    completed = None
    for name in store.list(STAGING):
        if name.count("/") == 2 and name.endswith("/manifest.json"):
            manifest = Manifest.from_json(store.read(name))
            _finish(store, manifest)
            completed = manifest.run_id
    store.delete(STAGING)
    return completed


def _finish(store: Store, manifest: Manifest) -> None:
    for file in manifest.files:
        store.move(staged(manifest.run_id, file.path), file.path)
    store.write(f"{MANIFESTS}/{manifest.run_id}.json", manifest.to_json())
    store.write("views.sql", views_sql([table for table in TABLES if store.list(table)]).encode())
    store.delete(f"{STAGING}/{manifest.run_id}")
    store.delete(_LOCK)


def _manifest_names(store: Store) -> list[str]:
    return [name for name in store.list(MANIFESTS) if name.endswith(".json") and "/." not in name]
