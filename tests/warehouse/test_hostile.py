"""A warehouse from elsewhere is data and never code: nothing in it is run, and nothing outside it is touched."""

import hashlib
import json
import os
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from feedmill.pipelines import cli
from feedmill.transforms.storage.local import LeadsOut, LocalStore
from feedmill.transforms.warehouse.manifests import Manifest, read_manifests

from tests.conftest import tree

FEED = "<rss version='2.0'><channel><title>The Strait</title>{}</channel></rss>"
ITEM = "<item><title>Ferry {n} is back</title><guid>https://strait.example/{n}</guid></item>"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    place = tmp_path_factory.mktemp("whole")
    for name in ("a", "b"):
        (place / f"{name}.xml").write_text(FEED.format(ITEM.format(n=name)))
    assert cli.main(["ingest", f"--input={place / 'a.xml'}", f"--output={place / 'out'}"]) == 0
    return place


@pytest.fixture
def place(whole, tmp_path, monkeypatch):
    """A warehouse `out`, a file that it has not, and a neighbour that is not to be touched."""
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    (tmp_path / "outside").mkdir()
    shutil.copytree(tmp_path / "out", tmp_path / "outside" / "other")
    (tmp_path / "outside" / "precious.parquet").write_text("precious")
    monkeypatch.chdir(tmp_path)
    return tmp_path


COMMANDS = ["query", "explain Ferry", "report", "compact", "ingest --input=b.xml --output=out", "verify"]


def refused(place, capsys, told, commands=COMMANDS):
    """Holds that each command says what is wrong, and that none changes anything, inside or outside."""
    before = tree(place)
    for command in commands:
        status = cli.main(command.split())
        said = "".join(capsys.readouterr())
        assert (status, told in said) == (1 if command == "verify" else 2, True), (command, said)
        assert "Traceback" not in said
    assert tree(place) == before


def change(path, **fields):
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def manifest(place):
    (path,) = (place / "out" / "_manifests").iterdir()
    return path


def leave_commit(place, **fields):
    """A commit that did not end, as a killed run leaves it."""
    (base,) = read_manifests(LocalStore("out"))
    note = json.loads(Manifest("r2", base=base.base, options=base.options, ledger={}, files=()).to_json())
    (place / "out" / "_staging").mkdir(exist_ok=True)
    (place / "out" / "_staging" / "commit.json").write_text(json.dumps({**note, **fields}))


FILE = {"table": "items", "rows": 1, "size": 8, "sha256": "0" * 64}
PATHS = [
    "../outside/precious.parquet",
    "items/../../outside/precious.parquet",
    "/etc/passwd",
    "items//etc/passwd.parquet",
    "items/./a.parquet",
    "items\\..\\a.parquet",
    "sightings/a.parquet",
    "items/a.txt",
    "items/.a.parquet",
    "items/*.parquet",
    "items/lang=en/'; DROP TABLE x; --.parquet",
    "items/a\x1b[2J.parquet",
    "items/a.parquet\n",
    "_manifests/a.parquet",
    "items",
    "",
]


def test_the_views_that_lie_in_a_warehouse_are_not_run(place, capsys):
    views = place / "out" / "views.sql"
    views.write_text(
        views.read_text().replace("-- Where", "COPY (SELECT 1) TO 'planted';\n-- Where", 1) + "\nnot even SQL"
    )
    for command in COMMANDS[:3]:
        assert cli.main(command.split()) == 0
    capsys.readouterr()
    assert cli.main(["verify"]) == 1
    assert "is \"COPY (SELECT 1) TO 'planted';\", which is not what this feedmill writes" in capsys.readouterr().out
    assert cli.main(["compact"]) == 0 and cli.main(["verify"]) == 0  # written anew
    assert not (place / "planted").exists()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("where", ["files", "kept", "replaces"])
def test_a_manifest_names_only_files_of_its_tables(place, capsys, where, path):
    change(manifest(place), **{where: [path] if where == "replaces" else [{**FILE, "path": path}]})
    if where == "replaces" and path == "sightings/a.parquet":
        return  # is one
    refused(place, capsys, f"{path!r}", COMMANDS if path == PATHS[0] else ["query", "verify"])


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("where", ["files", "kept", "replaces"])
def test_an_unfinished_commit_moves_and_deletes_only_files_of_its_tables(place, capsys, where, path):
    if where == "replaces" and path == "sightings/a.parquet":
        return
    leave_commit(place, **{where: [path] if where == "replaces" else [{**FILE, "path": path}]})
    (place / "out" / "_staging" / "r2").mkdir()
    (place / "out" / "_staging" / "r2" / "x.parquet").write_text("x")
    refused(place, capsys, f"{path!r}", ["compact", "ingest --input=b.xml --output=out", "verify"])


@pytest.mark.parametrize("run_id", ["..", ".", "../..", "a/b", ""])
def test_a_run_id_is_no_path(place, capsys, run_id):
    leave_commit(place, run_id=run_id)
    refused(place, capsys, f"{run_id!r} is no run's id", ["compact", "ingest --input=b.xml --output=out", "verify"])


@pytest.mark.parametrize("name", ["items", "sightings", "_staging", "_manifests", "views.sql"])
def test_a_link_that_leads_out_is_not_followed(place, capsys, name):
    inside, outside = place / "out" / name, place / "outside" / "other" / name
    outside.mkdir(exist_ok=True) if name == "_staging" else None
    shutil.rmtree(inside) if inside.is_dir() else inside.unlink(missing_ok=True)
    inside.symlink_to(outside)
    commands = COMMANDS if name in ("items", "sightings", "_manifests") else COMMANDS[4:]
    refused(place, capsys, f"{name}", commands)


def test_a_partition_or_a_file_that_is_a_link_out_is_not_followed(place, capsys):
    (file,) = (place / "out" / "items").rglob("*.parquet")
    data = file.read_bytes()
    file.unlink()
    (place / "outside" / "data.parquet").write_bytes(data)
    file.symlink_to(place / "outside" / "data.parquet")
    refused(place, capsys, "leads out of the warehouse", ["query", "explain Ferry", "report", "verify"])
    file.unlink()
    file.parent.rmdir()
    file.parent.symlink_to(place / "outside")
    refused(place, capsys, "leads out of the warehouse", ["query", "explain Ferry", "report", "verify"])


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["pipe", "folder"])
@pytest.mark.parametrize("what", ["items", "views.sql", "_staging/commit.json"])
def test_a_pipe_or_a_folder_where_a_file_should_be_is_named_and_waited_for_by_none(place, capsys, what, make):
    path = next((place / "out" / what).rglob("*.parquet")) if what == "items" else place / "out" / what
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    make(path)
    commands = [*COMMANDS[:4], "verify"] if what == "items" else COMMANDS[3:5]
    for command in commands:
        assert cli.main(command.split()) == (1 if command == "verify" else 2)
        assert str(path.relative_to(place / "out")) in "".join(capsys.readouterr())
    assert cli.main(["verify"]) in (1, 2)


@pytest.mark.parametrize("kind", ["of another table", "damaged"])
def test_a_data_file_of_something_else_is_named(place, capsys, kind):
    (items,), (other,) = ((place / "out" / table).rglob("*.parquet") for table in ("items", "snapshots"))
    items.write_bytes(other.read_bytes() if kind == "of another table" else b"PAR1" + b"\xff" * 500 + b"PAR1")
    refused(place, capsys, "cannot be read; feedmill verify tells what is wrong", COMMANDS[1:4])
    refused(place, capsys, str(items.relative_to(place / "out")), ["verify"])


def test_a_link_planted_where_a_draft_is_written_is_not_followed(tmp_path, monkeypatch):
    monkeypatch.setattr("os.getpid", lambda: 7)
    (tmp_path / "out" / "_staging").mkdir(parents=True)
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "out" / "_staging" / ".views.sql.7").symlink_to(tmp_path / "precious")
    store = LocalStore(str(tmp_path / "out"))
    store.write("views.sql", b"new")
    assert (store.read("views.sql"), (tmp_path / "precious").read_text()) == (b"new", "precious")


def test_a_store_keeps_to_its_folder(tmp_path):
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "inside").write_text("x")
    (tmp_path / "out" / "link").symlink_to("inside")
    store = LocalStore(str(tmp_path / "out"))
    assert (store.read("link"), list(store.links_out())) == (b"x", [])  # a link within is none that leads out
    for name in ("../precious", str(tmp_path / "precious"), ".."):
        for use in (store.read, store.list, store.delete, lambda name: store.move("inside", name)):
            with pytest.raises(LeadsOut):
                use(name)
        with pytest.raises(LeadsOut):
            store.write(name, b"")
    assert (tmp_path / "precious").read_text() == "precious"


@pytest.mark.parametrize("data", ["", "{", "[]", "null", '{"run_id": 1}', '{"files": [3]}', "[" * 100_000, "\x00"])
def test_a_damaged_note_of_a_commit_says_what_to_do(place, capsys, data):
    leave_commit(place)
    note = place / "out" / "_staging" / "commit.json"
    note.write_text(data)
    refused(place, capsys, "out/_staging/commit.json: the note of a commit that did not end is damaged", COMMANDS[3:])
    note.unlink()  # as it says
    assert cli.main(COMMANDS[4].split()) == 0 and cli.main(["verify"]) == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"ledger": {"stories": "many"}},
        {"ledger": {"bytes": {}}},
        {"options": 3},
        {"options": {"partition_by": "\x1b[2J"}},
        {"files": [{**FILE, "path": "items/a.parquet", "rows": None}]},
        {"folds": "1"},
        {"run_id": "another"},
    ],
    ids=lambda fields: json.dumps(fields)[:30],
)
def test_a_manifest_of_another_shape_is_named(place, capsys, fields):
    change(manifest(place), **fields)
    refused(place, capsys, "the manifest is damaged", ["query", "verify"])


@pytest.mark.parametrize("unfinished", [False, True], ids=["committed", "unfinished"])
def test_a_newer_schema_is_refused_before_anything_is_written(place, capsys, unfinished):
    if unfinished:
        leave_commit(place, schema_version=99, feedmill_version="9.9", news=1)
    else:
        leave_commit(place)
        change(manifest(place), schema_version=99, feedmill_version="9.9", news=1)
    (place / "out" / "_staging" / "r3").mkdir()
    (place / "out" / "_staging" / "r3" / "x").write_text("staged by the newer one")
    (place / "out" / "views.sql").write_text("of the newer one")
    before = tree(place)
    for command in COMMANDS[3:] if unfinished else COMMANDS:
        assert cli.main(command.split()) == 2
        assert "it has schema version '99', this feedmill reads" in capsys.readouterr().err
    assert tree(place) == before


def test_a_file_with_columns_of_its_own_is_joined_to_no_other(place, capsys):
    """What its manifest says of it is true: it is the columns that are not those of items."""
    assert cli.main(["ingest", "--input=b.xml", "--output=out"]) == 0
    for path in (place / "out" / "_manifests").iterdir():
        files = json.loads(path.read_text())["files"]
        for entry in files:
            if entry["table"] == "items":
                file = place / "out" / entry["path"]
                rows = pq.read_table(file, partitioning=None)
                at = rows.schema.get_field_index("title")
                pq.write_table(rows.set_column(at, "title", pa.array([[1]] * len(rows))), file)
                entry |= {"size": file.stat().st_size, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
        change(path, files=files)
    capsys.readouterr()
    before = tree(place)
    assert (cli.main(["verify"]), cli.main(["compact"])) == (1, 2)
    told = capsys.readouterr()
    assert all("its columns are not those of items" in said for said in told)
    assert {path: data for path, data in tree(place).items() if "/_staging/" not in path} == before


def test_a_folder_where_a_file_should_be_is_named(place, capsys):
    (place / "out" / "views.sql").unlink()
    (place / "out" / "views.sql").mkdir()
    assert (cli.main(["verify"]), cli.main(["compact"])) == (2, 2)
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 2 and all("out/views.sql" in line for line in told)
