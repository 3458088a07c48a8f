import pytest
from feedmill.transforms.formats import split_snapshot
from feedmill.transforms.rows.story import Snapshot

from tests.bench.generator import Truth, generate, read_truth, write


def test_the_same_seed_gives_the_same_bytes_and_another_does_not():
    first, again, other = (list(generate(400, 0.5, seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


@pytest.mark.parametrize("new_share", [0.03, 0.5, 1.0])
def test_the_share_of_new_entries_is_about_as_asked(new_share):
    *_, truth = generate(8000, new_share)
    assert truth.items / truth.entries == pytest.approx(new_share, rel=0.15)


def test_entries_are_counted_as_they_are_shown():
    *snapshots, truth = generate(1500, 0.4)
    stories = [split_snapshot(Snapshot(path, data)).stories for path, data in snapshots]
    assert sum(map(len, stories)) == truth.entries
    assert len(snapshots) == truth.snapshots
    assert sum(len(data) for _, data in snapshots) == truth.size
    said = {(s.source_name, s.url): set() for found in stories for s in found}
    for found in stories:
        for s in found:
            said[s.source_name, s.url].add((s.title, s.body or s.summary))
    assert len(said) == truth.items
    assert sum(map(len, said.values())) == truth.versions


def test_a_corpus_that_was_not_finished_has_no_truth(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_truth(tmp_path)
    truth = write(tmp_path, generate(100, 0.5))
    assert isinstance(truth, Truth)
    assert read_truth(tmp_path) == truth
