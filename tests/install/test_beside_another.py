"""A wheel, installed beside a project that has `transforms` and `pipelines` of its own.

Slow, so apart from the other tests: `make install-test`.
"""

import pathlib
import re
import site
import subprocess
import sys
import venv
import zipfile

import feedmill
import pytest

from tests.conftest import ROOT

# What a type checker must see of an installed package, and what it must object to.
TYPED = """
from feedmill import Rejected, Settings, Snapshot, Story, connect, ingest, split_snapshot
split = split_snapshot(Snapshot("a.xml", b""), Settings(timezone="Europe/Paris"))
titles: list[str | None] = [story.title for story in split.stories]
number: int = split.stories[0].title
ids: tuple[str, ...] = ingest(input="a", output="b").run_ids
from feedmill import ReadSnapshots, SplitSnapshots
SplitSnapshots(12)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> pathlib.Path:
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, tracked.split("\0")):  # a copy: a build leaves its own folders
        if name.startswith(("pipelines/", "transforms/")) or "/" not in name:
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*build, "--wheel-dir", built, source], check=True, timeout=300)
    (found,) = built.glob("feedmill-*.whl")
    return found


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory) -> pathlib.Path:
    """The Python of a fresh environment with the wheel. The dependencies are this environment's."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    (place,) = folder.glob("lib/python*/site-packages")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", place, wheel]
    subprocess.run(install, check=True, timeout=300)
    # a line of a .pth adds a folder behind this one, and runs none of the .pth files in it: no editable install is seen
    (place / "dependencies.pth").write_text("\n".join(site.getsitepackages()))
    return folder / "bin" / "python"


@pytest.fixture
def project(tmp_path) -> pathlib.Path:
    """A project whose packages have the names of this repository's folders."""
    for name in ("transforms", "pipelines"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(f"raise ImportError('the {name} of another project')\n")
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    return tmp_path


def run(python: pathlib.Path, project: pathlib.Path, *args: object) -> str:
    command = [python, *map(str, args)]
    done = subprocess.run(
        command, check=False, timeout=300, cwd=project, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_has_no_top_level_package_but_feedmill(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names} == {"feedmill", f"feedmill-{feedmill.__version__}.dist-info"}
    assert {"feedmill/py.typed", "feedmill/__main__.py", "feedmill/transforms/__init__.py"} <= set(names)
    for folder in ("pipelines", "transforms"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".json", ".npz") and "api" not in path.parts and "deploy" not in path.parts:
                assert f"feedmill/{path.relative_to(ROOT).as_posix()}" in names


def test_the_command_works_there(python, project):
    feedmill_there = run(python, project, "-c", "import feedmill; print(feedmill.__file__)").strip()
    assert pathlib.Path(feedmill_there).is_relative_to(python.parent.parent)
    assert run(python, project, "-m", "feedmill", "--version") == f"feedmill {feedmill.__version__}\n"
    assert '"format": "blurbs"' in run(
        python, project, "-m", "feedmill", "split", "--json", "seeds/000_16bb3679cbfd97ef.txt"
    )
    said = run(python, project, "-m", "feedmill", "ingest", "--input", "seeds/*.txt", "--output", "out", "--workers=2")
    assert "every story and every byte is accounted for" in said
    assert "24" in run(python, project, "-m", "feedmill", "query", "-w", "out", "SELECT count(*) FROM items_latest")


def test_the_script_that_is_installed_works_there(python, project):
    (script,) = python.parent.parent.glob("lib/python*/site-packages/bin/feedmill")
    code = script.read_text().split("\n", 1)[1]  # its first line names the Python that installed it
    (project / "command.py").write_text(code)
    assert run(python, project, "command.py", "--version") == f"feedmill {feedmill.__version__}\n"


def test_the_examples_of_the_readme_work_there(python, project):
    programs = re.findall("```python\n(.*?)```", (ROOT / "docs" / "python.md").read_text(), re.DOTALL)
    assert len(programs) == 3
    for program in programs:
        assert run(python, project, "-c", program)


def test_type_checkers_see_it(python, project):
    (project / "typed.py").write_text(TYPED)
    options = ["--strict", "--no-incremental", "--python-executable", python, "--cache-dir", project / "cache"]
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "typed.py"],
        check=False,
        timeout=300,
        cwd=project,
        capture_output=True,
        text=True,
    )
    wrong = [
        int(line.split(":")[1])
        for line in checked.stdout.splitlines()
        if line.startswith("typed.py:") and "error:" in line
    ]
    assert wrong == [5, 8], checked.stdout
