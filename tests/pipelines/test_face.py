"""What `import feedmill` gives."""

import re
import subprocess
import sys

import feedmill
import pytest
from feedmill import UsageError

from tests.conftest import ROOT

FEED = b"""<rss version="2.0"><channel><title>River News</title>
<item><title>The river rose</title><guid isPermaLink="false">%d</guid><description>By two metres.</description></item>
</channel></rss>"""


def test_every_name_is_there_once_and_has_a_docstring():
    assert len(set(feedmill.__all__)) == len(feedmill.__all__)
    for name in feedmill.__all__:
        assert getattr(feedmill, name).__doc__, name
    assert set(feedmill.__all__) <= set(dir(feedmill))


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="Splits"):
        feedmill.Splits  # noqa: B018


def loaded(script: str) -> set[str]:
    """The top-level packages that a fresh Python has imported after a script."""
    script += "\nimport sys; print(*{name.partition('.')[0] for name in sys.modules})"
    return set(
        subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout.split()
    )


def test_beam_is_loaded_when_a_step_is_asked_for():
    before = loaded("import feedmill; feedmill.split_snapshot(feedmill.Snapshot('a', b'<rss><channel/></rss>'))")
    assert not before & {"apache_beam", "pyarrow", "duckdb", "numpy"}
    assert "apache_beam" in loaded("import feedmill; feedmill.SplitSnapshots")


def test_ingest_takes_paths_and_flags_and_prints_nothing(tmp_path, capfd):
    folder = tmp_path / "with, comma"
    folder.mkdir()
    (folder / "a.xml").write_bytes(FEED % 1)
    (tmp_path / "b.xml").write_bytes(FEED % 2)
    out = tmp_path / "out"
    done = feedmill.ingest(input=[folder, tmp_path / "b.xml"], output=out, workers=1, reprocess=False, wait=None)
    assert done.books.stories == 2 and done.books.imbalance() == []
    assert feedmill.connect(out).sql("SELECT DISTINCT run_id FROM items").fetchall() == [(done.run_ids[0],)]
    again = feedmill.ingest(input=[folder, tmp_path / "b.xml"], output=str(out))
    assert again.run_ids == () and again.books.stories == 0
    redone = feedmill.ingest(input=folder, output=out, reprocess=True)
    assert redone.counters["dedupe.snapshots_redone"] == 1
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        ({"no_such_flag": 1}, "unknown flag --no_such_flag"),
        ({"timezone": "Mars"}, "not an IANA time zone"),
        ({"streaming": True}, "run feedmill ingest --streaming"),
        ({"dry_run": True}, "run feedmill ingest --dry_run"),
    ],
)
def test_ingest_says_what_is_wrong(tmp_path, flags, says):
    with pytest.raises(UsageError, match=says):
        feedmill.ingest(input=ROOT / "seeds", output=tmp_path / "out", **flags)
    assert not (tmp_path / "out").exists()


def test_the_examples_of_the_readme_run(tmp_path):
    programs = re.findall("```python\n(.*?)```", (ROOT / "docs" / "python.md").read_text(), re.DOTALL)
    assert len(programs) == 3
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    said = [
        subprocess.run([sys.executable, "-c", one], check=True, capture_output=True, text=True, cwd=tmp_path).stdout
        for one in programs
    ]
    assert "Reached Trade Deal" in said[0] and "en" in said[1] and "Reached Trade Deal" in said[2]


def test_the_module_is_the_command():
    told = subprocess.run([sys.executable, "-m", "feedmill", "--version"], check=True, capture_output=True, text=True)
    assert told.stdout == f"feedmill {feedmill.__version__}\n"
