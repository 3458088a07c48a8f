"""The commit in a bucket, where no lock ends with its holder: kills, sleepers and rivals, at every step."""

import contextlib

import pytest
from feedmill.transforms.storage.gcs import GcsStore
from feedmill.transforms.storage.local import LocalStore
from feedmill.transforms.warehouse import compact as module
from feedmill.transforms.warehouse.compact import compact
from feedmill.transforms.warehouse.manifests import CommitConflict, commit, committed_runs, read_manifests, recover

from tests.gcs.bucket import NAME
from tests.warehouse.test_manifests import everything, staged_run

pytestmark = pytest.mark.timeout(60)
CHANGES = ("create", "write", "move", "delete", "discard")


class _Dies(Exception):
    pass


class _Interrupted(GcsStore):
    """Calls `then` before its nth change."""

    parallel = 1

    def __init__(self, root, steps, then):
        super().__init__(root)
        self._left = steps
        self._then = then

    def __getattribute__(self, name):
        if name in CHANGES:
            if self._left == 0:
                self._then()
            self._left -= 1
        return super().__getattribute__(name)


def _die():
    raise _Dies


@pytest.mark.parametrize("steps", range(9))
def test_a_run_that_dies_anywhere_in_its_commit_is_completed_or_never_was(bucket, steps):
    calm = GcsStore(f"gs://{NAME}/calm")
    commit(calm, staged_run(calm, "r1"))
    commit(calm, staged_run(calm, "r2", base=["r1"]))

    store = GcsStore(f"gs://{NAME}/killed")
    with contextlib.suppress(_Dies):
        commit(_Interrupted(store.root, steps, _die), staged_run(store, "r1"))
    recover(store, alone=False)
    if committed_runs(store) == []:
        assert steps == 0
        commit(store, staged_run(store, "r1"))
    commit(store, staged_run(store, "r2", base=["r1"]))
    assert everything(store) == everything(calm)


@pytest.mark.parametrize("steps", range(9))
def test_a_run_that_sleeps_in_its_commit_while_others_go_on_changes_nothing_when_it_wakes(bucket, steps):
    """While it sleeps, the next run completes its commit, and commits itself."""
    calm = GcsStore(f"gs://{NAME}/calm")
    commit(calm, staged_run(calm, "r1"))
    commit(calm, staged_run(calm, "r2", base=["r1"]))

    store = GcsStore(f"gs://{NAME}/sleepy")
    first = staged_run(store, "r1")

    def others():
        recover(store, alone=False)
        if "r1" in committed_runs(store):
            commit(store, staged_run(store, "r2", base=["r1"]))

    commit(_Interrupted(store.root, steps, others), first)
    if "r2" not in committed_runs(store):  # the sleeper had not begun to commit, or was done
        commit(store, staged_run(store, "r2", base=["r1"]))
    assert everything(store) == everything(calm)


@pytest.mark.parametrize("steps", range(7))
def test_of_two_runs_on_one_base_one_commits(bucket, steps):
    """The second tries while the first is at any step; nothing of the loser is left once another run commits."""
    store = GcsStore(f"gs://{NAME}/out")
    first, second = staged_run(store, "r1"), staged_run(store, "r2")
    lost = []

    def rival():
        try:
            commit(store, second)
        except CommitConflict:
            lost.append("r2")

    try:
        commit(_Interrupted(store.root, steps, rival), first)
    except CommitConflict:
        lost.append("r1")
    won = committed_runs(store)
    assert len(lost) == len(won) == 1 and {*lost, *won} == {"r1", "r2"}
    commit(store, staged_run(store, "r3", base=won))
    assert committed_runs(store) == [*won, "r3"]
    assert store.list("merges") == [f"merges/{run}.parquet" for run in (*won, "r3")]
    assert not store.list("_staging")


@pytest.mark.parametrize("steps", [1, 4, 7, 10, 99])
def test_manifests_are_folded_as_on_a_disk_and_a_death_is_made_good(bucket, tmp_path, monkeypatch, steps):
    monkeypatch.setattr(module, "_MOST_MANIFESTS", 2)
    trees = []
    for store, last in ((LocalStore(str(tmp_path)), 99), (GcsStore(f"gs://{NAME}/out"), steps)):
        for names in (("r1", "r2", "r3"), ("r4", "r5")):
            for name in names:
                commit(store, staged_run(store, name, base=committed_runs(store)))
            if name == "r3":
                compact(store, most=32)
        if last < 99:
            with contextlib.suppress(_Dies):
                compact(_Interrupted(store.root, last, _die))
        recover(store, alone=False)
        compact(store)
        trees.append({name: data for name, data in everything(store).items() if name != "views.sql"})
        assert [manifest.folds for manifest in read_manifests(store)] == [5]
    assert trees[0] == trees[1]
