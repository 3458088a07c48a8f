import os
import signal
import subprocess
import sys
import time

import pyarrow.parquet as pq
import pytest
from feedmill.pipelines.commands import query as query_command
from feedmill.pipelines.ingest import run
from feedmill.transforms.failures import UsageError
from feedmill.transforms.storage.local import LocalStore
from feedmill.transforms.warehouse import compact as compacting
from feedmill.transforms.warehouse import manifests
from feedmill.transforms.warehouse.compact import compact
from feedmill.transforms.warehouse.manifests import commit, data_files, live_files, read_manifests, recover
from feedmill.transforms.warehouse.query import connect
from feedmill.transforms.warehouse.verify import verify

from tests.conftest import ROOT, tree
from tests.warehouse.test_manifests import staged_run

FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>The Ferry Post</title>
<link>https://ferry.example/</link>{items}</channel></rss>"""
ITEM = """<item><title>Ferry {n} runs again</title><link>https://ferry.example/2025/ferry-{n}-again</link>
<guid>https://ferry.example/2025/ferry-{n}-again</guid><pubDate>Tue, 15 Jul 2025 10:{n:02}:00 GMT</pubDate>
<description>The ferry number {n} crossed the strait on Tuesday after a winter in the dock{how}.</description></item>"""
DAYS = 4


def ingest(folder, out, *days):
    for day in days:
        items = "".join(ITEM.format(n=n, how=", late" if n == day else "") for n in range(day, day + 12))
        path = folder / f"ferry-2025071{day}T060000Z.xml"
        path.write_text(FEED.format(items=items))
        run([f"--input={path}", f"--output={out}"])


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """A warehouse of four runs."""
    folder = tmp_path_factory.mktemp("many")
    ingest(folder, folder / "out", *range(DAYS))
    return folder / "out"


@pytest.fixture
def out(many, tmp_path):
    target = tmp_path / "out"
    subprocess.run(["cp", "-r", str(many), str(target)], check=True)
    return target


def rows(out):
    session = connect(LocalStore(str(out)))
    tables = ("items", "sightings", "snapshots", "removed", "dead_letter", "fingerprints", "merges", "revisions")
    return {table: sorted(map(repr, session.execute(f"FROM {table}").fetchall())) for table in tables}


def test_rows_stay_and_files_become_few(out):
    before = rows(out)
    store = LocalStore(str(out))
    done = compact(store)
    assert rows(out) == before
    assert done.before > done.after
    folders = [file.path.rpartition("/")[0] for file in live_files(read_manifests(store))]
    assert len(folders) == len(set(folders)) == done.after
    assert list(verify(store)) == []
    assert sorted(str(p.relative_to(out)) for p in out.rglob("*.parquet")) == [
        file.path for file in live_files(read_manifests(store))
    ]


def test_a_glob_over_a_table_reads_each_row_once(out):
    """DuckDB's ** knows no manifests."""
    store = LocalStore(str(out))
    before = len(rows(out)["sightings"])
    compact(store)
    import duckdb

    [(count,)] = duckdb.sql(f"SELECT count(*) FROM '{out}/sightings/**/*.parquet'").fetchall()
    assert count == before


def test_again_there_is_nothing_to_do(out):
    store = LocalStore(str(out))
    compact(store)
    before = tree(out)
    assert compact(store).manifest is None
    assert tree(out) == before


def test_the_same_warehouse_gives_the_same_bytes_however_many_write_them(many, tmp_path):
    trees = []
    for name, workers in (("a", 1), ("b", 2)):
        subprocess.run(["cp", "-r", str(many), str(tmp_path / name)], check=True)
        compact(LocalStore(str(tmp_path / name)), workers=workers)
        trees.append(tree(tmp_path / name))
    assert trees[0] == trees[1]


def test_a_run_after_it_knows_what_was_there(out, tmp_path):
    store = LocalStore(str(out))
    untouched = tmp_path / "untouched"
    subprocess.run(["cp", "-r", str(out), str(untouched)], check=True)
    compact(store)
    for place in (out, untouched):
        ingest(tmp_path, place, DAYS)
    count = {place: {k: len(v) for k, v in rows(place).items()} for place in (out, untouched)}
    assert count[out] == count[untouched]
    compact(store)  # what is compacted can be again
    assert list(verify(store)) == []
    assert {k: len(v) for k, v in rows(out).items()} == count[untouched]


def test_a_query_that_meets_a_compaction_is_asked_again(out, monkeypatch, capsys):
    store, asked = LocalStore(str(out)), []

    def then_compacted(*args):
        session = connect(*args)
        asked.append(compact(store))
        return session

    monkeypatch.setattr(query_command, "connect", then_compacted)
    assert query_command.query(str(out), "SELECT count(*) AS n FROM sightings", "json") == 0
    assert capsys.readouterr().out == '{"n": 48}\n' and len(asked) == 2
    next(out.glob("sightings/**/*.parquet")).unlink()
    with pytest.raises(UsageError, match="sightings"):
        query_command.query(str(out), "SELECT count(*) AS n FROM sightings", "json")


def test_only_crowded_partitions_are_touched(out):
    store = LocalStore(str(out))
    before = tree(out)
    assert compact(store, most=DAYS).manifest is None
    assert tree(out) == before


def test_large_files_stay(out, monkeypatch):
    monkeypatch.setattr("feedmill.transforms.warehouse.compact._FILE_BYTES", 2)
    assert compact(LocalStore(str(out))).manifest is None


def test_who_compacts_often_writes_each_row_a_few_times(tmp_path):
    """A small file at a time, compacted after every eighth, as a stream does."""
    store = LocalStore(str(tmp_path))
    written = {}
    for number in range(130):
        commit(store, staged_run(store, f"r{number}", base=manifests.committed_runs(store)))
        if number % 8 == 7 and (done := compact(store, most=4, alike=True)).manifest:
            for file in done.manifest.files:
                for run in pq.read_table(tmp_path / file.path)["run_id"].to_pylist():
                    written[run] = written.get(run, 0) + 1
        assert len(live_files(read_manifests(store))) <= 16
    assert len(written) == 128 and max(written.values()) == 2
    assert sum(file.rows for file in live_files(read_manifests(store))) == 130


def test_who_compacts_often_does_a_little_at_a_time_and_all_in_the_end(out, monkeypatch):
    monkeypatch.setattr(compacting, "_QUICK_BYTES", 0)
    store = LocalStore(str(out))
    before = rows(out)
    brought = []
    while (done := compact(store, most=3, alike=True)).manifest:
        brought.append(len({path.rpartition("/")[0] for path in done.manifest.replaces}))
    assert len(brought) > 1 and set(brought) == {1}
    assert rows(out) == before


@pytest.mark.parametrize("step", ["move", "write", "delete"])
def test_a_death_at_any_step_of_the_commit_is_made_good(out, tmp_path, monkeypatch, step):
    before = rows(out)
    calm = tmp_path / "calm"
    subprocess.run(["cp", "-r", str(out), str(calm)], check=True)
    compact(LocalStore(str(calm)))

    class Death(BaseException):
        pass

    store = LocalStore(str(out))
    begun = []
    monkeypatch.setattr(manifests, "_complete", _noting(begun, manifests._complete))
    original = getattr(store, step)

    def dying(*args):
        if begun:
            begun.append(step)
            if len(begun) == 3:  # the second time
                raise Death
        return original(*args)

    monkeypatch.setattr(store, step, dying)
    with pytest.raises(Death):
        compact(store)
    monkeypatch.undo()
    assert rows(out) == before  # whoever reads by the manifests meanwhile
    fresh = LocalStore(str(out))
    recover(fresh, alone=True)
    assert tree(out) == tree(calm)


def _noting(begun, function):
    def noted(*args):
        begun.append("begun")
        return function(*args)

    return noted


def test_a_killed_compact_is_made_good_by_the_next_command(out):
    before = rows(out)
    process = subprocess.Popen([sys.executable, "-m", "feedmill", "compact", str(out)], cwd=ROOT)
    end = time.monotonic() + 30
    while not (out / "_staging").exists() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.0005)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert rows(out) == before
    subprocess.run([sys.executable, "-m", "feedmill", "compact", str(out)], cwd=ROOT, check=True)
    assert rows(out) == before
    assert list(verify(LocalStore(str(out)))) == []
    assert len(data_files(read_manifests(LocalStore(str(out))), "snapshots")) == 1
