"""However a run is cut up or shared out, what comes out is the same."""

import pathlib
import tarfile

import pytest
from feedmill.pipelines.ingest import run
from feedmill.transforms import coders
from feedmill.transforms.captures import inputs
from feedmill.transforms.captures.containers import unpack
from feedmill.transforms.failures import UsageError
from feedmill.transforms.storage.local import LocalStore
from feedmill.transforms.warehouse.manifests import live_files, read_manifests
from feedmill.transforms.warehouse.query import connect
from feedmill.transforms.warehouse.verify import verify

from tests.bench.generator import generate, write
from tests.conftest import tree

ENTRIES = 1500


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    return folder / "snapshots", write(folder, generate(ENTRIES, 0.3, seed=7))


@pytest.fixture(scope="module")
def whole(corpus, tmp_path_factory):
    out = tmp_path_factory.mktemp("whole")
    run([f"--input={corpus[0]}", f"--output={out}"])
    return out


def told(out: pathlib.Path) -> dict[str, list]:
    """What a warehouse says, but for which run said it."""
    session = connect(LocalStore(str(out)))
    return {
        table: sorted(map(repr, session.execute(f"SELECT * EXCLUDE (run_id) FROM {table}").fetchall()))
        for table in ("items", "sightings", "snapshots", "removed", "dead_letter", "fingerprints", "merges")
    }


def test_what_was_generated_is_what_is_found(corpus, whole):
    truth = corpus[1]
    session = connect(LocalStore(str(whole)))
    found = session.execute(
        "SELECT count(DISTINCT item_id), count(*), (SELECT count(*) FROM sightings), (SELECT count(*) FROM snapshots) "
        "FROM items"
    ).fetchone()
    assert found == (truth.items, truth.versions, truth.entries, truth.snapshots)


def test_several_small_runs_equal_one_large_one(corpus, whole, tmp_path):
    out = tmp_path / "cut"
    done = run([f"--input={corpus[0]}", f"--output={out}", f"--max_run_bytes={corpus[1].size // 7}"])
    assert len(done.committed) >= 7
    assert told(out) == told(whole)
    assert list(verify(LocalStore(str(out)))) == []
    files = live_files(read_manifests(LocalStore(str(out))))
    folders = [file.path.rpartition("/")[0] for file in files]
    assert max(map(folders.count, folders)) <= 4  # they were compacted at the end


def test_what_was_taken_in_before_a_stop_is_not_taken_in_again(corpus, whole, tmp_path):
    out = tmp_path / "stopped"
    hours = sorted(path for path in corpus[0].glob("*/*"))
    first = ",".join(map(str, hours[: len(hours) // 2]))
    run([f"--input={first}", f"--output={out}"])
    done = run([f"--input={corpus[0]}", f"--output={out}", f"--max_run_bytes={corpus[1].size // 5}"])
    assert done.counters["read.snapshots_skipped"] == sum(
        len(list(hour.iterdir())) for hour in hours[: len(hours) // 2]
    )
    assert told(out) == told(whole)


@pytest.mark.parametrize("mode", ["multi_threading", "multi_processing"])
def test_the_engines_own_workers_write_the_same(corpus, whole, tmp_path, mode):
    """Threads that encode tables for each other, and processes that tables must travel to."""
    out = tmp_path / mode
    run([f"--input={corpus[0]}", f"--output={out}", f"--direct_running_mode={mode}", "--direct_num_workers=2"])
    assert told(out) == told(whole)


def test_no_table_is_kept_after_a_run_that_failed(corpus, tmp_path, monkeypatch):
    held = []

    def fails(*_given):
        held.append(len(coders._kept))
        raise RuntimeError("it failed")

    monkeypatch.setattr("feedmill.transforms.stages.resolve.resolve", fails)
    with pytest.raises(RuntimeError, match="it failed"):
        run([f"--input={corpus[0]}", f"--output={tmp_path / 'out'}"])
    assert held[0] > 0 and not coders._kept


@pytest.mark.timeout(180)
def test_two_processes_write_the_bytes_that_one_writes(corpus, whole, tmp_path):
    out = tmp_path / "two"
    run([f"--input={corpus[0]}", f"--output={out}", "--workers=2"])
    assert tree(out) == tree(whole)


def test_workers_must_be_a_number_or_auto(corpus, tmp_path):
    with pytest.raises(UsageError, match="--workers many: give a number of processes, or auto"):
        run([f"--input={corpus[0]}", f"--output={tmp_path / 'out'}", "--workers=many"])


def test_an_archive_is_cut_over_several_runs_and_read_once(corpus, tmp_path, monkeypatch):
    archive = tmp_path / "all.tar.gz"
    with tarfile.open(archive, "w:gz") as members:
        for path in sorted(path for path in corpus[0].rglob("*") if path.is_file()):
            members.add(path, arcname=str(path.relative_to(corpus[0])))
    opened = []
    monkeypatch.setattr(inputs, "unpack", lambda *a, **k: opened.append(a[0]) or unpack(*a, **k))
    cut, whole = tmp_path / "cut", tmp_path / "whole"
    most = corpus[1].size // 7
    done = run([f"--input={archive}", f"--output={cut}", f"--max_run_bytes={most}"])
    assert len(done.committed) >= 5 and len(opened) == 1
    largest = max(path.stat().st_size for path in corpus[0].rglob("*"))
    assert all(manifest.ledger["size"] <= most + most // 3 + largest for manifest in done.committed)
    assert done.counters["read.files_in"] == 1
    run([f"--input={archive}", f"--output={whole}"])
    assert told(cut) == told(whole)
    assert list(verify(LocalStore(str(cut)))) == []
    assert not run([f"--input={archive}", f"--output={cut}", f"--max_run_bytes={most}"]).committed
    redone = run([f"--input={archive}", f"--output={cut}", f"--max_run_bytes={most}", "--reprocess"])
    assert redone.counters["dedupe.snapshots_redone"] == corpus[1].snapshots
    assert told(cut) == told(whole)
