"""The programs in examples/ do what they say, run as a reader would run them."""

import subprocess
import sys

from tests.conftest import ROOT


def run(name: str, *args: object, status: int = 0) -> str:
    command = [sys.executable, ROOT / "examples" / name, *map(str, args)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT, timeout=110)
    assert done.returncode == status, done.stderr
    return done.stdout


def test_every_example_is_run_here():
    assert {path.name for path in (ROOT / "examples").glob("*.py")} == {
        "split_a_page.py",
        "steps_in_a_pipeline.py",
        "daily_job.py",
    }


def test_a_page_is_split(tmp_path):
    said = run("split_a_page.py").splitlines()
    assert said[0] == "freshrss_text, interface in fr"
    assert any(line.startswith("2025-07-15 10:39") and "Euromaidan Press" in line for line in said)
    (tmp_path / "empty").write_bytes(b" \n")
    assert "empty" in run("split_a_page.py", tmp_path / "empty", status=1)


def test_the_steps_work_in_another_pipeline(tmp_path):
    (tmp_path / "nothing.txt").write_bytes(b"")
    run("steps_in_a_pipeline.py", f"{ROOT / 'seeds' / '003*.txt'},{tmp_path / 'nothing.txt'}", tmp_path / "c")
    counts = "".join(path.read_text() for path in tmp_path.glob("c-stories-*"))
    assert "2\tEuromaidan Press\n" in counts and "2\tThe Kyiv Independent\n" in counts
    declined = "".join(path.read_text() for path in tmp_path.glob("c-declined-*"))
    assert declined.endswith("nothing.txt: empty: 0 bytes, no text\n")


def test_a_daily_job_adds_what_is_new_once(tmp_path):
    first = run("daily_job.py", ROOT / "seeds" / "*.txt", tmp_path / "w")
    assert first.startswith("24 new, 0 revisions, 3 duplicates\n") and "The Kyiv Independent" in first
    assert run("daily_job.py", ROOT / "seeds" / "*.txt", tmp_path / "w") == "nothing new\n"
