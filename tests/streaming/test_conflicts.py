"""Others write to the bucket that a stream writes to: each window looks again and tries again."""

import os
import signal

import pytest
from feedmill.pipelines.commands.stream import skipped
from feedmill.pipelines.ingest import run
from feedmill.pipelines.plan import plan_run
from feedmill.pipelines.stream import stream
from feedmill.transforms import windows
from feedmill.transforms.storage.gcs import GcsStore
from feedmill.transforms.warehouse.compact import compact
from feedmill.transforms.warehouse.manifests import CommitConflict, committed_runs, read_manifests
from feedmill.transforms.warehouse.verify import verify

from tests.gcs.bucket import NAME
from tests.streaming.landing import corpus, said, write

pytestmark = pytest.mark.timeout(120)
OUT = f"gs://{NAME}/out"
COMMIT = ("upload", "out/_staging/commit.json")


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(windows, "_WAITS", (0.0, 0.0))


@pytest.fixture(scope="module")
def drops():
    return corpus(60)[:12]


@pytest.fixture(scope="module")
def batch(drops, tmp_path_factory):
    folder = tmp_path_factory.mktemp("batch")
    write(folder / "in", drops)
    run([f"--input={folder / 'in'}", f"--output={folder / 'out'}"])
    return said(folder / "out")


@pytest.fixture
def parts(drops, tmp_path):
    """Folders with three parts of the snapshots, old enough to be read at once."""
    for number in range(3):
        write(tmp_path / str(number), drops[number::3])
        for path, _ in drops[number::3]:
            os.utime(tmp_path / str(number) / path, (1.75e9, 1.75e9))
    return [str(tmp_path / str(number)) for number in range(3)]


def streamed(part):
    """Streams a folder until there is nothing left to read."""
    flags = [f"--input={part}", f"--output={OUT}", "--streaming", "--window=10ms", "--poll_interval=10ms"]
    return stream(plan_run(flags), lambda tally: os.kill(os.getpid(), signal.SIGINT))[0]


def when(bucket, asked, then):
    """Does something each time before the bucket hears what is `asked`, unless it is the doer who asks."""
    busy = []

    def fail(verb, name):
        if not busy and asked(verb, name):
            busy.append(1)
            then()
            busy.clear()

    bucket.fail = fail


def once(then):
    left = [then]
    return lambda: left.pop()() if left else None


def test_a_run_that_commits_first_is_taken_into_account(bucket, parts, batch, drops):
    run([f"--input={parts[0]}", f"--output={OUT}"])
    both = f"{parts[1]},{parts[2]}/{drops[2].path}"  # the stream has the last of these too
    when(bucket, lambda *asked: asked == COMMIT, once(lambda: run([f"--input={both}", f"--output={OUT}"])))
    tally = streamed(parts[2])
    assert (tally.windows, tally.ledger.snapshots, skipped(tally)) == (1, 3, 1)
    assert tally.counters["stream.conflicts"] == 1
    assert tally.counters["dedupe.new"] == tally.ledger.new  # a try that came to nothing is not counted
    assert said(OUT) == batch
    assert list(verify(GcsStore(OUT))) == []


@pytest.mark.parametrize("table", ["snapshots", "fingerprints"])
def test_files_may_be_compacted_while_a_window_reads_them(bucket, parts, batch, table):
    for part in parts[:2]:
        run([f"--input={part}", f"--output={OUT}"])
    is_read = lambda verb, name: verb in ("read", "stat") and name.startswith(f"out/{table}/")  # noqa: E731
    when(bucket, is_read, once(lambda: compact(GcsStore(OUT))))
    assert streamed(parts[2]).windows == 1
    bucket.fail = lambda verb, name: None
    assert sum(bool(manifest.replaces) for manifest in read_manifests(GcsStore(OUT))) == 1
    assert said(OUT) == batch


def test_who_compacts_while_others_commit_is_told_to_try_again(bucket, parts, batch):
    """They sweep what it has staged."""
    for part in parts[:2]:
        run([f"--input={part}", f"--output={OUT}"])
    stages = lambda verb, name: verb == "upload" and name.startswith("out/_staging/")  # noqa: E731
    when(bucket, stages, once(lambda: run([f"--input={parts[2]}", f"--output={OUT}"])))
    with pytest.raises(CommitConflict, match="run again"):
        compact(GcsStore(OUT))
    assert compact(GcsStore(OUT)).manifest
    assert said(OUT) == batch
    assert list(verify(GcsStore(OUT))) == []


def test_who_loses_every_time_gives_up_and_has_changed_nothing(bucket, parts, batch, drops, tmp_path):
    run([f"--input={parts[0]}", f"--output={OUT}"])
    rivals = [parts[1], *(f"{parts[2]}/{drop.path}" for drop in drops[2::3][:2])]
    when(bucket, lambda *asked: asked == COMMIT, lambda: run([f"--input={rivals.pop(0)}", f"--output={OUT}"]))
    with pytest.raises(CommitConflict):
        streamed(parts[2])
    bucket.fail = lambda verb, name: None
    assert not rivals and len(committed_runs(GcsStore(OUT))) == 4
    assert streamed(parts[2]).ledger.snapshots == 2
    assert said(OUT) == batch
