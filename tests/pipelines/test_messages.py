"""What the commands say to who mistypes, and of a warehouse that is not as it was: what, where, and what to do."""

import json
import os
import subprocess
import sys

import pytest
from feedmill.pipelines import cli
from feedmill.pipelines.commands.explain import changes

from tests.conftest import ROOT

FEED = """<rss version="2.0"><channel><title>The {name} Post</title><link>https://{name}.example/</link>{items}</channel></rss>"""
ITEM = """<item><title>Ferry {n} runs again</title><guid>https://{name}.example/{n}</guid>
<pubDate>Tue, 15 Jul 2025 10:0{n}:00 GMT</pubDate>
<description>The ferry number {n} crossed the strait on Tuesday after {time} in the dock.</description></item>"""


def feed(name, time="a winter"):
    return FEED.format(name=name, items="".join(ITEM.format(name=name, n=n, time=time) for n in range(4)))


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with feeds of two hours and their warehouse, to work in."""
    monkeypatch.chdir(tmp_path)
    for hour, time in (("08", "a winter"), ("09", "a year")):
        folder = tmp_path / "in" / f"2025-07-15T{hour}"
        folder.mkdir(parents=True)
        (folder / "strait.xml").write_text(feed("strait", time))
        (folder / "sound.xml").write_text(feed("sound"))
    assert cli.main(["ingest", "--input=in", "--output=out"]) == 0
    return tmp_path


def said(capsys, *args):
    capsys.readouterr()
    status = cli.main(list(args))
    told = capsys.readouterr()
    return status, told.out + told.err


def test_several_items_are_told_apart_by_more_than_their_ids(place, capsys):
    status, told = said(capsys, "explain", "ferry 3")
    assert status == 2 and "ferry 3: 2 items; name one by its id:" in told
    assert "2025-07-15 10:03:00 UTC  The sound Post: Ferry 3 runs again" in told
    assert "The strait Post: Ferry 3 runs again" in told
    item = next(line.split()[0] for line in told.splitlines() if "strait" in line)
    status, told = said(capsys, "explain", item)
    assert status == 0 and "+ The ferry number 3 crossed the strait on Tuesday after a year in the dock." in told


def test_a_date_that_cannot_be_read_is_told_as_it_was_written(place, capsys):
    (place / "in" / "odd.xml").write_text(feed("odd").replace("Tue, 15 Jul 2025 10:00:00 GMT", "last night"))
    assert cli.main(["ingest", "--input=in/odd.xml", "--output=odd"]) == 0
    _, told = said(capsys, "explain", "ferry 0", "-w", "odd")
    assert "unknown  (written 'last night', which is no date that feedmill reads)" in told


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_without_the_characters_is_no_failure(place, feedmill, encoding):
    for command in (("verify", place / "out"), ("split", place / "in")):
        told = feedmill(*command, env={**os.environ, "PYTHONIOENCODING": encoding}, errors="replace")
        assert (told.returncode, told.stderr) == (0, "")


def test_a_changed_summary_is_a_change():
    version = {"summary": "Wet.\n\nCold.", "previous_summary": "Wet.", "body": None, "previous_body": None}
    assert changes({"title": "Rain", "previous_title": "Rain", **version}) == ["+ Cold."]


def test_a_revision_has_the_summary_that_it_replaced(place, capsys):
    _, told = said(
        capsys, "query", "--format=json", "SELECT summary, previous_summary FROM revisions WHERE revision = 2"
    )
    rows = [json.loads(line) for line in told.splitlines()]
    assert len(rows) == 4
    assert all("a year" in row["summary"] and "a winter" in row["previous_summary"] for row in rows)


def test_lines_of_csv_end_as_the_shell_likes_them(place, capsys):
    assert said(capsys, "query", "--format=csv", "SELECT 1 AS a")[1] == "a\n1\n"


def test_input_inside_the_output_is_named_as_that(place, capsys):
    status, told = said(capsys, "ingest", "--input=in", "--output=in")
    assert status == 2 and "--input in: it lies in --output in, which is never read as input" in told


def test_why_a_glob_or_a_folder_gives_no_file_is_said(place, capsys):
    status, told = said(capsys, "ingest", "--input=in/2025-07-15*", "--output=out")
    assert status == 2 and "it matches folders alone; for the files in them give in/2025-07-15*/**" in told
    assert said(capsys, "ingest", "--input=in/2025-07-15*/**", "--output=out")[0] == 0


@pytest.mark.parametrize("flag", ["--max_run_bytes", "--max_members"])
@pytest.mark.parametrize("value", ["-5", "lots", "1.5"])
def test_a_limit_is_a_whole_number(place, capsys, flag, value):
    status, told = said(capsys, "ingest", "--input=in", "--output=other", f"{flag}={value}")
    assert status == 2 and f"argument {flag}: '{value}' is no whole number from 0 up" in told
    assert not (place / "other").exists()


def test_what_is_told_to_be_run_next_can_be_run(place, capsys):
    status, told = said(capsys, "ingest", "--input=in", "--output=my out")
    assert status == 0 and "query -w 'my out' \"SELECT" in told


def test_split_names_what_it_was_given(place, capsys):
    assert said(capsys, "split", "gone.xml") == (2, "feedmill: gone.xml: no such file, and no file matches it\n")
    status, told = said(capsys, "split", "in", "--timezone=Mars/Olympus")
    assert status == 2 and "--timezone Mars/Olympus: not an IANA time zone" in told


def test_a_reader_of_the_pipe_that_has_enough_is_no_failure(place):
    (place / "in" / "long.xml").write_text(FEED.format(name="a", items=ITEM.format(name="a", n=1, time="x") * 3000))
    command = [sys.executable, "-m", "feedmill", "split", str(place / "in")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.parametrize("command", ["query", "explain x", "report", "verify", "compact"])
def test_a_file_is_no_warehouse(place, capsys, command):
    (place / "file").write_text("x")
    status, told = said(capsys, *command.split(), "-w", "file")
    assert status == 2 and told.startswith("feedmill: file/") and "Not a directory" in told


def test_a_damaged_file_is_named_by_who_would_rewrite_it(place, capsys):
    assert cli.main(["ingest", "--input=in/2025-07-15T08/sound.xml", "--output=out", "--reprocess"]) == 0
    for path in (place / "out" / "items").rglob("*.parquet"):
        path.write_bytes(b"junk")
    status, told = said(capsys, "compact")
    assert status == 2 and "out: cannot be read; feedmill verify tells what is wrong." in told


@pytest.mark.parametrize("command", ["query", "explain x", "report", "compact"])
def test_a_warehouse_that_lost_a_file_says_who_tells_more(place, capsys, command):
    next((place / "out" / "items").rglob("*.parquet")).unlink()
    status, told = said(capsys, *command.split())
    assert status == 2 and "out: cannot be read; feedmill verify tells what is wrong." in told
    status, told = said(capsys, "verify")
    assert status == 1 and "the file is missing" in told and told.endswith("out: 1 problem\n")


def test_a_damaged_manifest_is_named(place, capsys):
    (place / "out" / "_manifests" / "a.json").write_text("{")
    status, told = said(capsys, "verify")
    assert status == 1 and "out/_manifests/a.json: the manifest is damaged" in told
    status, told = said(capsys, "ingest", "--input=in", "--output=out")
    assert status == 2 and "out/_manifests/a.json: the manifest is damaged" in told


def test_lost_views_come_back_with_the_next_run(place, capsys):
    views = (place / "out" / "views.sql").read_bytes()
    (place / "out" / "views.sql").unlink()
    assert said(capsys, "query")[0] == 0
    status, told = said(capsys, "verify")
    assert status == 1 and "views.sql: the file is missing" in told
    assert said(capsys, "ingest", "--input=in", "--output=out")[0] == 0
    assert (place / "out" / "views.sql").read_bytes() == views


@pytest.mark.parametrize("command", ["report", "verify", "compact"])
def test_a_warehouse_is_named_once(place, capsys, command):
    for flags in (["out", "-w", "other"], ["-w", "other", "out"]):
        with pytest.raises(SystemExit) as end:
            cli.main([command, *flags])
        assert end.value.code == 2 and "not allowed with argument" in capsys.readouterr().err
    assert [said(capsys, command, *flags)[0] for flags in ([], ["out"], ["-w", "out"])] == [0, 0, 0]
    assert [said(capsys, command, *flags)[0] for flags in (["gone"], ["-w", "gone"])] == [2, 2]


def test_a_path_with_a_comma_is_a_path(place, capsys):
    (place / "a,b").mkdir()
    (place / "a,b" / "c,d.xml").write_text(feed("comma"))
    for spec in ("a,b", "a,b/c,d.xml", "a?b/*.xml", "a?b/c?d.xml,in"):
        assert (
            f"{5 if 'in' in spec else 1:,} file"
            in said(capsys, "ingest", f"--input={spec}", "--output=x", "--dry_run")[1]
        )
    status, told = said(capsys, "ingest", "--input=a,b/*.xml", "--output=x")
    assert status == 2 and "--input a: no such file, and no file matches it; a comma ends a path" in told


def test_a_path_is_one_however_it_is_spelled(place, capsys):
    (place / "in" / "noise.bin").write_bytes(bytes(range(256)))
    assert "1 dead" in said(capsys, "ingest", "--input=in,./in,.//in/,in/*.bin", "--output=x")[1]
    for spec in ("./in/noise.bin", "in//noise.bin", "./in", "./i?/*.bin"):
        status, told = said(capsys, "ingest", f"--input={spec}", "--output=x")
        assert status == 0 and "nothing new" in told
    os.chdir("in")
    assert "1 dead" in said(capsys, "ingest", "--input=.", "--output=../y")[1]
    assert "nothing new" in said(capsys, "ingest", "--input=noise.bin", "--output=../y")[1]


def test_files_that_lie_in_the_output_are_told(place, capsys):
    files = sum(path.is_file() for path in (place / "out").rglob("*"))
    for more in ([], ["--dry_run"]):
        status, told = said(capsys, "ingest", "--input=.", "--output=out", *more)
        assert status == 0 and f"{files}" in told and "out, which is never read" in told
    assert "never read" not in said(capsys, "ingest", "--input=in", "--output=out")[1]


def test_a_run_that_could_read_nothing_says_so(place, capsys):
    (place / "noise.bin").write_bytes(bytes(range(256)))
    status, told = said(capsys, "ingest", "--input=noise.bin", "--output=other")
    assert status == 0 and "not one story could be read" in told and "snapshot_uri, reason, detail" in told
    status, told = said(capsys, "ingest", "--input=noise.bin,in", "--output=third")
    assert status == 0 and "not one story" not in told


@pytest.mark.parametrize("size", ["2000000", "2MB", "2mb", "2 MB"])
def test_a_size_may_have_a_unit(place, capsys, size):
    (place / "in" / "large.xml").write_text(feed("large") + " " * 2_000_000)
    status, told = said(capsys, "ingest", "--input=in", "--output=other", f"--max_snapshot_bytes={size}")
    assert status == 0 and "1 dead" in told


_ELSEWHERE = """
import os, sys
os.name = "nt"
sys.modules["fcntl"] = None
sys.platform = "win32"
from feedmill.pipelines.cli import main
sys.exit(main(["ingest", "--input=in", "--output=out"]))
"""


def test_a_system_that_is_not_supported_is_told_in_one_line():
    done = subprocess.run([sys.executable, "-c", _ELSEWHERE], cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert done.returncode == 2
    assert done.stderr == "feedmill: this system (win32) is not supported; use Linux, macOS or WSL\n"
