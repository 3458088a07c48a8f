"""What goes wrong in life: killed runs, bad input, a disk that is full."""

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import time

import pytest
from feedmill.pipelines.cli import main
from feedmill.pipelines.ingest import run
from feedmill.transforms.failures import UsageError
from feedmill.transforms.storage.local import LocalStore
from feedmill.transforms.warehouse.query import connect
from feedmill.transforms.warehouse.verify import verify

from tests.conftest import ROOT, tree

FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>The Ferry Post</title>
<link>https://ferry.example/</link>{items}</channel></rss>"""
ITEM = """<item><title>Ferry {n} runs again</title><link>https://ferry.example/{n}</link>
<guid>https://ferry.example/{n}</guid><pubDate>Tue, 15 Jul 2025 10:{minute:02}:00 GMT</pubDate>
<description>The ferry number {n} crossed the strait on Tuesday after a winter in the dock.</description></item>"""


@pytest.fixture
def feeds(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for day in range(3):
        items = "".join(ITEM.format(n=n, minute=n % 60) for n in range(day, day + 20))
        path = folder / f"ferry-2025071{day}T060000Z.xml"
        path.write_text(FEED.format(items=items))
    return folder


@pytest.fixture
def calm(feeds, tmp_path):
    """What an undisturbed run gives."""
    run([f"--input={feeds}", f"--output={tmp_path / 'calm'}"])
    return tree(tmp_path / "calm")


def _sees_staging(out):
    return any((out / "_staging").glob("*/*"))


def _sees_intent(out):
    return (out / "_staging" / "commit.json").exists()


def _sees_first_file_moved(out):
    return any(out.glob("items/**/*.parquet"))


@pytest.mark.parametrize("moment", [_sees_staging, _sees_intent, _sees_first_file_moved], ids=lambda m: m.__name__)
def test_a_killed_run_followed_by_another_equals_an_undisturbed_one(feeds, calm, tmp_path, moment, feedmill):
    """The kill lands at, or very soon after, the moment; wherever it lands, the end is the same."""
    out = tmp_path / "killed"
    command = [sys.executable, "-m", "feedmill", "ingest", f"--input={feeds}", f"--output={out}"]
    (tmp_path / "tmp").mkdir()
    env = {**os.environ, "TMPDIR": str(tmp_path / "tmp")}
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        end = time.monotonic() + 60
        while process.poll() is None and not moment(out) and time.monotonic() < end:
            time.sleep(0.0005)
        process.send_signal(signal.SIGKILL)
    assert os.listdir(tmp_path / "tmp") == []
    again = feedmill("ingest", f"--input={feeds}", f"--output={out}")
    assert again.returncode == 0, again.stderr
    assert tree(out) == calm


def test_ctrl_c_inside_a_step_is_an_interruption(feeds, calm, tmp_path, monkeypatch, capsys):
    def interrupted(*_given):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(10)

    out = tmp_path / "interrupted"
    flags = [f"--input={feeds}", f"--output={out}"]
    with monkeypatch.context() as patched:
        patched.setattr("feedmill.transforms.split.split_batch", interrupted)
        assert main(["ingest", *flags]) == 130
    told = capsys.readouterr().err
    assert told.endswith("feedmill: interrupted; the same command goes on from what is committed\n")
    assert "Traceback" not in told
    run(flags)
    assert tree(out) == calm


def test_bad_files_become_dead_letters_and_cost_nothing_else(feeds, tmp_path):
    (feeds / "empty.xml").write_bytes(b"")
    (feeds / "blank.txt").write_bytes(b" \n \n")
    (feeds / "noise.bin").write_bytes(bytes(range(256)) * 40)
    (feeds / "gone.xml").symlink_to("nowhere")
    (feeds / "itself.xml").symlink_to("itself.xml")
    os.mkfifo(feeds / "pipe.xml")  # and nobody writes to it
    (feeds / "cut.xml.gz").write_bytes(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03cut")
    out = tmp_path / "out"
    outcome = run([f"--input={feeds}", f"--output={out}"])
    assert outcome.committed[0].ledger["new"] == 22
    sql = connect(LocalStore(str(out)))
    rows = sql.execute("SELECT parse_filename(snapshot_uri), reason FROM dead_letter ORDER BY ALL").fetchall()
    assert rows == [
        ("blank.txt", "empty"),
        ("cut.xml.gz", "bad_archive"),
        ("cut.xml.gz", "binary"),  # what came out before the damage
        ("empty.xml", "empty"),
        ("gone.xml", "unreadable"),
        ("itself.xml", "unreadable"),
        ("noise.bin", "binary"),
        ("pipe.xml", "empty"),
    ]
    assert list(verify(LocalStore(str(out)))) == []
    assert not run([f"--input={feeds}", f"--output={out}"]).committed  # dead letters are not written twice either


def test_a_name_that_is_not_utf8_is_read_and_told(tmp_path):
    feeds, out = tmp_path / "in", tmp_path / "out"
    feeds.mkdir()
    data = b"<rss><channel><item><title>Rain</title></item></channel></rss>"
    with open(os.fsencode(feeds) + b"/caf\xe9.xml", "wb") as file:
        file.write(data)
    (feeds / "caf\\xe9.xml").write_bytes(data.replace(b"Rain", b"Wind"))  # named so, with a backslash
    run([f"--input={feeds}", f"--output={out}"])
    sql = connect(LocalStore(str(out)))
    rows = sql.execute("SELECT snapshot_uri, title FROM items ORDER BY ALL").fetchall()
    assert rows == [(f"{feeds}/caf\\x5cxe9.xml", "Wind"), (f"{feeds}/caf\\xe9.xml", "Rain")]
    assert not run([f"--input={feeds}", f"--output={out}"]).committed


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--output=x"], "--input is required"),
        (["--input=seeds"], "--output is required"),
        (["--input=/no/such/*.xml", "--output=x"], "/no/such/.*no file matches"),
        (["--input=seeds", "--output=README.md"], "README.md: there is a file of this name"),
        (["--input=seeds", "--output=x", "--timezone=Mars/Olympus"], "--timezone Mars/Olympus: not an IANA"),
        (["--input=seeds", "--output=x", "--partition_by=week"], "--partition_by week"),
        (["--input=/no/such/**", "--output=x"], "/no/such/.*no file matches"),
        (["--input=seeds", "--ouptut=x"], "unknown flag --ouptut; did you mean --output?"),
        (["--input=seeds", "--time-zone=UTC", "--output=x"], "unknown flag --time-zone; did you mean --timezone?"),
        (["--input", "seeds/a.txt", "seeds/b.txt", "--output=x"], "seeds/b.txt is no flag; quote a glob"),
        (["--input=s3://b/x", "--output=x"], "s3://b/x"),
    ],
)
def test_a_wrong_flag_is_named_before_anything_is_written(flags, message, monkeypatch, tmp_path):
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.txt").write_text("x")
    (tmp_path / "README.md").write_text("x")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=message):
        run(flags)
    assert not (tmp_path / "x").exists() or tree(tmp_path / "x") == {}


def test_another_partitioning_of_the_same_warehouse_is_refused(feeds, tmp_path):
    run([f"--input={feeds}", f"--output={tmp_path / 'out'}"])
    with pytest.raises(UsageError, match="is cut by month,lang"):
        run([f"--input={feeds}", f"--output={tmp_path / 'out'}", "--partition_by=day"])


def test_a_full_disk_fails_with_a_message_and_commits_nothing(feeds, calm, tmp_path):
    """No file may grow past 2 kB: what a full disk does to a write, without filling one."""
    out = tmp_path / "full"
    command = [sys.executable, "-m", "feedmill", "ingest", f"--input={feeds}", f"--output={out}"]
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))  # noqa: E731
    failed = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, preexec_fn=limit,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert failed.returncode == 1
    assert "nothing of it was committed" in failed.stderr
    assert "File too large" in failed.stderr.splitlines()[-1]
    assert not [name for name in tree(out) if not name.startswith("_staging/")]
    run([f"--input={feeds}", f"--output={out}"])
    assert tree(out) == calm


def test_a_damaged_warehouse_is_found_out(feeds, tmp_path, feedmill):
    out = tmp_path / "out"
    run([f"--input={feeds}", f"--output={out}"])
    file = next((out / "sightings").rglob("*.parquet"))
    file.write_bytes(file.read_bytes()[:-1])
    (out / "items" / "stray.parquet").write_bytes(b"")
    found = feedmill("verify", out)
    assert found.returncode == 1
    assert "damaged or changed" in found.stdout
    assert "items/stray.parquet: no manifest lists this file" in found.stdout


def test_books_that_do_not_balance_stop_the_run(feeds, tmp_path, monkeypatch):
    """Takes a byte of each snapshot out of the books."""
    from feedmill.transforms.stages import split as batch

    real = batch.bytes_by_kind
    monkeypatch.setattr(batch, "bytes_by_kind", lambda spans: {**real(spans), "markup": 0})
    with pytest.raises(Exception, match="the books do not balance"):
        run([f"--input={feeds}", f"--output={tmp_path / 'out'}"])
    assert not (tmp_path / "out" / "_manifests").exists()


def test_only_one_run_writes_at_a_time(feeds, tmp_path):
    from feedmill.transforms.warehouse.lock import only_writer

    with only_writer(str(tmp_path / "out")), pytest.raises(UsageError, match="another feedmill is writing"):
        run([f"--input={feeds}", f"--output={tmp_path / 'out'}"])


@pytest.mark.parametrize("command", ["ingest --input={feeds}", "compact"])
def test_while_another_writes_the_status_says_that_later_it_may_go(feeds, tmp_path, capsys, command):
    from feedmill.transforms.warehouse.lock import only_writer

    out = str(tmp_path / "out")
    run([f"--input={feeds}", f"--output={out}"])
    with only_writer(out):
        assert main([*command.format(feeds=feeds).split(), "--output", out]) == os.EX_TEMPFAIL
    assert capsys.readouterr().err == (
        f"feedmill: --output {out}: another feedmill is writing here; run again later, or --wait for it\n"
    )


def test_a_run_waits_for_another_as_long_as_it_was_told(feeds, tmp_path, monkeypatch, capsys):
    from feedmill.transforms.warehouse import lock

    out = str(tmp_path / "out")
    looks = []
    other = contextlib.ExitStack()
    other.enter_context(lock.only_writer(out))

    def sleep(_seconds):
        looks.append(1)
        if len(looks) == 3:
            other.close()

    monkeypatch.setattr(lock.time, "sleep", sleep)
    assert main(["ingest", f"--input={feeds}", f"--output={out}", "--wait=10m"]) == 0
    assert len(looks) == 3
    assert capsys.readouterr().err == f"feedmill: --output {out}: another feedmill is writing here; waiting\n"


@pytest.mark.parametrize("spec", ["{empty}", "{empty}/", "{empty}/**", "{empty}/*", "{empty}/in/**/*"])
def test_a_folder_in_which_nothing_landed_yet_is_nothing_to_read(tmp_path, capsys, spec):
    (tmp_path / "in").mkdir()
    spec = spec.format(empty=tmp_path if "in" in spec else tmp_path / "in")
    assert main(["ingest", f"--input={spec}", f"--output={tmp_path / 'out'}"]) == 0
    assert "nothing to read" in capsys.readouterr().out
    assert not (tmp_path / "out").exists()
    assert main(["ingest", f"--input={spec}", f"--output={tmp_path / 'out'}", "--dry_run"]) == 0
    for gone in ("gone", "gone/**", "in/*.xml"):
        assert main(["ingest", f"--input={tmp_path}/{gone}", f"--output={tmp_path / 'out'}"]) == 2


def test_split_says_what_is_wrong_with_a_file(tmp_path, feedmill):
    bad = tmp_path / "bad.xml"
    bad.write_bytes(b"\x00\x01" * 500)
    told = json.loads(feedmill("split", "--json", bad).stdout)
    assert told["stories"] == []
    assert told["rejects"][0]["reason"] == "binary"
    missing = feedmill("split", tmp_path / "missing.xml")
    assert missing.returncode == 2
    assert "missing.xml: no such file" in missing.stderr
