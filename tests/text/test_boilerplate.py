import pytest
from feedmill.transforms.text.boilerplate import Text, recurring
from hypothesis import given
from hypothesis import strategies as st

PLEA = "Become a member and keep our newsroom going."


def story(source, title, *paragraphs):
    return Text(source, title, paragraphs)


def test_what_ends_two_stories_of_a_source_goes():
    stories = [story("A", "x", "One.", "Two.", PLEA), story("A", "y", "Three.", PLEA)]
    assert recurring(stories) == {(0, 2), (1, 1)}


def test_what_starts_two_stories_of_a_source_goes():
    assert recurring([story("A", "x", PLEA, "One."), story("A", "y", PLEA, "Two.")]) == {(0, 0), (1, 0)}


def test_blanks_and_case_do_not_matter():
    stories = [story("A", "x", "One.", PLEA), story("A", "y", "Two.", PLEA.upper().replace(" ", "  "))]
    assert recurring(stories) == {(0, 1), (1, 1)}


def test_three_stories_are_enough_wherever_it_stands():
    stories = [story("A", t, "a " + t, "b " + t, PLEA, "c " + t, "d " + t, "e " + t) for t in "xyz"]
    assert recurring(stories) == {(0, 2), (1, 2), (2, 2)}


@pytest.mark.parametrize(
    "shared",
    [
        "“We will not leave the island,” the mayor said.",
        "«Мы не уйдём с острова», — сказал мэр.",
        "„Wir bleiben auf der Insel“, sagte sie.",
        "「島を離れない」と町長は話した。",
        "He added: “We will not leave the island.”",
    ],
)
def test_a_quotation_that_two_stories_share_stays(shared):
    assert not recurring([story("A", "x", "One.", "Two.", shared), story("A", "y", "Three.", "Four.", shared)])


def test_a_paragraph_in_the_middle_of_two_stories_stays():
    shared = "The bridge was built in 1931 and has been closed since May."
    stories = [story("A", t, "a " + t, "b " + t, shared, "c " + t, "d " + t, "e " + t) for t in "xy"]
    assert not recurring(stories)


def test_a_story_shown_twice_or_in_two_versions_keeps_its_text():
    once = story("A", "x", "One.", "Two.", "Three.")
    assert not recurring([once, once])
    assert not recurring([once, once, once])
    assert not recurring([once, story("A", "x, updated", "One.", "Two.", "Three.", "Four.")])


def test_copies_do_not_make_a_paragraph_common():
    once = story("A", "x", "One.", "Two.", PLEA)
    assert not recurring([once, once, story("B", "y", "Other.", PLEA)])
    assert recurring([once, once, story("A", "y", "Other.", PLEA)]) == {(0, 2), (1, 2), (2, 1)}


def test_other_sources_do_not_count():
    assert not recurring([story("A", "x", "One.", PLEA), story("B", "y", "Two.", PLEA)])


def test_without_a_source_three_must_agree():
    stories = [story(None, t, "text of " + t, PLEA) for t in "wxyz"]
    assert not recurring(stories[:2])
    assert recurring(stories) == {(n, 1) for n in range(4)}


def test_a_story_never_loses_all_it_has():
    assert recurring([story("A", "x", PLEA), story("A", "y", "One.", PLEA), story("A", "z", "Two.", PLEA)]) == {
        (1, 1),
        (2, 1),
    }


def test_nothing_comes_of_nothing():
    assert recurring([]) == recurring([story("A", "x"), story("A", "y", "", " ")]) == set()


TEXTS = st.lists(
    st.builds(
        Text,
        st.sampled_from([None, "A", "B"]),
        st.sampled_from([None, "x", "y", "z"]),
        st.lists(st.sampled_from(["", "One.", "Two.", "Three.", PLEA, "“So be it.”"]), max_size=5),
    ),
    max_size=7,
)


@given(TEXTS)
def test_something_is_always_left_and_only_what_recurs_goes(stories):
    found = recurring(stories)
    for number, at in found:
        text = stories[number].paragraphs[at]
        assert any(text in other.paragraphs for n, other in enumerate(stories) if n != number)
    for number, told in enumerate(stories):
        if any(p.strip() for p in told.paragraphs):
            assert any(p.strip() and (number, at) not in found for at, p in enumerate(told.paragraphs))


@given(TEXTS, st.randoms(use_true_random=False))
def test_the_order_of_stories_does_not_matter(stories, random):
    order = list(range(len(stories)))
    random.shuffle(order)
    found = recurring([stories[n] for n in order])
    assert {(order[n], at) for n, at in found} == recurring(stories)


@pytest.mark.timeout(20)
def test_many_stories_with_much_in_common_take_linear_time():
    recurring([story("A", str(n), f"Text {n}.", *(f"Shared {k}." for k in range(40))) for n in range(3_000)])
