"""From a bucket to a bucket: the same tables as from disk to disk, whatever happens on the way."""

import hashlib
import itertools
import json
import os
import threading

import pytest
from feedmill.pipelines import cli
from feedmill.pipelines.ingest import run
from feedmill.transforms.failures import UsageError
from feedmill.transforms.storage import gcs
from feedmill.transforms.storage.gcs import GcsStore
from feedmill.transforms.storage.local import LocalStore
from feedmill.transforms.warehouse.query import connect
from feedmill.transforms.warehouse.tables import SCHEMAS
from feedmill.transforms.warehouse.verify import verify

from tests.conftest import ROOT
from tests.gcs.bucket import BUSY, CUT, LOST, NAME, SILENT

pytestmark = pytest.mark.timeout(300)
MTIME = 1_752_575_940  # seconds


def pile(folder):
    """Snapshots of a feed, of which each has half of the one before, and the sample pages."""
    store = LocalStore(str(folder))
    for hour in range(6):
        items = [
            {
                "id": f"https://ferry.example/{n}",
                "url": f"https://ferry.example/{n}",
                "title": f"Ferry {n} runs again",
                "content_text": f"The ferry number {n} crossed the strait after {n} weeks in the dock. " * 20,
                "date_published": f"2025-07-{n % 28 + 1:02}T10:00:00Z",
            }
            for n in range(hour * 10, hour * 10 + 20)
        ]
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": "The Ferry Post", "items": items}
        store.write(f"feeds/day {hour % 2}/ferry-20250715T{hour:02}0000Z.json", json.dumps(feed).encode())
    for seed in sorted((ROOT / "seeds").glob("*.txt")):
        store.write(f"pages/{seed.name}", seed.read_bytes())
    for name in store.list("."):
        os.utime(folder / name, (MTIME, MTIME))
    return store


def upload(store, folder):
    """Puts a folder in the bucket, with the files' times, as `gcloud storage rsync --preserve-posix` does."""
    for name in store.list("."):
        blob = folder._blob(name)
        blob.metadata = {"goog-reserved-file-mtime": str(MTIME)}
        blob.upload_from_string(store.read(name))


def digests(store):
    return {name: hashlib.sha256(store.read(name)).hexdigest() for name in store.list(".")}


def rows(store, inputs):
    """Every table's rows, with names of files as they are below the folder `inputs`.

    Without the run's id: a snapshot that was declined names it by where it lies.
    """
    session = connect(store)
    tables = {}
    for table in SCHEMAS:
        found = session.sql(f"SELECT * EXCLUDE (run_id) FROM {table}").to_arrow_table()
        tables[table] = sorted(str(row).replace(inputs, "") for row in found.to_pylist())
    return tables


@pytest.fixture
def here(tmp_path):
    return pile(tmp_path / "in")


@pytest.fixture
def there(bucket, here):
    folder = GcsStore(f"gs://{NAME}/in")
    upload(here, folder)
    return folder


@pytest.fixture
def calm(here, tmp_path):
    out = tmp_path / "calm"
    run([f"--input={here.root}", f"--output={out}"])
    return LocalStore(str(out))


def test_bucket_to_bucket_twice_equals_disk_to_disk(bucket, here, there, calm, capsys):
    out = GcsStore(f"gs://{NAME}/out")
    assert run([f"--input={there.root}/**", f"--output={out.root}"]).committed
    first = digests(out)
    assert not run([f"--input={there.root}/feeds/**,{there.root}/pages", f"--output={out.root}"]).committed
    assert digests(out) == first
    assert sorted(first) == sorted(digests(calm))
    assert rows(out, there.root) == rows(calm, here.root)
    assert list(verify(out)) == []

    other = GcsStore(f"gs://{NAME}/other")
    run([f"--input={here.root}", f"--output={other.root}"])
    assert digests(other) == digests(calm)  # to the byte: here even the names of the inputs are the same

    capsys.readouterr()
    assert (
        cli.main(["query", "-w", out.root, "--format=json", "SELECT count(*) AS n, min(lang) AS lang FROM items"]) == 0
    )
    assert json.loads(capsys.readouterr().out)["n"] >= 70
    assert cli.main(["verify", out.root]) == 0
    assert cli.main(["split", "--json", f"{there.root}/pages"]) == 0
    assert f"{there.root}/pages/" in capsys.readouterr().out
    with pytest.raises(UsageError, match="there is no warehouse here"):
        connect(GcsStore(f"gs://{NAME}/none"))


def test_a_warehouse_in_a_bucket_is_compacted_and_explained(bucket, there, capsys):
    out = GcsStore(f"gs://{NAME}/out")
    for part in ("feeds/day 0", "feeds/day 1"):
        run([f"--input={there.root}/{part}", f"--output={out.root}"])
    before = rows(out, ""), len(out.list("sightings"))
    assert cli.main(["compact", out.root]) == 0
    assert list(verify(out)) == []
    assert rows(out, "") == before[0] and len(out.list("sightings")) < before[1]
    (item,) = connect(out).execute("SELECT min(item_id) FROM items").fetchone()
    capsys.readouterr()
    assert cli.main(["explain", "--source", item, "-w", out.root]) == 0
    told = capsys.readouterr().out
    assert "Ferry" in told and "the file is gone" not in told


def test_what_is_redone_in_a_bucket_is_as_on_disk(bucket, here, there, calm):
    out = GcsStore(f"gs://{NAME}/out")
    run([f"--input={there.root}/**", f"--output={out.root}"])
    before = rows(out, there.root)
    flags = ["--reprocess", "--timezone=Asia/Tokyo"]  # the sample pages name no zone
    for inputs, place in ((here.root, calm), (there.root, out)):
        done = run([f"--input={inputs}/pages,{inputs}/feeds/day 0", f"--output={place.root}", *flags])
        assert done.counters["dedupe.snapshots_redone"] == 5
    assert rows(out, there.root) == rows(calm, here.root) != before
    assert list(verify(out)) == []
    assert not out.list("_staging")


def test_faults_lose_and_double_nothing(bucket, here, there, calm, monkeypatch):
    """Every third request fails, in one way or another; a request that failed is sent again."""
    monkeypatch.setitem(gcs._AGAIN, "timeout", (1, 1))
    tries, kinds = itertools.count(), itertools.cycle([BUSY, LOST, CUT, BUSY, LOST, CUT, BUSY, LOST, CUT, SILENT])
    bucket.fail = lambda verb, name: next(kinds) if next(tries) % 3 == 2 else None
    out = GcsStore(f"gs://{NAME}/out")
    assert run([f"--input={there.root}/**", f"--output={out.root}"]).committed
    assert not run([f"--input={there.root}/**", f"--output={out.root}"]).committed
    assert min(bucket.seen[fault] for fault in (BUSY, LOST, CUT, SILENT)) >= 3
    bucket.fail = lambda verb, name: None
    assert sorted(digests(out)) == sorted(digests(calm))
    assert rows(out, there.root) == rows(calm, here.root)


def test_of_two_writers_at_once_one_commits_and_the_other_runs_again(bucket, here, there, calm):
    """Both have read the warehouse before either commits."""
    out = GcsStore(f"gs://{NAME}/out")
    parts = [f"--input={there.root}/feeds/**", f"--input={there.root}/pages/**"]
    both = threading.Barrier(2, timeout=120)
    bucket.fail = lambda verb, name: (
        both.wait() and None if (verb, name) == ("upload", "out/_staging/commit.json") else None
    )
    failed = []

    def ingest(part):
        try:
            run([part, f"--output={out.root}"])
        except Exception as error:  # noqa: BLE001 - engines raise what they like; the test looks at what it says
            failed.append((part, str(error)))

    threads = [threading.Thread(target=ingest, args=(part,)) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    bucket.fail = lambda verb, name: None
    ((part, why),) = failed
    assert "run again" in why
    assert run([part, f"--output={out.root}"]).committed
    assert list(verify(out)) == []
    count = "SELECT count(*), count(DISTINCT item_id) FROM items"
    assert connect(out).sql(count).fetchall() == connect(calm).sql(count).fetchall()
    assert not out.list("_staging")
