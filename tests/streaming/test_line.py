"""What a stream says while it runs."""

import io
import sys
import threading
import time

import pytest
from feedmill.pipelines.commands import stream as stream_command
from feedmill.pipelines.commands.stream import line, nothing_yet
from feedmill.pipelines.plan import plan_run
from feedmill.pipelines.tally import Tally, following
from feedmill.transforms.storage.local import LocalStore
from feedmill.transforms.warehouse import compact as compact_module
from feedmill.transforms.warehouse.compact import compact

from tests.warehouse.test_compact import ingest

pytestmark = pytest.mark.timeout(60)
NOW = 1_752_575_940.0


def window(snapshots, stories, new=0, duplicates=0, dead=0, late=0):
    return {
        "stream.windows": 1,
        "stream.snapshots": snapshots,
        "stream.stories": stories,
        "stream.dead": dead,
        "stream.snapshots_late": late,
        "dedupe.new": new,
        "dedupe.duplicates": duplicates,
        "read.snapshots_skipped": 1,
    }


@pytest.fixture
def tally(monkeypatch):
    monkeypatch.setattr(time, "time", lambda: NOW - 20)  # when it began
    return Tally()


def test_it_tells_lag_rates_duplicates_dead_letters_and_the_last_window(tally):
    assert "nothing waits" in line(tally, NOW) and "no window yet" in line(tally, NOW)
    tally.add(window(60, 1800, new=100, duplicates=1690, dead=10), NOW - 10, [NOW - 12] * 60)
    tally.add(window(40, 1200, duplicates=1200, late=3), NOW - 4, [NOW - 8] * 40)
    tally.waiting, tally.oldest = 7, NOW - 2.5
    told = line(tally, NOW)
    for part in (
        "lag 2.5 s, 7 waiting",
        "95 % within 4.0 s",
        "5.0 snapshots/s, 150 stories/s",
        "100 new + 0 revisions + 2,890 duplicates + 10 dead",
        "100 snapshots, 2 came again, 3 late",
        "window 2 had 40, 4 s ago",
    ):
        assert part in told.split(" | ")


def test_rates_are_those_of_the_last_minute(tally):
    for second in range(0, 600, 2):
        tally.add(window(100 if second < 500 else 20, 0), NOW + second)
    snapshots, _ = tally.rates(NOW + 600)
    assert snapshots == pytest.approx(10, rel=0.05)
    assert tally.rates(NOW + 660)[0] < 6  # nothing came for a minute
    assert len(tally._windows) < 40


def test_where_there_is_no_terminal_it_tells_so_often_and_only_if_anything_happens(tally, monkeypatch):
    monkeypatch.setattr(stream_command, "_LINE_EVERY", 0.02)
    monkeypatch.setattr(sys, "stderr", said := io.StringIO())
    with stream_command._showing(tally):
        threading.Event().wait(0.2)
        assert said.getvalue() == ""
        tally.add(window(60, 1800), NOW)
        threading.Event().wait(0.2)
        assert len(said.getvalue().splitlines()) == 1
        tally.waiting = 1
        threading.Event().wait(0.2)
    assert 2 < len(said.getvalue().splitlines()) < 15
    assert all(told.startswith("feedmill: ") for told in said.getvalue().splitlines())


def test_what_another_engine_commits_is_followed_though_it_is_folded(tmp_path, monkeypatch):
    monkeypatch.setattr("feedmill.pipelines.tally._FOLLOW_EVERY", 0.02)
    monkeypatch.setattr(compact_module, "_MOST_MANIFESTS", 1)
    out, tally = tmp_path / "out", Tally()
    ingest(tmp_path, out, 0)
    with following(str(out), tally):
        threading.Event().wait(0.1)
        assert tally.windows == 0  # what was there before is none of its
        ingest(tmp_path, out, 1, 2)
        compact(LocalStore(str(out)))
        end = time.monotonic() + 20
        while tally.ledger.snapshots < 2 and time.monotonic() < end:
            threading.Event().wait(0.02)
    assert (tally.ledger.snapshots, tally.ledger.stories, tally.ledger.new) == (2, 24, 2)
    assert "2 snapshots" in line(tally, time.time()) and "nothing waits" in line(tally, time.time())


def test_a_stream_that_finds_no_file_as_it_starts_says_so(tmp_path):
    plan = plan_run(["--streaming", f"--input={tmp_path / 'landing'}/**", f"--output={tmp_path / 'out'}"])
    assert "landing/**: no file is there yet" in nothing_yet(plan)
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "a.xml").write_text("<rss/>")
    assert nothing_yet(plan) is None
