"""`make compat`: the widest that setup.py allows gives the rows that the lock gives. Needs uv, the pythons and a network.

Each environment is built anew under build/compat, from feedmill's wheel and no more than it asks for; it ingests the
samples and a pile in two runs, and says by itself what its Beam no longer has. All rows are compared, ids too.
"""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import NamedTuple

from feedmill.transforms.storage.local import LocalStore
from feedmill.transforms.warehouse.query import connect
from feedmill.transforms.warehouse.tables import SCHEMAS

from tests.bench.generator import generate, write
from tests.conftest import ROOT

HOME = ROOT / "build" / "compat"
UV = str(pathlib.Path(sys.executable).parent / "uv")
ENTRIES = 5000


class Environment(NamedTuple):
    """A Python, and which of the versions that setup.py allows are taken."""

    python: str
    resolution: str  # uv's: lowest-direct is the lowest of each that setup.py names


ENVIRONMENTS = {
    "lowest": Environment("3.11", "lowest-direct"),
    "newest": Environment("3.13", "highest"),
}


def command(*words: object, python: str = "") -> None:
    """Runs a program; where pyenv keeps the pythons, it finds this one."""
    found = {"PYENV_VERSION": python, "UV_PYTHON_DOWNLOADS": "never"} if python else {}
    subprocess.run([*map(str, words)], cwd=ROOT, check=True, stdout=sys.stderr, env={**os.environ, **found})


def build(name: str, wheel: pathlib.Path) -> pathlib.Path:
    """Makes an environment. Returns its folder of programs."""
    folder, asked = HOME / name, ENVIRONMENTS[name]
    command(UV, "venv", "--quiet", "--clear", "--python", asked.python, folder, python=asked.python)
    python = folder / "bin" / "python"
    install = (UV, "pip", "install", "--quiet", "--python", python)
    command(*install, "--resolution", asked.resolution, "-r", "setup.py")
    command(*install, "--no-deps", wheel)
    command(*install, "pytest", "pytest-timeout", "setuptools<82")
    return folder / "bin"


def rows(programs: pathlib.Path, inputs: list[pathlib.Path], out: pathlib.Path) -> dict[str, list[str]]:
    """Ingests each of `inputs` with an environment's command. Returns the rows of every table, in order."""
    for place in inputs:
        command(programs / "feedmill", "ingest", "--input", place, "--output", out)
    session = connect(LocalStore(str(out)))
    return {name: sorted(map(repr, session.execute(f"FROM {name}").fetchall())) for name in SCHEMAS}


@contextlib.contextmanager
def wheel() -> Iterator[pathlib.Path]:
    """Builds feedmill from a copy, so that nothing is left in the work tree."""
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / "feedmill"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".venv", "build", ".git", "tests", "out", ".*_cache"))
        command(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", folder, copy)
        (built,) = pathlib.Path(folder).glob("*.whl")
        yield built


def main() -> int:
    worse = 0
    with tempfile.TemporaryDirectory() as folder, wheel() as built:
        here = pathlib.Path(folder)
        write(here, generate(ENTRIES, 0.3, seed=7))
        inputs = [ROOT / "seeds", here / "snapshots"]
        usual = rows(pathlib.Path(sys.executable).parent, inputs, here / "lock")
        for name in ENVIRONMENTS:
            programs = build(name, built)
            found = rows(programs, inputs, here / name)
            other = [table for table in usual if usual[table] != found[table]]
            versions = ["apache-beam", "pyarrow", "duckdb", "numpy"]
            script = (
                f"import importlib.metadata as m; print(*(f'{{p}} {{m.version(p)}}' for p in {versions}), sep=', ')"
            )
            told = subprocess.run(
                [programs / "python", "-c", script], capture_output=True, text=True, check=True
            ).stdout
            print(f"{name}: Python {ENVIRONMENTS[name].python}, {told.strip()}: ", end="")
            print(f"OTHER ROWS in {', '.join(other)}" if other else f"the same {sum(map(len, found.values())):,} rows")
            test = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--noconftest", "-c", os.devnull]
            said = subprocess.run(
                [programs / "python", *test, "tests/pipelines/test_beam_compat.py", "--rootdir=."], cwd=ROOT
            )
            worse += bool(other) + bool(said.returncode)
    return min(worse, 1)


if __name__ == "__main__":
    sys.exit(main())
