"""What a watched place hands out, and when."""

import os

import pytest
from feedmill.transforms.captures.watch import Watch
from feedmill.transforms.storage.gcs import GcsStore

from tests.gcs.bucket import NAME

NOW = 1_752_575_940.0


def put(path, data=b"x", changed=NOW - 60):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (changed, changed))
    return str(path)


@pytest.fixture
def place(tmp_path):
    return tmp_path / "in"


@pytest.fixture
def watch(place, tmp_path):
    return Watch(str(place), beside=str(tmp_path / "in" / "out"), settle=1.0)


def names(landed):
    return [os.path.basename(file.uri) for file in landed.files]


def test_a_place_may_be_made_later(watch, place):
    assert names(watch.poll(NOW)) == []
    put(place / "a.xml")
    assert names(watch.poll(NOW + 1)) == ["a.xml"]


def test_each_file_is_handed_out_once_until_it_changes(watch, place):
    put(place / "a.xml")
    assert names(watch.poll(NOW)) == ["a.xml"]
    assert names(watch.poll(NOW + 1)) == []
    put(place / "a.xml", b"longer", changed=NOW)
    put(place / "b.xml")
    assert names(watch.poll(NOW + 2)) == ["a.xml", "b.xml"]


def test_a_file_that_is_being_written_is_left_alone(watch, place):
    for second in range(4):
        put(place / "a.xml", b"x" * second, changed=NOW + second)
        assert names(watch.poll(NOW + second + 0.5)) == []
    assert names(watch.poll(NOW + 4.5)) == ["a.xml"]


def test_a_clock_that_is_ahead_holds_a_file_up_no_longer_than_that(watch, place):
    put(place / "a.xml", changed=NOW + 3600)
    assert names(watch.poll(NOW)) == []
    assert names(watch.poll(NOW + 1)) == []
    assert names(watch.poll(NOW + 1.1)) == ["a.xml"]


def test_a_link_that_leads_nowhere_is_handed_out_to_be_a_dead_letter(watch, place):
    place.mkdir()
    (place / "gone.xml").symlink_to("nowhere")
    assert names(watch.poll(NOW)) == []
    assert names(watch.poll(NOW + 1.1)) == ["gone.xml"]


def test_the_warehouse_is_not_its_own_input(watch, place):
    put(place / "out" / "items" / "a.parquet")
    (place / "link.parquet").symlink_to(place / "out" / "items" / "a.parquet")
    put(place / "a.xml")
    assert names(watch.poll(NOW)) == ["a.xml"]


def test_when_it_landed(watch, place):
    """As it was changed; if that was before it was looked for last, it was moved here since."""
    watch.poll(NOW)
    put(place / "moved.xml", changed=NOW - 3600)
    put(place / "written.xml", changed=NOW + 0.5)
    assert watch.poll(NOW + 2).since == (NOW, NOW + 0.5)


def test_what_is_named_twice_is_handed_out_once(place, tmp_path):
    put(place / "a.xml")
    watch = Watch(f"{place},{place}/*.xml", beside=str(tmp_path / "out"), settle=1.0)
    assert names(watch.poll(NOW)) == ["a.xml"]


def test_what_is_gone_is_forgotten(watch, place):
    for number in range(5):
        put(place / f"{number}.xml")
    watch.poll(NOW)
    for path in place.iterdir():
        path.unlink()
    watch.poll(NOW + 1)
    assert not watch._taken


def test_an_object_is_there_whole_and_again_with_each_generation(bucket, tmp_path):
    store = GcsStore(f"gs://{NAME}/in")
    watch = Watch(f"gs://{NAME}/in/*.xml", beside=str(tmp_path / "out"), settle=1.0)
    store.write("a.xml", b"one")
    assert names(watch.poll(NOW)) == ["a.xml"]
    assert names(watch.poll(NOW)) == []
    store.write("a.xml", b"two")
    assert names(watch.poll(NOW)) == ["a.xml"]
