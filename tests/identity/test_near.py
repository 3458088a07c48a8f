"""Near copies, and what only looks like one."""

import random

import numpy as np
from feedmill.transforms.identity.sketches import MIN_BYTES, sketch

from tests.identity.helpers import DAY, HOUR, T0, items, outcomes, run, snapshots, story

TEXT = (
    "The old swing bridge over the harbour will close to cars while engineers replace the bearings that let it turn. "
    "The port authority said the work had been put off because of a shortage of steel parts. Pedestrians will be able "
    "to cross on a floating walkway, except when the wind is strong. Shopkeepers fear that customers will stay away."
)


def one_item(a, b) -> bool:
    return len(set(items(run(snapshots([a], [b]))))) == 1


def test_a_corrected_typo_is_a_near_copy_with_its_score():
    a = story("Bridge closes", TEXT.replace("engineers", "enginers"), source="A", at=T0)
    done = run(snapshots([a], [story("Bridge closes", TEXT, source="A", at=T0 + HOUR)]))
    assert outcomes(done) == [("new", None), ("duplicate", "near")]
    assert 0.85 < done.sightings["score"][1].as_py() < 1


def test_a_corrected_typo_under_one_guid_is_a_revision():
    a = story("Bridge closes", TEXT.replace("engineers", "enginers"), source="A", guid="https://a.org/1")
    b = story("Bridge closes", TEXT, source="A", guid="https://a.org/1")
    assert outcomes(run(snapshots([a], [b]))) == [("new", None), ("revision", "guid")]


def test_what_editions_differ_in_keeps_them_apart():
    def column(day="Monday", number="12", title="Harbour news"):
        return story(title, f"{TEXT} On {day} there are {number} ships at the quay.", source="A", at=T0)

    assert one_item(column(), column()._replace(body=column().body.replace("floating", "floting")))
    assert not one_item(column(), column(number="13"))
    assert not one_item(column(), column(day="Tuesday"))
    assert not one_item(column(), column(title="Market news"))
    assert not one_item(column(), column(number="13")._replace(published_at=T0 + DAY))


def test_other_digits_are_numbers_too():
    base = TEXT + " ستعلق الأبواب في قاعة جديدة "
    assert not one_item(story("T", base + "٢٥", source="A"), story("T", base + "٢٦", source="A"))


def test_different_guids_are_never_near():
    a = story("Bridge closes", TEXT, source="A", guid="https://a.org/1", at=T0)
    b = story("Bridge closes", TEXT.replace("bearings", "beerings"), source="A", guid="https://a.org/2", at=T0)
    assert not one_item(a, b)


def test_short_texts_are_equal_or_different():
    assert not one_item(
        story("Coast United 2, Halm 1", None, source="A"), story("Coast United 2, Halm 0", None, source="A")
    )
    a, b = "Talks on the price of bread end in the capital.", "Talks on the price of bread end in the capitol."
    assert not one_item(story(None, a), story(None, b)) and one_item(story(None, a), story(None, a))
    assert sketch([b"x"], [b"y" * (MIN_BYTES - 1)]).minhash == [None]


def test_papers_that_run_one_wire_share_a_story_and_not_an_item():
    a = story("Bridge closes", TEXT, source="A", at=T0)
    b = story("Bridge closes to cars", TEXT.replace("said", "told us"), source="B", at=T0 + HOUR)
    other = story("Harbour shops in fear", "Shopkeepers on the quay fear for their trade. " * 6, source="C", at=T0)
    done = run(snapshots([a], [b], [other]))
    assert len(set(items(done))) == 3
    stories = done.sightings["story_id"].to_pylist()
    assert stories[0] == stories[1] == items(done)[0] != stories[2]


def test_signatures_estimate_similarity():
    choose = random.Random(1)
    texts = ["".join(choose.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(800)) for _ in range(60)]
    changed = [t[:400] + "".join(choose.choice("0123456789") for _ in range(60)) + t[460:] for t in texts]
    first, second = (
        np.array([np.frombuffer(m or b"", "<u2") for m in sketch([b""] * 60, [t.encode() for t in part]).minhash])
        for part in (texts, changed)
    )
    truth = (793 - 67) / (793 + 67)
    assert abs((first == second).mean() - truth) < 0.02
    assert (first[0] == first[1]).mean() < 0.05


def test_a_sketch_does_not_depend_on_the_batch():
    texts = [(TEXT[n:] + TEXT[:n]).lower().replace(" ", "").encode() for n in range(150)]
    titles = [t[:20] for t in texts]
    whole, alone = sketch(titles, texts), [sketch([a], [b]) for a, b in zip(titles, texts, strict=True)]
    assert whole.minhash == [s.minhash[0] for s in alone] and whole.title == [s.title[0] for s in alone]
    assert whole.guard.tolist() == [int(s.guard[0]) for s in alone]
