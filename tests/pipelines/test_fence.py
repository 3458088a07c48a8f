"""One bad input costs only itself: whatever goes wrong with it, the rest is committed and the books balance."""

import errno
import io
import json
import os
import signal
import tarfile
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from feedmill.pipelines.cli import main
from feedmill.pipelines.ingest import run
from feedmill.pipelines.plan import plan_run
from feedmill.pipelines.stream import stream
from feedmill.transforms import failures
from feedmill.transforms.captures import containers
from feedmill.transforms.failures import Reason, error_text, internal_error, is_machines, is_tried_again
from feedmill.transforms.stages import split as stage
from feedmill.transforms.storage.local import LocalStore
from feedmill.transforms.warehouse.manifests import read_manifests
from feedmill.transforms.warehouse.query import connect
from feedmill.transforms.warehouse.verify import verify

from tests.conftest import tree

pytestmark = pytest.mark.timeout(120)

GOOD = 20  # files beside the bad one


def feed(n: int | str) -> bytes:
    return (
        f"<rss version='2.0'><channel><title>The Ferry Post</title><item><title>Ferry {n} runs again</title>"
        f"<guid>https://ferry.example/{n}</guid><description>The ferry {n} crossed the strait on Tuesday.</description>"
        "</item></channel></rss>"
    ).encode()


def tar(story: str = "tar", **header) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
        member = tarfile.TarInfo("a.xml")
        data = feed(story)
        member.size = len(data)
        for key, value in header.items():
            setattr(member, key, value)
        archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


def jsonfeed(**item) -> bytes:
    entry = {"id": "1", "title": "Rain", "content_text": "The river rose by two metres overnight.", **item}
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": [entry]}).encode()


def parquet() -> bytes:
    text = pa.Array.from_buffers(
        pa.string(), 2, pa.array([feed("p").replace(b"strait", b"str\xd3it"), feed("q")]).buffers()
    )
    table = pa.table({"url": ["https://a.example/1", "https://a.example/2"], "html": text})
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


def warc(date: str, story: str = "warc") -> bytes:
    body = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n" + feed(story)
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/\r\nWARC-Date: {date}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body + b"\r\n\r\n"


# What stopped a run once, and how many stories it gives now.
ODD = {
    "half-an-emoji.json": (jsonfeed(title="Rain \ud83d", url="https://a.example/\udc00", id="x\ud83d"), 1),
    "half-a-key.json": (jsonfeed(**{"\ud83d": "x", "tags": ["\udfff"]}), 1),
    "control.json": (jsonfeed(title="Ra\x00in \x9b", url="https://a.example/\x00", id="x\x00\x1b"), 1),
    "nothing-but-control.json": (jsonfeed(title="\x00", content_text="\x01", id="\x02"), 0),
    "year-36812.tar": (tar("36812", mtime=1_099_511_627_775), 1),
    "mtime-of-base-256.tar": (tar("256", mtime=1 << 80), 1),
    "not-utf8.parquet": (parquet(), 2),
    "year-0.warc": (warc("0000-00-00T00:00:00Z"), 1),
    "year-9999.warc": (warc("9999-12-31T23:59:59-14:00", "9999"), 1),
    "epoch.jsonl": (b'{"title":"Rain","text":"It rose by two metres.","url":"https://a.example/1","date":1e300}\n', 1),
    "superscript.xml": (feed("s").replace(b"<item>", "<item><pubDate>²</pubDate>".encode()), 1),
    "arabic.xml": (feed("t").replace(b"<item>", "<item><pubDate>١٧٥٢٥٧٦٠٦٣</pubDate>".encode()), 1),
    "year-10000.xml": (feed("u").replace(b"<item>", b"<item><pubDate>9999-12-31T23:59:59-14:00</pubDate>"), 1),
    "long-reference.xml": (feed("v").replace(b"strait", b"&amp;#" + b"1" * 5000 + b";"), 1),
    "category.xml": (b'<entry xmlns="http://www.w3.org/2005/Atom"><category term="one"/></entry>', 0),
}


def write(folder, files: dict[str, bytes]) -> None:
    folder.mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
        os.utime(folder / name, (1_752_576_063,) * 2)


@pytest.fixture
def good(tmp_path):
    folder = tmp_path / "in"
    write(folder, {f"good-{n:02}.xml": feed(n) for n in range(GOOD)})
    return folder


def asked(out, sql: str) -> list[tuple]:
    return connect(LocalStore(str(out))).execute(sql).fetchall()


def check(out) -> None:
    assert list(verify(LocalStore(str(out)))) == []


def test_what_stopped_a_run_once_costs_at_most_itself(good, tmp_path, capsys):
    out = tmp_path / "out"
    write(good, {name: data for name, (data, _) in ODD.items()})
    assert main(["ingest", f"--input={good}", f"--output={out}"]) == 0, capsys.readouterr()
    check(out)
    rows = asked(out, "SELECT regexp_extract(snapshot_uri, 'in/([^#]+)', 1), count(*) FROM sightings GROUP BY ALL")
    assert {name: count for name, count in rows if not name.startswith("good")} == {
        name: count for name, (_, count) in ODD.items() if count
    }
    (title, url, guid, replaced), *_ = asked(
        out, "SELECT title, url_raw, guid, replaced_chars FROM items JOIN snapshots USING (snapshot_uri) "
        "WHERE snapshot_uri LIKE '%half-an-emoji%'"
    )  # fmt: skip
    assert (title, url, guid, replaced) == ("Rain \ufffd", "https://a.example/\ufffd", "x\ufffd", 3)
    ((title, url, guid),) = asked(out, "SELECT title, url_raw, guid FROM items WHERE snapshot_uri LIKE '%control.json'")
    assert (title, url, guid) == ("Rain ›", "https://a.example/", "x")
    assert asked(out, "SELECT count(*) FROM snapshots WHERE year(captured_at) NOT BETWEEN 1970 AND 2100") == [(0,)]
    assert asked(out, "SELECT count(*) FROM items WHERE summary LIKE '%str\ufffdit%'") == [(1,)]
    for name in ODD:
        assert main(["split", "--json", str(good / name)]) == 0
        assert main(["explain", "-w", str(out), name]) in (0, 2)
    assert main(["ingest", "--reprocess", f"--input={good}", f"--output={out}"]) == 0
    check(out)
    assert "Traceback" not in capsys.readouterr().err


RAISED = [
    ValueError("an odd \ud83d value at 0x7f51c0a3d0f0"),
    KeyError("a"),
    RecursionError("maximum recursion depth exceeded"),
    OverflowError(),
    AssertionError(),
    UnicodeEncodeError("utf-8", "\ud83d", 0, 1, "surrogates not allowed"),
    OSError(errno.EIO, "Input/output error"),
    pa.ArrowInvalid("no such time"),
]


def failing(real, error: Exception, uri: str):
    def function(snapshot, *given):
        if uri in snapshot.uri:
            raise error
        return real(snapshot, *given)

    return function


@pytest.mark.parametrize("error", RAISED, ids=lambda e: type(e).__name__)
def test_whatever_a_splitter_raises_is_one_dead_letter(good, tmp_path, monkeypatch, capsys, error):
    out = tmp_path / "out"
    monkeypatch.setattr(stage, "split_snapshot", failing(stage.split_snapshot, error, "good-07"))
    assert main(["ingest", f"--input={good}", f"--output={out}"]) == 3
    assert "FAILED      feedmill itself failed at 1 file or snapshot" in capsys.readouterr().out
    check(out)
    ((uri, step, reason, detail, size, payload, retriable),) = asked(
        out, "SELECT snapshot_uri, step, reason, detail, byte_end, payload, retriable FROM dead_letter"
    )
    assert uri.endswith("good-07.xml") and (step, reason, retriable) == ("split", "internal_error", True)
    assert size == len(payload) == len(feed(7))
    assert detail.startswith(type(error).__name__) and "0x7f" not in detail and str(tmp_path) not in detail
    assert f"feedmill {failures.__version__}" in detail and ", at transforms.stages.split:_split:" in detail
    (manifest,) = read_manifests(LocalStore(str(out)))
    assert manifest.ledger["new"] == GOOD - 1 and manifest.ledger["bytes"]["dead"] == len(feed(7))
    assert main(["ingest", f"--input={good}", f"--output={out}"]) == 0  # and is not tried again by this version
    assert len(read_manifests(LocalStore(str(out)))) == 1


def test_rows_that_cannot_be_made_are_those_of_one_snapshot(good, tmp_path, monkeypatch):
    """What a splitter returned breaks the whole batch's table, and is found."""
    real = stage.split_snapshot

    def odd(snapshot, settings):
        split = real(snapshot, settings)
        if "good-03" not in snapshot.uri:
            return split
        return split._replace(stories=tuple(s._replace(published_at=1 << 70) for s in split.stories))

    out = tmp_path / "out"
    monkeypatch.setattr(stage, "split_snapshot", odd)
    run([f"--input={good}", f"--output={out}"])
    check(out)
    rows = asked(out, "SELECT parse_filename(snapshot_uri), reason FROM dead_letter")
    assert rows == [("good-03.xml", "internal_error")]
    assert asked(out, "SELECT count(*) FROM items") == [(GOOD - 1,)]


def test_spans_that_do_not_tile_cost_their_snapshot(good, tmp_path, monkeypatch):
    real = stage.split_snapshot
    lost = lambda snapshot, settings: real(snapshot, settings)._replace(spans=())  # noqa: E731
    monkeypatch.setattr(stage, "split_snapshot", lost)
    outcome = run([f"--input={good}", f"--output={tmp_path / 'out'}"])
    assert outcome.counters["split.dead_internal_error"] == GOOD
    check(tmp_path / "out")


@pytest.mark.parametrize("error", [MemoryError(), OSError(errno.ENOSPC, "No space left on device")], ids=repr)
def test_what_is_no_fault_of_the_input_stops_the_run(good, tmp_path, monkeypatch, capsys, error):
    monkeypatch.setattr(stage, "split_snapshot", failing(stage.split_snapshot, error, "good-07"))
    assert main(["ingest", f"--input={good}", f"--output={tmp_path / 'out'}"]) == 1
    assert not (tmp_path / "out" / "_manifests").exists()
    capsys.readouterr()


def test_fail_fast_stops_the_run(good, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(stage, "split_snapshot", failing(stage.split_snapshot, KeyError("a"), "good-07"))
    assert main(["ingest", f"--input={good}", f"--output={tmp_path / 'out'}", "--fail_fast"]) == 1
    assert "nothing of it was committed" in capsys.readouterr().err
    assert not (tmp_path / "out" / "_manifests").exists()


def test_fail_fast_stops_the_run_at_a_file(good, tmp_path, monkeypatch, capsys):
    write(good, {"a.tar": tar()})
    monkeypatch.setattr(containers.archives, "tar_members", lambda *given: 1 / 0)
    assert main(["ingest", f"--input={good}", f"--output={tmp_path / 'out'}", "--fail_fast"]) == 1
    assert "division by zero" in capsys.readouterr().err
    assert main(["ingest", f"--input={good}", f"--output={tmp_path / 'out'}"]) == 3
    rows = asked(tmp_path / "out", "SELECT parse_filename(snapshot_uri), step, reason FROM dead_letter")
    assert rows == [("a.tar", "read", "internal_error")]


def test_two_workers_and_one_bad_snapshot(good, tmp_path, feedmill):
    """The error is raised in another process: of a package that is put before the rest of this one there."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(
        "import sys, importlib.abc, importlib.util\n"
        "class Finder(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name != 'feedmill.transforms.formats.feed.split':\n"
        "            return None\n"
        "        sys.meta_path.remove(self)\n"
        "        spec = importlib.util.find_spec(name)\n"
        "        load = spec.loader.exec_module\n"
        "        def exec_module(module):\n"
        "            load(module)\n"
        "            real = module.split_feed\n"
        "            def split_feed(doc, *given):\n"
        "                if 'good-07' in doc.uri:\n"
        "                    raise KeyError('odd')\n"
        "                return real(doc, *given)\n"
        "            module.split_feed = split_feed\n"
        "        spec.loader.exec_module = exec_module\n"
        "        return spec\n"
        "sys.meta_path.insert(0, Finder())\n"
    )
    out = tmp_path / "out"
    env = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    done = feedmill("ingest", f"--input={good}", f"--output={out}", "--workers=2", env=env)
    assert done.returncode == 3, done.stdout + done.stderr
    check(out)
    rows = asked(out, "SELECT parse_filename(snapshot_uri), reason, detail FROM dead_letter")
    assert [row[:2] for row in rows] == [("good-07.xml", "internal_error")]
    assert asked(out, "SELECT count(*) FROM items") == [(GOOD - 1,)]
    shown = feedmill("split", "--json", good / "good-07.xml", env=env)
    assert shown.returncode == 3 and json.loads(shown.stdout)["rejects"][0]["reason"] == "internal_error"


def test_a_stream_goes_on(good, tmp_path, monkeypatch):
    out = tmp_path / "out"
    write(good, {name: data for name, (data, _) in ODD.items()})
    monkeypatch.setattr(stage, "split_snapshot", failing(stage.split_snapshot, KeyError("a"), "good-07"))

    def watch(tally):
        if tally.windows == 1 and not (good / "later.xml").exists():
            write(good, {"later.xml": feed("later")})
        if tally.windows == 2:
            os.kill(os.getpid(), signal.SIGTERM)

    flags = [f"--input={good}", f"--output={out}", "--streaming", "--window=200ms", "--poll_interval=10ms"]
    tally, _ = stream(plan_run(flags), watch)
    assert tally.counters["split.dead_internal_error"] == 1
    assert asked(out, "SELECT count(*) FROM items WHERE title = 'Ferry later runs again'") == [(1,)]
    check(out)


def test_a_stream_that_failed_at_a_snapshot_ends_with_3(good, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(stage, "split_snapshot", failing(stage.split_snapshot, KeyError("a"), "good-07"))
    out = tmp_path / "out"

    def ended(over):
        while not over.wait(0.1):
            if list(out.glob("_manifests/*.json")):
                os.kill(os.getpid(), signal.SIGTERM)
                return

    from feedmill.pipelines.commands.ingest import ingest
    from feedmill.transforms.local.progress import meanwhile

    with meanwhile(ended):
        flags = ["--streaming", f"--input={good}", f"--output={out}", "--poll_interval=10ms"]
        status = ingest(plan_run(flags), alone=True)  # only a process of its own takes signals
    assert status == 3
    assert "FAILED" in capsys.readouterr().out


# --- what cannot be read ----------------------------------------------------------------------------


class Disk:
    """A file that fails in the middle."""

    def __init__(self, path: str, at: int) -> None:
        self._file = open(path, "rb")  # noqa: SIM115 - closed by whoever reads it
        self._at = at

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()

    def __getattr__(self, name):
        return getattr(self._file, name)

    def read(self, size=-1):
        if self._file.tell() + (size if size >= 0 else 1 << 30) > self._at:
            raise OSError(errno.EIO, "Input/output error", self._file.name)
        return self._file.read(size)


@pytest.fixture
def disk(monkeypatch):
    """Files that fail, by a part of their names, from some byte on."""
    from feedmill.transforms.storage import local

    bad: dict[str, int] = {}
    real = local._opened

    def opened(file):
        at = next((at for name, at in bad.items() if name in file.uri), None)
        return real(file) if at is None else Disk(file.uri, at)

    monkeypatch.setattr(local, "_opened", opened)
    return bad


@pytest.mark.parametrize("name", ["a.xml", "a.tar", "a.parquet", "a.warc"])
def test_a_read_error_in_the_middle_is_unreadable_until_it_is_not(good, tmp_path, disk, name):
    out = tmp_path / "out"
    data = {"a.xml": feed("eio"), "a.tar": tar(), "a.parquet": parquet(), "a.warc": warc("2025-07-15T10:00:00Z")}[name]
    write(good, {name: data})
    disk[name] = 8
    first = run([f"--input={good}", f"--output={out}"])
    assert "split.dead_internal_error" not in first.counters
    letter = [(f"{good}/{name}", "unreadable", "OSError: Input/output error", True)]
    rows = "SELECT snapshot_uri, reason, detail, retriable FROM dead_letter"
    assert asked(out, rows) == letter
    before = tree(out)
    assert not run([f"--input={good}", f"--output={out}"]).committed  # no better: nothing is written twice
    assert tree(out) == before
    disk.clear()
    third = run([f"--input={good}", f"--output={out}"])
    assert third.counters["dedupe.letters_replaced"] == 1
    assert asked(out, rows) == []
    assert asked(out, f"SELECT count(*) > 0 FROM sightings WHERE snapshot_uri LIKE '%{name}%'") == [(True,)]
    check(out)
    assert not run([f"--input={good}", f"--output={out}"]).committed


def test_another_failure_replaces_the_dead_letter(good, tmp_path):
    out = tmp_path / "out"
    (good / "link.xml").symlink_to("nowhere")
    run([f"--input={good}", f"--output={out}"])
    (good / "link.xml").unlink()
    (good / "link.xml").symlink_to("link.xml")
    run([f"--input={good}", f"--output={out}"])
    ((detail,),) = asked(out, "SELECT detail FROM dead_letter")
    assert "Too many levels" in detail
    (good / "link.xml").unlink()
    write(good, {"link.xml": b""})
    run([f"--input={good}", f"--output={out}"])
    assert asked(out, "SELECT reason FROM dead_letter") == [("empty",)]
    check(out)


def test_the_rest_of_an_archive_is_read_later(good, tmp_path, disk):
    out = tmp_path / "out"
    files = io.BytesIO()
    with tarfile.open(fileobj=files, mode="w") as archive:
        for n in range(6):
            member = tarfile.TarInfo(f"{n}.xml")
            data = feed(f"tar{n}") + b" " * 300_000
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    write(good, {"a.tar": files.getvalue()})
    disk["a.tar"] = 1_000_000
    run([f"--input={good}", f"--output={out}"])
    found = asked(out, "SELECT count(*) FROM items WHERE title LIKE 'Ferry tar%'")[0][0]
    assert 0 < found < 6
    assert asked(out, "SELECT parse_filename(snapshot_uri), reason FROM dead_letter") == [("a.tar", "unreadable")]
    disk.clear()
    run([f"--input={good}", f"--output={out}"])
    assert asked(out, "SELECT count(*) FROM items WHERE title LIKE 'Ferry tar%'") == [(6,)]
    assert asked(out, "SELECT count(*) FROM dead_letter") == [(0,)]
    check(out)


def test_nothing_new_but_a_dead_letter_that_goes(good, tmp_path, disk):
    """What could not be read turns out to be what another file gave."""
    out = tmp_path / "out"
    write(good, {"copy.xml": feed(1)})
    disk["copy.xml"] = 8
    run([f"--input={good}", f"--output={out}"])
    disk.clear()
    outcome = run([f"--input={good}", f"--output={out}"])
    assert len(outcome.committed) == 1 and outcome.committed[0].ledger["snapshots"] == 0
    assert asked(out, "SELECT count(*) FROM dead_letter") == [(0,)]
    check(out)


def test_another_version_tries_again(good, tmp_path, monkeypatch):
    out = tmp_path / "out"
    rows = "SELECT reason, regexp_extract(detail, 'feedmill (.*)', 1) FROM dead_letter"
    with monkeypatch.context() as patched:
        patched.setattr(stage, "split_snapshot", failing(stage.split_snapshot, KeyError("a"), "good-07"))
        run([f"--input={good}", f"--output={out}"])
        assert not run([f"--input={good}", f"--output={out}"]).committed
        patched.setattr(failures, "_BY_THIS_VERSION", ", feedmill 99.1")
        run([f"--input={good}", f"--output={out}"])  # and fails again
        assert asked(out, rows) == [("internal_error", "99.1")]
    monkeypatch.setattr(failures, "_BY_THIS_VERSION", ", feedmill 99.2")
    assert run([f"--input={good}", f"--output={out}"]).counters["dedupe.letters_replaced"] == 1
    assert asked(out, rows) == []
    assert asked(out, "SELECT count(*) FROM items") == [(GOOD,)]
    check(out)


def test_reprocess_replaces_what_could_not_be_read(good, tmp_path, disk):
    out = tmp_path / "out"
    disk["good-07"] = 8
    run([f"--input={good}", f"--output={out}"])
    disk.clear()
    run(["--reprocess", f"--input={good}", f"--output={out}"])
    assert asked(out, "SELECT count(*) FROM dead_letter") == [(0,)]
    assert asked(out, "SELECT count(*) FROM items") == [(GOOD,)]
    check(out)


def test_the_next_stream_tries_again(good, tmp_path, disk):
    out = tmp_path / "out"
    flags = [f"--input={good}", f"--output={out}", "--streaming", "--window=200ms", "--poll_interval=10ms"]

    def watch(tally):
        if tally.windows:
            os.kill(os.getpid(), signal.SIGTERM)

    disk["good-07"] = 8
    stream(plan_run(flags), watch)
    assert asked(out, "SELECT reason FROM dead_letter") == [("unreadable",)]
    disk.clear()
    time.sleep(0.1)
    stream(plan_run(flags), watch)
    assert asked(out, "SELECT count(*) FROM dead_letter") == [(0,)]
    check(out)


# --- parts of archives ------------------------------------------------------------------------------


def test_one_member_and_one_record_cost_themselves(monkeypatch):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for n in range(3):
            member = tarfile.TarInfo(f"{n}.xml")
            member.size = len(feed(n))
            archive.addfile(member, io.BytesIO(feed(n)))
    real = containers.captured_at
    monkeypatch.setattr(
        containers, "captured_at", lambda uri, mtime: 1 // 0 if uri.endswith("#1.xml") else real(uri, mtime)
    )
    found = list(containers.unpack("a.tar", out.getvalue()))
    assert [one.uri for one in found] == ["a.tar#0.xml", "a.tar#1.xml", "a.tar#2.xml"]
    assert [getattr(one, "reason", None) for one in found] == [None, Reason.INTERNAL_ERROR, None]

    keep = containers.crawl.keep
    monkeypatch.setattr(containers.crawl, "keep", lambda page, uri: 1 // 0 if page.name == "2" else keep(page, uri))
    found = list(containers.unpack("a.warc", warc("2025-07-15T10:00:00Z") * 3))
    assert [one.uri for one in found] == ["a.warc#1", "a.warc#2", "a.warc#3"]
    assert [getattr(one, "reason", None) for one in found] == [None, Reason.INTERNAL_ERROR, None]


def test_what_fails_below_a_member_is_not_taken_for_the_end(monkeypatch):
    """A decompressor that fails is at its end as an iterator; what was behind must not be lost in silence."""
    import gzip

    pieces = containers.all_streams

    def failing_streams(*given):
        yield next(pieces(*given))[:700]
        raise ZeroDivisionError

    monkeypatch.setattr(containers, "all_streams", failing_streams)
    found = list(containers.unpack("a.tar.gz", gzip.compress(tar() * 2)))
    assert found[-1].uri == "a.tar.gz" and found[-1].reason is Reason.INTERNAL_ERROR


def test_what_is_told_of_an_error_is_the_same_on_every_machine():
    error = FileNotFoundError(2, "No such file or directory", "/home/ann/.venv/lib/python3.11/site-packages/x.py")
    assert error_text(error) == "FileNotFoundError: No such file or directory"
    assert error_text(ValueError("in /home/ann/x/lib/python3.11/site-packages/a/b.py")) == "ValueError: in a/b.py"
    assert error_text(ValueError(f"in {os.path.dirname(failures.__file__)}/a.py")).endswith(
        ("in transforms/a.py", "in a.py")
    )
    assert error_text(ValueError("\x1b[31m")) == "ValueError: \\x1b[31m"
    assert is_tried_again(*internal_error(KeyError("a")).args) is False
    wrapped = RuntimeError("wrapped")
    wrapped.__cause__ = MemoryError()
    assert is_machines(wrapped) and not is_machines(RuntimeError())
