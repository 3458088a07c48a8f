"""The answers of `feedmill query`, for programs."""

import csv
import io
import json

import pytest
from feedmill.pipelines import cli

from tests.conftest import ROOT

SQL = "SELECT title, content_hash, media, published_at FROM items_latest WHERE len(media) > 0 ORDER BY title"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    out = tmp_path_factory.mktemp("query") / "out"
    assert cli.main(["ingest", f"--input={ROOT / 'seeds'}", f"--output={out}"]) == 0
    return out


def asked(warehouse, capsys, form):
    capsys.readouterr()
    assert cli.main(["query", "-w", str(warehouse), "--format", form, SQL]) == 0
    return capsys.readouterr().out


def test_bytes_are_hexadecimal_and_lists_are_json_in_both(warehouse, capsys):
    as_json = [json.loads(line) for line in asked(warehouse, capsys, "json").splitlines()]
    as_csv = list(csv.DictReader(io.StringIO(asked(warehouse, capsys, "csv"))))
    assert as_json and len(as_json) == len(as_csv)
    for one, other in zip(as_json, as_csv, strict=True):
        assert len(bytes.fromhex(one["content_hash"])) == 16
        assert other["content_hash"] == one["content_hash"]
        assert json.loads(other["media"]) == one["media"]
        assert other["title"] == (one["title"] or "")


def test_cells_that_a_spreadsheet_would_run_are_texts_on_request(warehouse, capsys):
    sql = "SELECT '=1+1' AS \"@a\", '+x' AS b, '-x' AS c, '\t=x' AS d, 'a=1' AS e, -1 AS f, NULL AS g"
    assert cli.main(["query", "-w", str(warehouse), "--format", "csv", sql]) == 0
    assert capsys.readouterr().out == "@a,b,c,d,e,f,g\n=1+1,+x,-x,\t=x,a=1,-1,\n"
    assert cli.main(["query", "-w", str(warehouse), "--format", "csv", "--safe", sql]) == 0
    assert capsys.readouterr().out == "'@a,b,c,d,e,f,g\n'=1+1,'+x,'-x,'\t=x,a=1,-1,\n"
    assert cli.main(["query", "-w", str(warehouse), "--safe", sql]) == 2
    assert "--format csv" in capsys.readouterr().err
