"""The architecture, as assertions."""

import ast
import pathlib

import pytest

ROOT = pathlib.Path(__file__).parent.parent
STEPS = {
    "read.py",
    "split.py",
    "resolve.py",
    "build_tables.py",
    "write.py",
    "windows.py",
    "coders.py",
}  # the only modules below pipelines/ with Beam
PLAIN = [
    p for p in sorted((ROOT / "transforms").rglob("*.py")) if not (p.parent.name == "transforms" and p.name in STEPS)
]
LOW = ("formats", "text", "identity", "warehouse")


def imports(path: pathlib.Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("path", PLAIN, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_rules_know_neither_beam_nor_what_runs(path):
    assert not [name for name in imports(path) if name.startswith(("apache_beam", "feedmill.pipelines"))]


@pytest.mark.parametrize("folder", LOW)
def test_rules_know_no_step(folder):
    steps = {f"feedmill.transforms.{name.removesuffix('.py')}" for name in STEPS}
    for path in (ROOT / "transforms" / folder).rglob("*.py"):
        assert not imports(path) & steps, path


def test_the_steps_are_all_there():
    for name in STEPS:
        assert "apache_beam" in imports(ROOT / "transforms" / name)
