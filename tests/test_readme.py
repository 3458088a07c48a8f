"""The README's tables, held against the code."""

import argparse
import re

import pytest

from pipelines.ingest import IngestOptions
from pipelines.stream import StreamOptions
from tests.conftest import ROOT
from transforms import dedupe, language, read, split, windows, write
from transforms.failures import Reason
from transforms.formats import FORMATS
from transforms.tables import SCHEMAS

README = (ROOT / "README.md").read_text()


def table(name: str) -> list[list[str]]:
    """The cells of the table behind `<!-- table: name -->`, without its head."""
    text = README.split(f"<!-- table: {name} -->\n", 1)[1].split("\n\n", 1)[0]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()[2:]]


def words(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


@pytest.mark.parametrize("name", ["items", "sightings", "snapshots", "removed", "dead_letter"])
def test_columns(name):
    told = [word for row in table(name) for word in words(row[0])]
    assert sorted(told) == sorted(SCHEMAS[name].names)


def test_reasons():
    assert [words(row[0])[0] for row in table("reasons")] == [reason.value for reason in Reason]


def test_formats():
    assert sorted(name for row in table("formats") for name in words(row[0])) == sorted(FORMATS)


def test_flags():
    parser = argparse.ArgumentParser(add_help=False)
    IngestOptions._add_argparse_args(parser)
    told = {words(row[0])[0]: "".join(words(row[1])) for row in table("flags")}
    assert told == {a.option_strings[0]: str(a.default or "") for a in parser._actions}


def test_stream_flags():
    parser = argparse.ArgumentParser(add_help=False)
    StreamOptions._add_argparse_args(parser)
    told = {words(row[0])[0]: "".join(words(row[1])) for row in table("stream_flags")}
    assert told == {a.option_strings[0]: str(a.default or "") for a in parser._actions}


@pytest.mark.parametrize("step", [read, split, dedupe, language, write, windows], ids=lambda m: m.__name__)
def test_counters(step):
    """A step's docstring lists its counters; so does the README."""
    listed = step.__doc__.split("Counters", 1)[1]
    names = [n for line in re.findall(r"^    (\S.*?)  ", listed, re.MULTILINE) for n in line.split(", ")]
    told = {words(row[0])[0]: words(row[1]) for row in table("counters")}
    assert told[step._STEP] == names


def test_the_first_screen_has_the_two_commands():
    assert "make run" in README[:400] and "make test" in README[:400]
