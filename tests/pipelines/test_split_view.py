"""What `feedmill split` shows a person: how sure each story is, and by what a page was read as it was."""

import re

import pytest
from feedmill.pipelines import cli
from feedmill.transforms.formats.dumps.evidence import FACTS
from feedmill.transforms.formats.dumps.split import read_dump
from feedmill.transforms.formats.dumps.why import KINDS, explain, template

from tests.conftest import CASES

LIST = "".join(
    f"{title}\nThe Quay - {day} March 2026\n\n"
    for day, title in enumerate(
        (
            "Rates held for a third month",
            "Rain fell on every town of the coast",
            "Divers find a bell from a lost ship",
            "School buses will run on timber gas",
            "Bakers bring back the night market",
        ),
        3,
    )
)
RECORDS = "Title: Rates held again\nDate: 2026-03-04\n\nTitle: Rain fell all day\nDate: 2026-03-05\n"


def shown(capsys, tmp_path, text, *flags):
    path = tmp_path / "page.txt"
    path.write_text(text, encoding="utf-8")
    status = cli.main(["split", *flags, str(path)])
    out, err = capsys.readouterr()
    assert (status, err) == (0, "")
    return out


def test_each_fact_is_of_one_kind():
    columns = [column for runs in KINDS.values() for run in runs for column in run]
    assert sorted(columns) == list(range(FACTS))


@pytest.mark.parametrize("name", ["headline_source_date.txt", "press_digest_french.txt", "rules_japanese.txt"])
def test_every_line_is_explained(name):
    dump = read_dump((CASES / "dumps" / name).read_text(encoding="utf-8"))
    lines = explain(dump)
    assert [(line.text, line.label) for line in lines] == [
        (unit.text, label) for unit, label in zip(dump.page.units, dump.reading.labels, strict=True)
    ]
    assert sum(line.begins for line in lines) == len(dump.reading.records) == template(dump).stories
    assert all(0 <= line.likely + line.less <= 1.01 and len(line.evidence) <= 3 for line in lines)
    assert all(line.other != line.label for line in lines)
    # what is told is by what a label loses without it: the strongest first, and never what speaks against it
    weights = [[weight for _, weight in line.evidence] for line in lines]
    assert all(own == sorted(own, reverse=True) and min(own, default=1) > 0 for own in weights)
    assert any(weights)


def test_a_date_is_told_by_its_looks():
    dates = [line for line in explain(read_dump(LIST)) if line.label == "date"]
    assert len(dates) == 5
    assert sum("date or age" in dict(line.evidence) for line in dates) >= 3


def test_the_template_says_what_the_stories_share():
    told = template(read_dump(LIST))
    assert told.stories == sum(stories for _, stories in told.orders) == 5
    assert dict(told.shares)["title"] == 1.0
    assert next(name for name, _ in told.shares) == "title"
    assert template(read_dump("")) == (0, (), ())


def test_how_sure_a_story_is_stands_beside_it(tmp_path, capsys):
    told = shown(capsys, tmp_path, LIST)
    found = re.findall(r"^([ ~?]) *(\d+)  (.+)\n.*\n +sure of bounds (\d+)%  fields (\d+)%", told, re.M)
    assert len(found) == 5
    for sign, _, _, bounds, fields in found:
        least = min(int(bounds), int(fields))
        assert sign == (" " if least >= 90 else "~" if least >= 70 else "?")


def test_why_prints_the_template_and_each_line(tmp_path, capsys):
    told = shown(capsys, tmp_path, LIST, "--why")
    assert "why: 5 stories, " in told and "100%  title" in told and "× title" in told
    why = told.split("why:")[1]
    assert all(title in why for title in ("Rates held for a third month", "Bakers bring back the night market"))
    assert re.search(r"^ +1 +\d+% title +Rates held for a third month(?:  \(or \w+, \d+%\))?$", why, re.M)
    assert re.search(r"^ +by [a-z ]+ \d\.\d", why, re.M)


def test_why_of_what_is_declined_and_of_what_has_rules(tmp_path, capsys):
    told = shown(
        capsys, tmp_path, "The five best piers of the north\n\nWe walked them all, so that you need not.\n", "--why"
    )
    assert "unknown_format" in told and "sure on the whole" in told and "The five best piers of the north" in told
    told = shown(capsys, tmp_path, RECORDS, "--why")
    assert "why: records is read by rules of its own" in told


def test_what_a_terminal_would_obey_is_spelled_out(tmp_path, capsys):
    told = shown(capsys, tmp_path, LIST.replace("Rates", "R\x1b[2Jates"), "--why")
    assert "\x1b" not in told and "Rates held" not in told


def test_one_view_at_a_time(tmp_path, capsys):
    with pytest.raises(SystemExit):
        cli.main(["split", "--json", "--why", str(tmp_path)])
    assert "not allowed with" in capsys.readouterr().err
