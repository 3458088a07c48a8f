"""A folder in a bucket does what a folder on a disk does, whatever the network does."""

import itertools
import pickle

import pytest
from feedmill.transforms.failures import UsageError
from feedmill.transforms.storage import gcs
from feedmill.transforms.storage.local import FileInfo, LocalStore, find_inputs, open_inputs, open_store

from tests.gcs.bucket import BUSY, CUT, LOST, NAME, SILENT

pytestmark = pytest.mark.timeout(60)


@pytest.fixture(params=["disk", "bucket"])
def any_store(request, tmp_path):
    return LocalStore(str(tmp_path)) if request.param == "disk" else request.getfixturevalue("store")


def test_what_is_written_is_read(any_store):
    any_store.write("a/b.txt", b"one")
    any_store.write("a/b.txt", b"two")
    any_store.write("a/c/d.txt", b"")
    any_store.write("ab.txt", b"beside")
    assert any_store.list("a") == ["a/b.txt", "a/c/d.txt"]
    assert any_store.list(".") == ["a/b.txt", "a/c/d.txt", "ab.txt"]
    assert any_store.list("none") == []
    assert any_store.read("a/b.txt") == b"two"
    with any_store.open("a/b.txt") as file:
        assert (file.seek(-2, 2), file.read(), file.seek(0), file.read(1)) == (1, b"wo", 0, b"t")
    for missing in (any_store.read, any_store.open):
        with pytest.raises(FileNotFoundError):
            missing("a/none")


def test_another_process_opens_it_by_itself(any_store):
    any_store.write("a/b.txt", b"one")
    assert pickle.loads(pickle.dumps(any_store)).read("a/b.txt") == b"one"


def test_a_file_is_created_once(any_store):
    any_store.create("lock", b"mine")
    with pytest.raises(FileExistsError):
        any_store.create("lock", b"theirs")
    assert any_store.read("lock") == b"mine"
    any_store.discard("lock", b"theirs")
    assert any_store.read("lock") == b"mine"
    any_store.discard("lock", b"mine")
    any_store.discard("lock", b"mine")
    any_store.create("lock", b"theirs")


def test_a_move_again_does_nothing(any_store):
    any_store.write("staged/a", b"new")
    any_store.write("a", b"old")
    any_store.move("staged/a", "a")
    any_store.move("staged/a", "a")
    assert any_store.list(".") == ["a"] and any_store.read("a") == b"new"
    with pytest.raises(FileNotFoundError):
        any_store.move("staged/b", "b")


def test_a_folder_is_deleted_whole_and_nothing_else(any_store):
    for name in ("a/b", "a/c/d", "ab"):
        any_store.write(name, b"")
    any_store.delete("a")
    any_store.delete("a")
    assert any_store.list(".") == ["ab"]
    any_store.delete("ab")
    assert any_store.list(".") == []


@pytest.mark.parametrize("fault", [BUSY, SILENT, LOST, CUT])
def test_every_operation_survives_its_first_try(store, bucket, fault, monkeypatch):
    """Each request, by kind and object, is disturbed the first time."""
    monkeypatch.setitem(gcs._AGAIN, "timeout", (0.5, 0.5))
    disturbed = set()

    def once(verb, name):
        if (verb, name) in disturbed:
            return None
        disturbed.add((verb, name))
        return fault

    bucket.fail = once
    store.write("a/one", b"1" * 1000)
    store.create("lock", b"mine" * 100)
    assert store.read("a/one") == b"1" * 1000
    with store.open("a/one") as file:
        assert file.read(10) == b"1" * 10
    store.move("a/one", "b/one")
    store.move("a/one", "b/one")
    store.discard("lock", b"mine" * 100)
    assert store.list(".") == ["b/one"]
    store.delete("b")
    bucket.fail = lambda verb, name: None
    assert store.list(".") == []
    assert bucket.seen[fault] >= 8


def test_a_large_object_survives_a_connection_lost_in_the_middle(store, bucket):
    data = bytes(range(256)) * 40_000  # over the size that is sent and read in pieces
    uploads, reads = itertools.count(), itertools.count(1)  # the first upload request only announces the bytes
    bucket.fail = lambda verb, name: CUT if next({"upload": uploads, "read": reads}.get(verb, iter([0]))) == 1 else None
    store.write("large", data)
    (file,) = find_inputs(store.root + "/large").files
    ((_, stream),) = open_inputs([file])
    with stream:
        assert stream.read() == data
    assert bucket.seen[CUT] >= 2


def test_the_lock_is_not_taken_twice_though_the_first_answer_was_lost(store, bucket):
    lost = iter([LOST, BUSY])
    bucket.fail = lambda verb, name: next(lost, None) if verb == "upload" else None
    store.create("lock", b"mine")
    with pytest.raises(FileExistsError):
        store.create("lock", b"theirs")
    assert store.read("lock") == b"mine"


TREE = ["a.xml", "b/a.xml", "b/b.txt", "b/c/a.xml", "b/.hidden/a.xml", "b/.a.xml", ".x/a.xml", "bc/a.xml", "b/[1].xml"]
SPECS = ["", "b", "b/", "b/a.xml", "*", "*.xml", "*/a.xml", "**/a.xml", "b/**", "**", "b/**/*.xml", "b/*/a.xml", "b*/*"]
SPECS += [".x", "b/.*", "b/[ab].*", "b/[!a].txt", "b/[[]1].xml", "?/?.xml", "**/b/*.txt", "b/[1].xml", "**/*"]


@pytest.mark.parametrize("spec", SPECS)
def test_inputs_are_found_as_on_a_disk(store, tmp_path, spec):
    disk = LocalStore(str(tmp_path))
    for name in TREE:
        store.write(name, b"x")
        disk.write(name, b"x")
    here = [f.uri.removeprefix(f"{tmp_path}/") for f in find_inputs(f"{tmp_path}/{spec}").files]
    there = [f.uri.removeprefix(f"{store.root}/") for f in find_inputs(f"{store.root}/{spec}").files]
    assert there == here


def test_inputs_leave_out_the_warehouse_and_come_once(store):
    for name in ("in/a", "in/out/items/x", "in/other"):
        store.write(name, b"x")
    spec = f"{store.root}/in/*,{store.root}/in, {store.root}/in/a"
    found, left_out = find_inputs(spec, beside=f"{store.root}/in/out")
    assert left_out == 1
    assert [f.uri.rpartition("/")[2] for f in found] == ["a", "other"]
    assert all(f.size == 1 and f.mtime > 1.7e15 and f.generation for f in found)
    with pytest.raises(UsageError, match="no file matches"):
        find_inputs(f"{store.root}/in/none*")


def test_the_time_that_a_copy_kept_is_the_time(store):
    blob = store._blob("old.xml")
    blob.metadata = {"goog-reserved-file-mtime": "1752575940"}
    blob.upload_from_string(b"x")
    (file,) = find_inputs(f"{store.root}/old.xml").files
    assert file.mtime == 1752575940_000000


def test_an_input_that_is_gone_is_said_to_be(store):
    store.write("a", b"here")
    found = [FileInfo(f"{store.root}/gone", 3, 0, 7), *find_inputs(f"{store.root}/a").files]
    (_, first), (_, second) = open_inputs(found)
    assert isinstance(first, FileNotFoundError)
    assert second.read() == b"here"


def test_what_cannot_be_reached_says_what_to_do(bucket, monkeypatch):
    for ask in (lambda: find_inputs("gs://nowhere/a*"), lambda: open_store("gs://nowhere/out").write("a", b"")):
        with pytest.raises(UsageError, match="gcloud storage buckets create gs://nowhere"):
            ask()
    with pytest.raises(UsageError, match="not a place in a bucket"):
        open_store("gs:///out")


def test_without_credentials_it_says_how_to_get_some(monkeypatch):
    import google.auth

    def none(*_args, **_options):
        raise google.auth.exceptions.DefaultCredentialsError("no credentials")

    monkeypatch.delenv("STORAGE_EMULATOR_HOST", raising=False)
    monkeypatch.setattr(google.auth, "default", none)
    gcs._client.cache_clear()
    with pytest.raises(UsageError, match="gcloud auth application-default login"):
        find_inputs(f"gs://{NAME}/a")
    gcs._client.cache_clear()


def test_without_permission_it_says_which_role_is_missing(store, bucket, monkeypatch):
    monkeypatch.setattr(bucket, "_forward", lambda *_: (403, {}, b'{"error": {"message": "denied"}}'))
    with pytest.raises(UsageError, match=r"denied.*roles/storage\.objectUser"):
        store.write("a", b"")
    with pytest.raises(UsageError, match="denied"):
        store.list("a")
