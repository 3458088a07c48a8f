"""What holds each number: takes it out, halves it and doubles it, and counts what then comes out otherwise.

    python -m tests.eval.ablate [part of a module's path ...]

Looks at each number that decides what rows say: module constants and fields' defaults in the rooms below, but for
limits, which keep hostile input from costing too much and have their own tests. What is compared comes from the small
corpora of the project: each case of `tests/cases` and the seeds for formats, each third pair of `pairs.jsonl` for identity,
sentences in many languages for languages, and for other rules of text the first two.
A line tells a number and how many of these change as it is 0, half and twice itself; `-` where it fails instead.
A number that changes nothing wants a case that needs it, or is to go. Takes ten minutes on two cores.
"""

import ast
import contextlib
import copy
import hashlib
import importlib.machinery
import json
import multiprocessing
import pathlib
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

# Imported before any process is forked, so that none has to; `feedmill` itself is not, as each changes it.
import apache_beam  # noqa: F401
import lxml.etree  # noqa: F401
import numpy  # noqa: F401
import pyarrow.parquet  # noqa: F401

ROOT = pathlib.Path(__file__).parents[2]
ROOMS = ("formats", "identity", "text")
APART = ("formats/dumps/", "formats/freshrss/")  # trained, and measured by their own floors
_LIMIT = re.compile(r"_?(LONGEST|LARGEST|MOST|MANY|DEEPEST|MAX|CACHE|SAMPLED?|BATCH|DOCTYPE|PARSED)(_|$)")


class Number(NamedTuple):
    """A number in the source: the file, the name it has there, and its value."""

    path: pathlib.Path
    name: str
    value: float


def numbers(path: pathlib.Path) -> Iterator[Number]:
    """Yield the numbers that a module names: its constants, and the defaults of its classes' fields."""
    for name, node in _named(ast.parse(path.read_text())):
        if isinstance(value := node.value, (int, float)) and not isinstance(value, bool) and not _LIMIT.match(name):
            yield Number(path, name, value)


def _named(tree: ast.Module) -> Iterator[tuple[str, ast.Constant]]:
    for statement in tree.body:
        inside = statement.body if isinstance(statement, ast.ClassDef) else [statement]
        prefix = f"{statement.name}." if isinstance(statement, ast.ClassDef) else ""
        for one in inside:
            target = one.targets[0] if isinstance(one, ast.Assign) else getattr(one, "target", None)
            if isinstance(target, ast.Name) and isinstance(getattr(one, "value", None), ast.Constant):
                yield prefix + target.id, one.value


def others(value: float) -> list[float]:
    """Return what to try in place of a number: nothing, half and twice as much.

    >>> others(3), others(0.7)
    ([0, 1, 6], [0.0, 0.35, 1.4])
    """
    return [type(value)(value * factor) for factor in (0, 0.5, 2)]


def outcomes(number: Number, value: float) -> Mapping[str, str] | None:
    """Return a digest for each piece of the corpora where a number has another value; None if it all fails.

    To be called in a process that has not imported feedmill yet.
    """
    _change(number, value)
    try:
        return {name: hashlib.sha256(repr(found).encode()).hexdigest() for name, found in _corpora(number.path)}
    except Exception as error:  # noqa: BLE001 - a number that nothing works without is one that is held
        print(f"{number}: {error!r}", file=sys.stderr)
        return None


def _change(number: Number, value: float) -> None:
    """Have a module say another number when it is imported."""
    get_code = importlib.machinery.SourceFileLoader.get_code

    def changed(loader: importlib.machinery.SourceFileLoader, fullname: str) -> Any:
        if not number.path.samefile(loader.path):
            return get_code(loader, fullname)
        tree = copy.deepcopy(ast.parse(number.path.read_text()))
        for name, node in _named(tree):
            if name == number.name:
                node.value = value
        return compile(tree, loader.path, "exec")

    importlib.machinery.SourceFileLoader.get_code = changed  # type: ignore[method-assign, assignment]


def _corpora(path: pathlib.Path) -> Iterator[tuple[str, Any]]:
    """Yield the name of each piece that a module may have to do with, and what comes out of it."""
    if "language" in path.parts:
        yield from _languages()
    else:
        if "identity" not in path.parts:
            yield from _cases()
        if "formats" not in path.parts:
            yield from _pairs()


def _cases() -> Iterator[tuple[str, Any]]:
    from feedmill.transforms.failures import Rejected
    from feedmill.transforms.formats import split_snapshot
    from feedmill.transforms.rows.story import Snapshot

    for path in [*sorted((ROOT / "tests" / "cases").rglob("*.*")), *sorted((ROOT / "seeds").iterdir())]:
        if path.suffix != ".md" and not (path.suffix == ".json" and len(list(path.parent.glob(f"{path.stem}.*"))) > 1):
            with contextlib.suppress(Rejected):
                yield str(path), split_snapshot(Snapshot(path.name, path.read_bytes()))


def _pairs() -> Iterator[tuple[str, Any]]:
    from tests.eval.duplicates import HERE, to_story
    from tests.identity.helpers import run, snapshots

    lines = (HERE / "pairs.jsonl").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines[::3]):  # its kinds stand many lines each
        pair = json.loads(line)
        yield f"pair {number}", run(snapshots([to_story(pair["a"])], [to_story(pair["b"])])).sightings.to_pylist()


def _languages() -> Iterator[tuple[str, Any]]:
    from feedmill.transforms.text.language.story import detect_story
    from feedmill.transforms.text.language.vote import detect

    from tests.text.test_language import SENTENCES

    for lang, text in sorted(SENTENCES.items()):
        words = text.split()
        for part in (text, text[:40], text[:20], " ".join(words[:2]), words[-1]):
            yield f"{lang} {part}", [detect(part), detect(part, "de", lambda: {"pt": 30}), detect_story(part, text)]
        yield f"{lang} mixed", detect_story(None, f"{text} {text}\n\n{SENTENCES['en']}\n\n{SENTENCES['fr']}")


def main(*parts: str) -> None:
    paths = [path for room in ROOMS for path in sorted((ROOT / "transforms" / room).rglob("*.py"))]
    paths = [path for path in paths if not any(apart in str(path) for apart in APART)]
    chosen = [n for path in paths if not parts or any(part in str(path) for part in parts) for n in numbers(path)]
    with multiprocessing.get_context("fork").Pool(maxtasksperchild=1) as pool:
        for number in chosen:
            tries = [(number, value) for value in (number.value, *others(number.value))]
            usual, *found = pool.starmap(outcomes, tries, chunksize=1)
            changed = ["-" if one is None else sum(one.get(n) != usual.get(n) for n in {*one, *usual}) for one in found]
            note = "held by nothing" if changed == [0, 0, 0] else ""
            name = f"{number.path.relative_to(ROOT)} {number.name} = {number.value}"
            print(f"{note:16s}{name}:", *changed, "of", len(usual), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
