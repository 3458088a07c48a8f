import contextlib

import pyarrow as pa
import pytest
from feedmill.transforms.storage.local import LocalStore
from feedmill.transforms.warehouse import manifests
from feedmill.transforms.warehouse.manifests import CommitConflict, Manifest, commit, committed_runs, recover, state_of
from feedmill.transforms.warehouse.parquet import check_file, encode, stage
from feedmill.transforms.warehouse.tables import SCHEMAS

MERGE = {"kind": "item", "id": "a", "into_id": "b", "rule": "url", "run_id": "r1"}


def staged_run(store, run_id, base=()):
    rows = pa.Table.from_pylist([{**MERGE, "run_id": run_id}], SCHEMAS["merges"])
    file = stage(store, "merges", "merges", encode("merges", [rows], run_id), run_id)
    return Manifest(run_id=run_id, base=state_of(base), options={}, ledger={}, files=(file,))


@pytest.fixture
def store(tmp_path):
    return LocalStore(str(tmp_path))


def everything(store):
    return {name: store.read(name) for name in store.list(".")}


def test_a_staged_run_is_no_part_of_the_warehouse_until_it_commits(store):
    manifest = staged_run(store, "r1")
    assert store.list("merges") == []
    commit(store, manifest)
    assert store.list("merges") == ["merges/r1.parquet"]
    assert committed_runs(store) == ["r1"]
    assert not store.list("_staging")


def test_committing_twice_is_once(store):
    manifest = staged_run(store, "r1")
    commit(store, manifest)
    before = everything(store)
    commit(store, manifest)
    assert everything(store) == before


def test_a_run_on_an_old_base_is_refused_and_changes_nothing(store):
    late = staged_run(store, "r2")
    commit(store, staged_run(store, "r1"))
    with pytest.raises(CommitConflict, match="another run committed"):
        commit(store, late)
    assert committed_runs(store) == ["r1"]
    commit(store, staged_run(store, "r2", base=["r1"]))
    assert committed_runs(store) == ["r1", "r2"]


def test_a_run_is_refused_while_another_commits(store):
    store.create("_staging/commit.json", staged_run(store, "r1").to_json())
    with pytest.raises(CommitConflict, match="run r1 is committing"):
        commit(store, staged_run(store, "r2"))


class _Dies(Exception):
    pass


@pytest.mark.parametrize("steps", range(8))
def test_a_run_that_dies_anywhere_in_its_commit_is_completed_or_never_was(tmp_path, monkeypatch, steps):
    """Lets the nth change to the store be the last, as a kill would."""
    calm = LocalStore(str(tmp_path / "calm"))
    commit(calm, staged_run(calm, "r1"))

    store = LocalStore(str(tmp_path / "killed"))
    manifest = staged_run(store, "r1")
    left = steps

    def dying(name):
        real = getattr(LocalStore, name)

        def step(self, *args):
            nonlocal left
            if left == 0:
                raise _Dies
            left -= 1
            return real(self, *args)

        return step

    with monkeypatch.context() as patch:
        for name in ("create", "write", "move", "delete", "discard"):
            patch.setattr(LocalStore, name, dying(name))
        with contextlib.suppress(_Dies):
            commit(store, manifest)

    recover(store, alone=True)
    if committed_runs(store) == []:
        assert everything(store) == {}
        commit(store, staged_run(store, "r1"))
    assert everything(store) == everything(calm)


def test_damage_is_found(store):
    rows = pa.Table.from_pylist([MERGE], SCHEMAS["merges"])
    file = stage(store, "merges", "merges", encode("merges", [rows], "r1"), "r1")
    data = store.read(manifests.staged("r1", file.path))
    check_file(data, file.path, rows=1, sha256=file.sha256)
    with pytest.raises(OSError, match="damaged or changed"):
        check_file(data[:-1], file.path, rows=1, sha256=file.sha256)
    with pytest.raises(OSError, match="holds 1 rows, not 2"):
        check_file(data, file.path, rows=2, sha256=file.sha256)
