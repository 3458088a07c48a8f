"""What the warehouse has is redone: just what it had given is replaced, by what the code and the flags of now give."""

import pathlib
import shutil
import signal
import subprocess
import sys
import time

import pytest
from feedmill.pipelines import cli
from feedmill.pipelines.ingest import run
from feedmill.transforms import write
from feedmill.transforms.failures import Reason, Rejected, UsageError
from feedmill.transforms.formats import split_snapshot
from feedmill.transforms.rows.story import DeadSpan
from feedmill.transforms.stages import split as batch
from feedmill.transforms.storage.local import LocalStore
from feedmill.transforms.warehouse import manifests
from feedmill.transforms.warehouse.compact import compact
from feedmill.transforms.warehouse.manifests import recover
from feedmill.transforms.warehouse.query import connect
from feedmill.transforms.warehouse.verify import verify

from tests.conftest import ROOT, tree
from tests.pipelines.test_runs import told

FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>The Ferry Post</title>
<link>https://ferry.example/</link>{items}</channel></rss>"""
ITEM = """<item><title>Ferry {n} runs again</title><link>https://ferry.example/2025/ferry-{n}-again</link>
<guid>https://ferry.example/2025/ferry-{n}-again</guid><pubDate>{date}</pubDate>
<description>The ferry number {n} crossed the strait on Tuesday after a winter in the dock{how}.</description></item>"""
DAYS = 5


def feed(day: int, *, how: str = "", date: str = "Tue, 15 Jul 2025 10:{n:02}:00 GMT") -> bytes:
    """Six stories, of which the next day shows five again; the newest is changed on the day after."""
    numbers = range(day, day + 6)
    changed = {day + 4: ", late"}
    items = (ITEM.format(n=n, how=how or changed.get(n, ""), date=date.format(n=n)) for n in numbers)
    return FEED.format(items="".join(items)).encode()


def put(folder: pathlib.Path, **more) -> list[pathlib.Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"ferry-2025071{day}T060000Z.xml" for day in range(DAYS)]
    for day, path in enumerate(paths):
        path.write_bytes(feed(day, **more))
    (folder / "noise.bin").write_bytes(bytes(range(256)) * 4)
    return [*paths, folder / "noise.bin"]


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    return put(tmp_path_factory.mktemp("pages") / "in")


@pytest.fixture(scope="module")
def made(pages):
    """What several runs took in, not in the order of capture."""
    out = pages[0].parents[1] / "out"
    for some in (pages[2:4], pages[:2] + pages[4:]):
        ingest(out, *some)
    return out


@pytest.fixture
def out(made, tmp_path):
    shutil.copytree(made, tmp_path / "out")
    return tmp_path / "out"


def ingest(out, *paths, **flags):
    return run([f"--input={','.join(map(str, paths))}", f"--output={out}", *(f"--{k}={v}" for k, v in flags.items())])


def redo(out, *paths, **flags):
    return ingest(out, *paths, reprocess="true", **flags)


def ask(out, sql):
    return connect(LocalStore(str(out))).execute(sql).fetchall()


def sound(out):
    """What a warehouse says, once it is verified."""
    assert list(verify(LocalStore(str(out)))) == []
    return told(out)


def counts(rows):
    return {table: len(some) for table, some in rows.items()}


def reading(monkeypatch, change):
    """From now on snapshots are read otherwise: `change(name of the file, story)` is what is found, or None."""
    real = split_snapshot

    def split(snapshot, settings):
        done = real(snapshot, settings)
        stories = [change(pathlib.Path(snapshot.uri).name, story) for story in done.stories]
        lost = [old for old, new in zip(done.stories, stories, strict=True) if new is None]
        dead = tuple(DeadSpan(old.byte_start, old.byte_end, "malformed", "as the test says") for old in lost)
        return done._replace(stories=tuple(filter(None, stories)), rejects=(*done.rejects, *dead))

    monkeypatch.setattr(batch, "split_snapshot", split)


def test_redoing_what_has_not_changed_changes_nothing(pages, out):
    before, files = sound(out), tree(out)
    for some in (pages[:1], pages):
        done = redo(out, *some)
        assert done.counters["dedupe.snapshots_redone"] == len(some)
        assert sound(out) == before
    assert tree(out).keys() != files.keys()
    assert not ingest(out, *pages).committed  # it is all known


def test_it_may_be_cut_into_runs_and_what_was_compacted_can_be_redone(pages, out):
    before = told(out)
    compact(LocalStore(str(out)))
    done = redo(out, *pages, max_run_bytes=6000)
    assert len(done.committed) > 1
    assert done.counters["dedupe.snapshots_redone"] == len(pages)
    assert sound(out) == before


def test_what_the_warehouse_has_not_is_taken_in_as_usual(made, tmp_path):
    page = tmp_path / "in" / "ferry-20250720T060000Z.xml"
    page.parent.mkdir()
    page.write_bytes(feed(8))
    trees = []
    for name, flags in (("usual", {}), ("redo", {"reprocess": "true"})):
        shutil.copytree(made, tmp_path / name)
        done = ingest(tmp_path / name, page, **flags)
        assert done.committed and not done.counters.get("dedupe.snapshots_redone")
        trees.append(tree(tmp_path / name))
    assert trees[0] == trees[1]


def test_another_time_zone_changes_the_rows_of_those_snapshots_and_moves_them(tmp_path):
    """The dates name no zone: an evening of July in New York is a morning of August in UTC."""
    pages = put(tmp_path / "in", date="Thu, 31 Jul 2025 22:{n:02}:00")
    out = tmp_path / "out"
    for some in (pages[2:], pages[:2]):
        ingest(out, *some)
    before = told(out)
    redo(out, pages[1], timezone="America/New_York")
    after = sound(out)
    for table in ("items", "sightings", "snapshots"):
        others = [[row for row in rows[table] if pages[1].name not in row] for rows in (before, after)]
        assert others[0] == others[1]
    assert after["items"] != before["items"] and after["snapshots"] == before["snapshots"]
    sql = "SELECT published_month, bool_and(contains(snapshot_uri, '20250711')) FROM items GROUP BY 1 ORDER BY 1"
    assert ask(out, sql) == [("2025-07", False), ("2025-08", True)]
    redo(out, pages[1], timezone="America/New_York")
    assert told(out) == after
    redo(out, *pages)
    assert sound(out) == before


def test_what_is_read_otherwise_replaces_what_was_read_and_the_rest_stands(pages, out, monkeypatch, capsys, tmp_path):
    before, item_of = told(out), dict(ask(out, "SELECT sighting_id, item_id FROM sightings"))
    french = "Les ministres ont décidé lundi de baisser le prix du pain, après une longue nuit de négociations."

    def change(name, story):
        if story.title.startswith("Ferry 6 "):
            return story._replace(summary=french, title="Le pain sera moins cher")
        return None if story.title.startswith("Ferry 5 ") else story

    reading(monkeypatch, change)
    done = redo(out, pages[3])
    ledger, withdrawn = done.committed[0].ledger, done.committed[0].withdrawn
    assert ledger["stories"] == 6 and ledger["dead"] == 1 and withdrawn["dead"] == 0
    assert len(sound(out)["snapshots"]) == len(pages)
    assert ask(out, "SELECT lang, count(*) FROM items WHERE summary LIKE 'Les ministres%' GROUP BY 1") == [("fr", 1)]
    assert ask(out, "SELECT count(*) FROM dead_letter WHERE reason = 'malformed'") == [(1,)]
    rest = dict(ask(out, f"SELECT sighting_id, item_id FROM sightings WHERE snapshot_uri <> '{pages[3]}'"))
    assert rest == {name: item_of[name] for name in rest} and len(rest) == (DAYS - 1) * 6

    (item,) = ask(out, "SELECT item_id FROM items WHERE title = 'Le pain sera moins cher'")[0]
    assert cli.main(["explain", item, "-w", str(out)]) == 0
    said = capsys.readouterr().out
    assert "− Ferry 6 runs again" in said and "+ Le pain sera moins cher" in said and str(pages[3]) in said
    assert cli.main(["report", str(out), "-o", str(tmp_path / "page.html")]) == 0
    assert "✗" not in capsys.readouterr().out

    monkeypatch.undo()
    redo(out, pages[3])
    assert counts(sound(out)) == counts(before)


def test_what_was_read_is_declined_and_what_was_declined_is_read(pages, out, monkeypatch, tmp_path):
    def decline(snapshot, settings):
        raise Rejected(Reason.MALFORMED, "as the test says")

    before = counts(told(out))
    monkeypatch.setattr(batch, "split_snapshot", decline)
    redo(out, *pages)
    assert counts(sound(out)) == {**dict.fromkeys(before, 0), "snapshots": len(pages), "dead_letter": len(pages)}
    monkeypatch.undo()
    reading(monkeypatch, lambda name, story: story._replace(summary=story.summary.replace("dock", "harbour")))
    redo(out, *pages)
    ingest(tmp_path / "fresh", *pages)
    assert sound(out) == told(tmp_path / "fresh")


def test_a_copy_in_another_place_is_the_same_capture_and_is_redone_once(pages, out, tmp_path):
    before = told(out)
    copies = put(tmp_path / "copies")[:DAYS]
    done = redo(out, *pages, *copies, max_run_bytes=13000)
    assert len(done.committed) == 1  # there is nothing in the second run
    assert done.counters["dedupe.snapshots_redone"] == len(pages)
    assert done.counters["dedupe.snapshots_skipped"] == len(copies)
    assert sound(out) == before
    redo(out, copies[0])
    assert counts(sound(out)) == counts(before)
    assert ask(out, "SELECT snapshot_uri FROM snapshots ORDER BY captured_at LIMIT 1") == [(str(copies[0]),)]


# Killed, wherever.


def test_a_death_at_any_step_of_the_commit_leaves_the_old_or_the_new(pages, out, tmp_path, monkeypatch):
    """Who reads by the manifests meanwhile sees one or the other, and the next command completes it or clears it up."""
    held = []
    with monkeypatch.context() as patch:
        patch.setattr(write, "commit", lambda store, manifest: held.append(manifest))
        reading(patch, lambda name, story: None if story.title.startswith("Ferry 6 ") else story)
        redo(out, *pages[1:4])
    [manifest] = held
    assert manifest.replaces and len({file.path for file in manifest.files}) == len(manifest.files)
    calm = tmp_path / "calm"
    shutil.copytree(out, calm)
    manifests.commit(LocalStore(str(calm)), manifest)
    old, new, end = told(out), sound(calm), tree(calm)
    assert old != new

    class Death(BaseException):
        pass

    steps = {"create": 1, "move": len(manifest.files), "write": 2, "delete": len(manifest.replaces) + 1}
    for step, times in steps.items():
        for nth in sorted({0, times // 2, times - 1}):
            victim = tmp_path / f"{step}{nth}"
            shutil.copytree(out, victim)
            store = LocalStore(str(victim))
            real, left = getattr(store, step), iter(range(nth))

            def dying(*args, real=real, left=left):
                if next(left, None) is None:
                    raise Death
                return real(*args)

            setattr(store, step, dying)
            with pytest.raises(Death):
                manifests.commit(store, manifest)
            committed = (victim / "_manifests" / f"{manifest.run_id}.json").exists()
            assert told(victim) == (new if committed else old)
            recover(LocalStore(str(victim)), alone=True)
            assert tree(victim) == end if step != "create" else told(victim) == old


def test_a_killed_redo_followed_by_another_equals_an_undisturbed_one(pages, out):
    before = told(out)
    flags = ["ingest", "--reprocess", f"--input={pages[1]},{pages[3]}", f"--output={out}", "--timezone=Asia/Tokyo"]
    command = [sys.executable, "-m", "feedmill", *flags]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        end = time.monotonic() + 60
        while process.poll() is None and not any((out / "_staging").glob("*/*")) and time.monotonic() < end:
            time.sleep(0.0005)
        process.send_signal(signal.SIGKILL)
    assert redo(out, pages[1], pages[3], timezone="Asia/Tokyo").committed
    assert sound(out) == before  # these dates name their zone


# The command.


def test_the_screens_tell_what_is_redone(pages, out, tmp_path, capsys):
    (tmp_path / "new.xml").write_bytes(feed(8))
    flags = [f"--input={pages[0]},{pages[1]},{tmp_path / 'new.xml'}", f"--output={out}"]
    before = tree(out)
    assert cli.main(["ingest", "--dry_run", "--reprocess", *flags]) == 0
    said = capsys.readouterr().out
    assert "2 snapshots that the warehouse has already, and would be redone" in said
    assert "1 snapshot to be read" in said and tree(out) == before
    assert cli.main(["ingest", "--reprocess", *flags]) == 0
    said = capsys.readouterr().out
    assert "3 files, 1 new snapshot and 2 redone" in said and "18 = " in said
    assert cli.main(["ingest", "--reprocess=false", *flags]) == 0
    assert "3 snapshots that the warehouse has already" in capsys.readouterr().out


def test_a_stream_redoes_nothing_and_says_so(pages, out, capsys):
    for more in ([], ["--runner=PrismRunner"]):
        flags = ["--streaming", "--reprocess", f"--input={pages[0]}", f"--output={out}", *more]
        assert cli.main(["ingest", *flags]) == 2
        assert "--reprocess redoes an input that is there: give it without --streaming" in capsys.readouterr().err
    with pytest.raises(UsageError, match="--reprocess"):
        ingest(out, pages[0], reprocess="perhaps")
