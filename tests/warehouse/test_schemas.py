"""Schemas grow: a column that is added makes no warehouse unreadable, and an older feedmill loses nothing of a newer."""

import duckdb
import pyarrow as pa
import pytest
from feedmill.pipelines import cli
from feedmill.transforms.storage.local import LocalStore
from feedmill.transforms.warehouse import tables
from feedmill.transforms.warehouse.manifests import live_files, read_manifests
from feedmill.transforms.warehouse.query import connect
from feedmill.transforms.warehouse.verify import verify

from tests.conftest import tree

FEED = "<rss version='2.0'><channel><title>The Strait</title>{}</channel></rss>"
ITEM = (
    "<item><title>Ferry {n} is back</title><guid>https://strait.example/{n}</guid>"
    "<pubDate>Tue, 15 Jul 2025 10:00:00 GMT</pubDate></item>"
)
GROWN = ("items", "sightings", "snapshots", "fingerprints", "merges", "removed", "dead_letter")


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.xml").write_text(FEED.format(ITEM.format(n=name) + ITEM.format(n="x")))
    return tmp_path


NOW = tables.minor_version()  # of the schema as it is: the minors below are counted from it


@pytest.fixture
def grow():
    """Returns what makes each table have one nullable column more, or as before, as a newer feedmill would."""
    patch = pytest.MonkeyPatch()

    def grown(minor):
        patch.undo()
        if minor:
            column = tables._added(NOW + minor, "extra", pa.list_(pa.string()))
            for table in GROWN:
                patch.setitem(tables.SCHEMAS, table, tables.SCHEMAS[table].append(column))
        assert tables.minor_version() == NOW + minor

    yield grown
    patch.undo()


def take(name, *flags):
    assert cli.main(["ingest", f"--input={name}.xml", "--output=out", *flags]) == 0


def minors():
    return sorted(file.minor - NOW for file in live_files(read_manifests(LocalStore("out"))))


def items(sql="SELECT count(*), count(DISTINCT item_id) FROM items"):
    return connect(LocalStore("out")).sql(sql).fetchall()


@pytest.fixture(params=["month,lang", "year"])
def cut(request):
    return f"--partition_by={request.param}"


def test_a_warehouse_of_an_older_minor_version_is_read_added_to_and_brought_up(place, grow, cut, capsys):
    grow(0)
    take("a", cut)
    before = minors()
    assert set(before) == {0}
    grow(1)
    assert next(verify(LocalStore("out"))).startswith("views.sql: line ")  # of the older one
    assert items() == [(2, 2)]
    for table in GROWN:
        assert connect(LocalStore("out")).sql(f"SELECT count(extra) FROM {table}").fetchall() == [(0,)], table
    for command in ("query", "explain Ferry", "report"):
        assert cli.main(command.split()) in (0, 2), capsys.readouterr()  # 2: more than one item has the word
    take("b", cut)
    assert set(minors()) == {0, 1}
    assert list(verify(LocalStore("out"))) == []
    assert items() == [(3, 3)]  # what both show is one
    assert items("SELECT count(*), count(extra) FROM items_latest") == [(3, 0)]
    take("a", cut, "--reprocess")
    assert list(verify(LocalStore("out"))) == []
    assert cli.main(["compact"]) == 0
    assert list(verify(LocalStore("out"))) == [] and items() == [(3, 3)]


def test_what_is_compacted_has_the_columns_of_now(place, grow, cut):
    grow(0)
    take("a", cut)
    take("b", cut)
    grow(1)
    take("c", cut)
    assert cli.main(["compact"]) == 0
    assert set(minors()) == {1}
    assert list(verify(LocalStore("out"))) == [] and items() == [(4, 4)]


def test_migrate_writes_anew_what_is_older(place, grow, cut, capsys):
    grow(0)
    take("a", cut)
    take("b", cut)
    rows = items("SELECT * EXCLUDE (run_id) FROM items ORDER BY ALL")
    files = len(minors())
    grow(1)
    capsys.readouterr()
    assert cli.main(["migrate", "out"]) == 0
    assert capsys.readouterr().out == f"out: {files} files of {files} are of schema 2.{NOW + 1} now\n"
    assert minors() == [1] * files
    assert list(verify(LocalStore("out"))) == []
    assert items("SELECT * EXCLUDE (run_id, extra) FROM items ORDER BY ALL") == rows
    assert cli.main(["migrate", "out"]) == 0
    assert capsys.readouterr().out == f"out: {files} files, all of schema 2.{NOW + 1}; nothing to migrate\n"
    assert not take("a", cut)  # and is known still
    assert items() == [(3, 3)]


def test_the_views_on_disk_read_both(place, grow, cut):
    grow(0)
    take("a", cut)
    grow(1)
    take("b", cut)
    with duckdb.connect() as session:
        session.execute("SET VARIABLE warehouse = 'out'")
        session.execute((place / "out" / "views.sql").read_text())
        assert session.sql("SELECT count(*), count(extra) FROM items").fetchall() == [(3, 0)]
        assert session.sql("SELECT count(*) FROM items WHERE lang IS NOT NULL").fetchall() == [(3,)]


def test_a_newer_minor_version_is_read_and_not_written_to(place, grow, cut, capsys):
    grow(0)
    take("a", cut)
    grow(1)
    take("b", cut)
    grow(0)
    before = tree(place)
    assert items() == [(3, 3)]
    problems = list(verify(LocalStore("out")))
    assert len(problems) == 1 and problems[0].startswith("views.sql")
    capsys.readouterr()
    for command in ("compact", "migrate", f"ingest --input=c.xml --output=out {cut}"):
        assert cli.main(command.split()) == 2
        assert (
            f"wrote schema 2.{NOW + 1}, this feedmill writes 2.{NOW}: it can read the warehouse"
            in capsys.readouterr().err
        )
    assert tree(place) == before
