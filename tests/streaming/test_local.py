"""The stream on this machine, small. The sizes that were promised are in `make stream-test`."""

import os
import pty
import random
import re
import signal
import time

import pytest
from feedmill.pipelines.ingest import run
from feedmill.pipelines.plan import plan_run
from feedmill.pipelines.stream import stream
from feedmill.transforms.failures import UsageError
from feedmill.transforms.storage.local import LocalStore
from feedmill.transforms.warehouse.verify import verify

from tests.streaming.landing import Drop, Lander, corpus, in_disorder, said, snapshots_in, start, stop, wait_for, write

pytestmark = pytest.mark.timeout(120)

QUICK = ("--window=500ms", "--poll_interval=200ms")


@pytest.fixture(scope="module")
def drops():
    return corpus(60)


@pytest.fixture(scope="module")
def batch(drops, tmp_path_factory):
    """What one run over the same snapshots says."""
    folder = tmp_path_factory.mktemp("batch")
    write(folder / "in", drops)
    run([f"--input={folder / 'in'}", f"--output={folder / 'out'}"])
    return said(folder / "out")


def test_disorder_and_repeats_give_what_a_batch_gives(drops, batch, tmp_path):
    folder, out = tmp_path / "in", tmp_path / "out"
    write(folder, drops[:1])
    ours, theirs = pty.openpty()
    with start(folder, out, *QUICK, stderr=theirs) as process, open(ours, "rb", buffering=0) as terminal:
        os.close(theirs)
        wait_for(out, 1, timeout=60)  # it is up
        lander = Lander(folder, in_disorder(drops[1:]), rate=20)
        lander.start()
        lander.join()
        wait_for(out, len(drops), timeout=60)
        time.sleep(1)
        shown = terminal.read(100_000).decode()
        told = stop(process)
    assert said(out) == batch
    assert len(list(out.glob("_manifests/*.json"))) > 1
    assert list(verify(LocalStore(str(out)))) == []
    assert f"{len(drops)} new snapshots" in told and "balance" in told
    assert "\r" in shown and re.search(r"\d+ duplicates \+ \d+ dead", shown)
    assert re.search(r"95 % within \d\.\d s", shown)


def test_kills_at_random_change_nothing(drops, batch, tmp_path):
    folder, out = tmp_path / "in", tmp_path / "out"
    write(folder, drops[:20])
    draw = random.Random(3)
    rest = in_disorder(drops)
    for share in (rest[:40], rest[40:]):
        with start(folder, out, *QUICK, "--max_run_bytes=100000") as process:
            write(folder, share)
            end = time.monotonic() + 30
            before = snapshots_in(out)
            while snapshots_in(out) == before and time.monotonic() < end:
                time.sleep(0.02)
            time.sleep(draw.random())
            process.kill()
            process.communicate()
    with start(folder, out, *QUICK) as process:
        wait_for(out, len(drops), timeout=60)
        stop(process)
    assert said(out) == batch
    assert list(verify(LocalStore(str(out)))) == []


def _settled(folder, drops):
    """Writes files that were last changed long enough ago, however quickly the stream starts."""
    write(folder, drops)
    for path, _ in drops:
        os.utime(folder / path, (time.time() - 10,) * 2)


def _stop_when(enough):
    """Ends a stream of this process, as a signal does, when there is enough."""

    def watch(tally):
        if enough(tally):
            os.kill(os.getpid(), signal.SIGTERM)

    return watch


def test_a_stop_ends_the_stream_and_the_next_goes_on(drops, batch, tmp_path):
    folder, out = tmp_path / "in", tmp_path / "out"
    flags = [f"--input={folder}", f"--output={out}", "--streaming", *QUICK, "--poll_interval=10ms"]
    _settled(folder, drops[:30])
    first, _ = stream(plan_run(flags), _stop_when(lambda tally: tally.windows))
    assert first.ledger.snapshots == 30
    _settled(folder, drops[30:])
    second, _ = stream(plan_run(flags), _stop_when(lambda tally: tally.windows))
    assert second.ledger.snapshots == len(drops) - 30
    assert second.counters["read.snapshots_skipped"] == 30
    assert said(out) == batch


def test_a_stop_between_two_runs_of_a_window_leaves_the_rest_for_the_next(drops, batch, tmp_path, monkeypatch):
    folder, out = tmp_path / "in", tmp_path / "out"
    flags = [f"--input={folder}", f"--output={out}", "--streaming", *QUICK, "--poll_interval=10ms"]
    _settled(folder, drops)
    from feedmill.pipelines import stream as module

    real = module.build_window

    def build_window(*args):
        os.kill(os.getpid(), signal.SIGINT)
        real(*args)

    with monkeypatch.context() as patch:
        patch.setattr(module, "build_window", build_window)
        first, _ = stream(plan_run([*flags, "--max_run_bytes=200000"]))
    assert first.windows == 1 and 0 < first.ledger.snapshots < len(drops)
    assert first.waiting == len(drops) - first.ledger.snapshots
    stream(plan_run(flags), _stop_when(lambda tally: tally.windows))
    assert said(out) == batch


def test_a_second_stop_abandons_the_window_whole(drops, tmp_path, monkeypatch):
    folder, out = tmp_path / "in", tmp_path / "out"
    _settled(folder, drops)
    from feedmill.transforms.stages import resolve
    from feedmill.transforms.warehouse import manifests

    real = resolve.resolve

    def slow(*args):
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.1)
        return real(*args)

    monkeypatch.setattr(resolve, "resolve", slow)
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        stream(plan_run([f"--input={folder}", f"--output={out}", "--streaming", "--poll_interval=10ms"]))
    assert manifests.committed_runs(LocalStore(str(out))) == []
    assert signal.getsignal(signal.SIGINT) is before


def test_late_snapshots_are_counted_and_taken_in(drops, tmp_path):
    feed = (
        b"<rss version='2.0'><channel><title>The Ferry Post</title><item><title>Ferry number %d runs again</title>"
        b"<link>https://ferry.example/%d</link></item></channel></rss>"
    )
    folder, out = tmp_path / "in", tmp_path / "out"
    write(folder, [Drop("20250715T100000Z.xml", feed % (1, 1))])

    def watch(tally):
        if tally.windows == 1:
            write(folder, [Drop("20250715T095500Z.xml", feed % (2, 2)), Drop("20250715T084500Z.xml", feed % (3, 3))])
        elif tally.ledger.snapshots == 3:
            os.kill(os.getpid(), signal.SIGINT)

    flags = [f"--input={folder}", f"--output={out}", "--streaming", "--poll_interval=10ms", "--window=10ms"]
    tally, _ = stream(plan_run(flags), watch)
    assert tally.counters["stream.snapshots_late"] == 1
    assert tally.ledger.new == 3


def test_however_long_a_stream_goes_on_its_manifests_and_files_are_few(drops, batch, tmp_path, monkeypatch):
    from feedmill.transforms import windows
    from feedmill.transforms.warehouse import compact

    monkeypatch.setattr(windows, "_COMPACT_EVERY", 2)
    monkeypatch.setattr(compact, "_MOST_MANIFESTS", 3)
    folder, out = tmp_path / "in", tmp_path / "out"
    store, left, most = LocalStore(str(out)), in_disorder(drops), []

    def watch(tally):
        most.append((len(store.list("_manifests")), len(store.list("snapshots"))))
        _settled(folder, [left.pop() for _ in left[:3]])
        if tally.ledger.snapshots == len(drops):
            os.kill(os.getpid(), signal.SIGINT)

    tally, _ = stream(plan_run([f"--input={folder}", f"--output={out}", "--streaming", *QUICK, "--window=1ms"]), watch)
    assert tally.windows > 15
    assert max(manifests for manifests, _ in most) <= 12 and max(files for _, files in most) <= 8
    assert said(out) == batch
    assert list(verify(store)) == []


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--input=a", "--input_subscription=projects/p/subscriptions/s"], "one of --input and --input_subscription"),
        ([], "one of --input and --input_subscription"),
        (["--input=a", "--window=soon"], "--window: 'soon' is no length of time"),
        (["--input=a", "--poll_interval=0s"], "--poll_interval: '0s' is no length of time"),
        (["--input_subscription=s"], "give projects/PROJECT/subscriptions/NAME"),
        (["--input=s3://a/b"], "s3://a/b"),
    ],
)
def test_a_wrong_flag_is_named(flags, message, tmp_path):
    with pytest.raises(UsageError, match=message):
        stream(plan_run([f"--output={tmp_path / 'out'}", "--streaming", *flags]))
