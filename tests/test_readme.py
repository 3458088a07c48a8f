"""The tables of the README and of docs/, held against the code."""

import argparse
import re

import pytest
from feedmill.pipelines.plan import add_flags
from feedmill.transforms import build_tables as language
from feedmill.transforms import read, split, windows, write
from feedmill.transforms import resolve as dedupe
from feedmill.transforms.failures import Reason
from feedmill.transforms.formats import FORMATS
from feedmill.transforms.identity.keys import FORM_RANK
from feedmill.transforms.identity.match_rules import RULES
from feedmill.transforms.rows.story import CAPTURED_FROM, PRECISIONS, REMOVED_KINDS, ZONES
from feedmill.transforms.stages.split import STEPS
from feedmill.transforms.storage.local import LocalStore
from feedmill.transforms.text.language.codes import METHODS
from feedmill.transforms.warehouse.manifests import Manifest
from feedmill.transforms.warehouse.query import connect
from feedmill.transforms.warehouse.tables import SCHEMAS

from tests.conftest import ROOT

README = (ROOT / "README.md").read_text()
PAGES = "\n".join(page.read_text() for page in sorted((ROOT / "docs").glob("*.md")))


def table(name: str) -> list[list[str]]:
    """The cells of the table behind `<!-- table: name -->`, without its head."""
    text = PAGES.split(f"<!-- table: {name} -->\n", 1)[1].split("\n\n", 1)[0]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()[2:]]


def words(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


@pytest.mark.parametrize("name", ["items", "sightings", "snapshots", "removed", "dead_letter"])
def test_columns(name):
    told = [word for row in table(name) for word in words(row[0])]
    assert sorted(told) == sorted(SCHEMAS[name].names)


@pytest.mark.parametrize(
    ("name", "column", "values"),
    [
        ("items", "form", FORM_RANK),
        ("items", "published_precision", PRECISIONS),
        ("items", "published_zone", ZONES),
        ("sightings", "rule", RULES),
        ("snapshots", "captured_from", CAPTURED_FROM),
        ("removed", "kind", REMOVED_KINDS),
        ("dead_letter", "step", STEPS),
    ],
)
def test_values(name, column, values):
    """What a column can say is told before any other word that is set like it."""
    (told,) = [words(row[1]) for row in table(name) if column in words(row[0])]
    assert sorted(told[: len(values)]) == sorted(values)


def test_methods_of_telling_a_language():
    assert [words(row[0])[0] for row in table("methods")] == list(METHODS)


def test_views(tmp_path):
    (tmp_path / "_manifests").mkdir()
    (tmp_path / "_manifests" / "a.json").write_bytes(Manifest("a", base="", options={}, ledger={}, files=()).to_json())
    session = connect(LocalStore(str(tmp_path)))
    for view, _, told in table("views"):
        columns = session.sql(f"FROM {words(view)[0]}").columns
        items = (*SCHEMAS["items"].names, "lang") if view == "`items_latest`" else ()
        assert words(told) == [column for column in columns if column not in items], view


def test_reasons():
    assert [words(row[0])[0] for row in table("reasons")] == [reason.value for reason in Reason]


def test_formats():
    assert sorted(name for row in table("formats") for name in words(row[0])) == sorted(FORMATS)


def test_flags():
    parser = argparse.ArgumentParser(add_help=False)
    add_flags(parser, "run")
    told = {words(row[0])[0]: "".join(words(row[1])) for row in table("flags")}
    assert told == {a.option_strings[0]: str(a.default or "") for a in parser._actions}


def test_stream_flags():
    parser = argparse.ArgumentParser(add_help=False)
    add_flags(parser, "stream")
    told = {words(row[0])[0]: "".join(words(row[1])) for row in table("stream_flags")}
    assert told == {a.option_strings[0]: str(a.default or "") for a in parser._actions}


@pytest.mark.parametrize("step", [read, split, dedupe, language, write, windows], ids=lambda m: m.__name__)
def test_counters(step):
    """A step's docstring lists its counters; so does docs/commands.md."""
    listed = step.__doc__.split("Counters", 1)[1]
    names = [n for line in re.findall(r"^    (\S.*?)  ", listed, re.MULTILINE) for n in line.split(", ")]
    told = {words(row[0])[0]: words(row[1]) for row in table("counters")}
    assert told[step._STEP] == names


def test_the_first_screen_has_the_two_commands():
    assert "make run" in README[:400] and "make test" in README[:400]
