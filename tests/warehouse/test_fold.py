"""Many manifests become one, and nobody ever sees half of it."""

import contextlib
import subprocess

import pytest
from feedmill.pipelines import cli
from feedmill.pipelines.report.report import build
from feedmill.transforms.failures import UsageError
from feedmill.transforms.storage.local import LocalStore
from feedmill.transforms.warehouse import compact as module
from feedmill.transforms.warehouse.compact import compact
from feedmill.transforms.warehouse.manifests import (
    CommitConflict,
    commit,
    committed_runs,
    live_files,
    read_manifests,
    recover,
)
from feedmill.transforms.warehouse.verify import verify

from tests.warehouse.test_compact import DAYS, ingest, many, rows
from tests.warehouse.test_manifests import everything, staged_run

__all__ = ["many"]
CHANGES = ("create", "write", "move", "delete", "discard")


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Three manifests are many."""
    monkeypatch.setattr(module, "_MOST_MANIFESTS", 2)


def runs(store, *names):
    for name in names:
        commit(store, staged_run(store, name, base=committed_runs(store)))


@pytest.fixture
def store(tmp_path):
    made = LocalStore(str(tmp_path / "out"))
    runs(made, "r1", "r2", "r3")
    return made


def live(store):
    return [file.path for file in live_files(read_manifests(store))]


def test_folded_manifests_say_what_they_said(many, tmp_path):
    out = tmp_path / "out"
    subprocess.run(["cp", "-r", str(many), str(out)], check=True)
    store = LocalStore(str(out))
    before, page = rows(out), build(store)[0]
    done = compact(store)
    assert (done.manifest.folds, len(read_manifests(store))) == (DAYS, 1)
    assert rows(out) == before
    assert list(verify(store)) == []
    after, problems = build(store)
    assert not problems and f"{DAYS} runs" in after
    assert after.split("state ")[0] == page.split("state ")[0]
    assert cli.main(["explain", "https://ferry.example/2025/ferry-4-again", "-w", str(out)]) == 0
    assert compact(store).manifest is None

    ingest(tmp_path, out, DAYS)  # what comes again is known, and the books go on
    assert len(read_manifests(store)) == 2
    assert list(verify(store)) == []
    assert not build(store)[1]


def test_manifests_stay_few_however_long_it_goes_on(store):
    for number in range(20):
        runs(store, f"s{number}")
        if len(read_manifests(store)) > 2:
            compact(store, most=32)
        assert len(store.list("_manifests")) <= 6
    assert sum(manifest.folds or 1 for manifest in read_manifests(store)) == 23
    assert len(live(store)) == 23


def test_who_listed_manifests_before_they_were_folded_can_read_them(store):
    listed = store.list("_manifests")
    compact(store, most=32)
    assert all(store.read(name) for name in listed)
    runs(store, "r4", "r5")
    compact(store, most=32)  # the next time they go
    assert not set(listed) & set(store.list("_manifests"))


def test_who_reads_so_slowly_that_they_are_gone_reads_again(store):
    class Slow(LocalStore):
        def read(self, name):
            if name == "_manifests/r1.json":
                for names in (("r4",), ("r5", "r6")):
                    runs(store, *names)
                    compact(store, most=32)
            return super().read(name)

    assert [m.folds for m in read_manifests(Slow(store.root))] == [6]


def test_a_run_compared_with_what_was_there_before_is_refused(store):
    late = staged_run(store, "r4", base=committed_runs(store))
    compact(store, most=32)
    with pytest.raises(CommitConflict, match="another run committed"):
        commit(store, late)
    assert len(live(store)) == 3


def test_a_run_that_was_folded_is_not_committed_again(store):
    again = staged_run(store, "r2", base=["r1"])
    compact(store, most=32)
    commit(store, again)
    assert len(read_manifests(store)) == 1


def test_a_manifest_that_folds_others_is_missed_when_it_is_gone(store):
    compact(store, most=32)
    (name,) = (name for name in store.list("_manifests") if "000001-" in name)
    runs(store, "r4")
    store.delete(name)
    with pytest.raises(UsageError, match="one was deleted"):
        read_manifests(store)


class _Dies(Exception):
    pass


def _interrupted(root, steps, then):
    """A store that calls `then` before its nth change."""
    left = [steps]

    class Interrupted(LocalStore):
        def __getattribute__(self, name):
            if name in CHANGES:
                left[0] -= 1
                if left[0] == -1:
                    then()
            return super().__getattribute__(name)

    return Interrupted(root)


def _die():
    raise _Dies


@pytest.mark.parametrize("most", [1, 32])
@pytest.mark.parametrize("steps", range(16))
def test_a_death_at_any_step_is_made_good(store, tmp_path, steps, most):
    """The second fold is the one that dies: it is the one that deletes manifests."""
    compact(store, most=32)
    runs(store, "r4", "r5")
    calm = LocalStore(str(tmp_path / "calm"))
    subprocess.run(["cp", "-r", store.root, calm.root], check=True)
    before = live(store)
    compact(calm, most=most)

    with contextlib.suppress(_Dies):
        compact(_interrupted(store.root, steps, _die), most=most)
    assert live(store) in (before, live(calm))  # whoever reads meanwhile
    recover(store, alone=True)
    compact(store, most=most)
    assert everything(store) == everything(calm)


@pytest.mark.parametrize("steps", range(9))
def test_a_run_that_sleeps_in_its_commit_while_others_fold_changes_nothing_when_it_wakes(store, steps):
    """While it sleeps, others complete its commit, fold it, delete its file, and fold that."""
    manifest = staged_run(store, "r4", base=committed_runs(store))
    others_did = []

    def others():
        recover(store, alone=False)
        if "r4" in committed_runs(store):
            for number in range(3):
                others_did.extend([f"s{number}a", f"s{number}b"])
                runs(store, *others_did[-2:])
                compact(store, most=1)

    with contextlib.suppress(CommitConflict):  # it looks only now, and its manifest is long gone
        commit(_interrupted(store.root, steps, others), manifest)
    assert others_did or steps in (0, 8)
    assert sum(file.rows for file in live_files(read_manifests(store))) == 4 + len(others_did)
    assert all(store.read(path) for path in live(store))
    recover(store, alone=False)
    assert not store.list("_staging")
