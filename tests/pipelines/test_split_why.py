"""`feedmill split`: how sure each story is, and why a page was cut as it was."""

import re

import pytest
from feedmill.pipelines.cli import main
from feedmill.pipelines.commands.split_why import line_numbers, reasons_for, template_of
from feedmill.transforms.formats.dumps.split import read_dump

from tests.conftest import CASES

PAGE = CASES / "dumps" / "press_digest_french.txt"
GRAMMAR = CASES / "records" / "gale.txt"


def run(capsys, *arguments):
    status = main(["split", *map(str, arguments)])
    shown = capsys.readouterr()
    return status, shown.out, shown.err


def test_template_lines_and_labels(capsys):
    status, out, _ = run(capsys, "--why", PAGE)
    text = PAGE.read_text(encoding="utf-8")
    dump = read_dump(text)
    assert status == 0
    assert template_of(dump)[0] in out
    assert len(re.findall(r"story \d+: bounds \d+%, fields \d+% sure", out)) == len(dump.reading.records)
    rows = re.findall(r"^ +(\d+)  (\w+) +(\d+)%  (\S.*)$", out, re.MULTILINE)
    assert [(int(n), name) for n, name, _, _ in rows] == list(zip(line_numbers(dump), dump.reading.labels, strict=True))
    lines = text.split("\n")
    for number, _, _, shown in rows:
        assert shown.split("…")[0].split("  (or ")[0][:30].strip() in " ".join(lines[int(number) - 1].split())


def test_one_line_with_its_reasons(capsys):
    dump = read_dump(PAGE.read_text(encoding="utf-8"))
    number = line_numbers(dump)[1]
    status, out, _ = run(capsys, "--why", "--line", number, PAGE)
    assert status == 0
    assert len(re.findall(r"^ +\d+  \w+ +\d+%  ", out, re.MULTILINE)) == line_numbers(dump).count(number)
    reasons = reasons_for(dump.page, 1, dump.reading.labels[1])
    assert reasons and all(reason in " ".join(out.split()) for reason in reasons)
    _, out, _ = run(capsys, "--why", "--line", 9999, PAGE)
    assert "line 9999 holds nothing" in out


def test_what_a_grammar_reads_needs_no_reasons(capsys):
    _, out, _ = run(capsys, "--why", GRAMMAR)
    assert "records is read by its own grammar" in out


@pytest.mark.parametrize("arguments", [["--line", "3"], ["--why", "--json"]])
def test_flags_that_do_not_go_together(capsys, arguments):
    try:
        status, _, err = run(capsys, *arguments, PAGE)
    except SystemExit as left:
        status, err = left.code, capsys.readouterr().err
    assert status == 2
    assert "--line" in err or "not allowed" in err


def test_both_confidences_are_shown(capsys):
    _, out, _ = run(capsys, GRAMMAR)
    assert len(re.findall(r"bounds \d+% sure · fields \d+% sure", out)) == 3
