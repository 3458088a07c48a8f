"""The architecture, as assertions. What is drawn is in ARCHITECTURE.md."""

import ast
import graphlib
import pathlib
import re

import pytest

from tests.conftest import ROOT

# From the top down: a room may import from those beside and below it, and from none above.
LAYERS = (
    {"pipelines"},
    {"steps"},
    {"stages"},
    {"warehouse", "captures", "formats"},
    {"identity", "text", "storage", "local"},
    {"rows", "failures"},
)
# The steps: the only modules below pipelines/ with Beam.
STEPS = {
    f"feedmill.transforms.{name}" for name in ("read", "split", "resolve", "build_tables", "write", "windows", "coders")
}


def name_of(path: pathlib.Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(("feedmill", *(parts[:-1] if parts[-1] == "__init__" else parts)))


MODULES = {
    name_of(path): path for folder in ("pipelines", "transforms") for path in sorted((ROOT / folder).rglob("*.py"))
}


def imports(name: str) -> set[str]:
    """What a module imports, wherever in it, but for what it imports for type checkers alone."""
    found = set()
    tree = ast.parse(MODULES[name].read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []  # walked later, so not at all
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{name}: imports are absolute"
            whole = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {one if one in MODULES else node.module or "" for one in whole}
    return found - {name}


IMPORTS = {name: imports(name) for name in MODULES}


def room(name: str) -> str:
    """The room that a module is in; `feedmill.transforms` itself, which holds the version, is in the lowest."""
    parts = name.split(".")
    if name in STEPS:
        return "steps"
    if name == "feedmill.transforms":
        return "failures"
    return parts[2] if parts[1] == "transforms" else "pipelines"


def level(name: str) -> int:
    return next(number for number, rooms in enumerate(LAYERS) if room(name) in rooms)


def test_each_module_is_in_a_room_that_is_drawn():
    known = set().union(*LAYERS)
    assert {name: room(name) for name in MODULES if room(name) not in known} == {}
    assert set(MODULES) >= STEPS


def test_arrows_run_down_only():
    up = [
        f"{name} imports {one}"
        for name in MODULES
        for one in IMPORTS[name]
        if one in MODULES and level(one) < level(name)
    ]
    assert up == []


def test_there_is_no_circle_of_imports():
    graph = {name: IMPORTS[name] & MODULES.keys() for name in MODULES}
    try:
        list(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


def test_rules_know_no_beam_and_steps_do():
    with_beam = {name for name in MODULES if any(one.partition(".")[0] == "apache_beam" for one in IMPORTS[name])}
    assert {name for name in with_beam if room(name) != "pipelines"} == STEPS


def test_the_architecture_page_names_what_is_there():
    text = (ROOT / "ARCHITECTURE.md").read_text()
    rows = re.findall(r"^\| `([\w/.]+)` \| .* \| `(\w+)` \|$", text, re.MULTILINE)
    assert len(rows) > 10
    for path, name in rows:
        assert re.search(rf"^(?:def|class) {name}\b", (ROOT / path).read_text(), re.MULTILINE), (path, name)
    for path in re.findall(r"`((?:pipelines|transforms|tests)/[\w/.]*)`", text):
        assert (ROOT / path).exists(), path
