"""What each sighting is, rule by rule."""

from tests.identity.helpers import DAY, HOUR, T0, Warehouse, items, outcomes, run, snapshots, story

NEWS = "Ministers agreed on Monday to lower the price of bread, after a long night of talks in the capital. "
LONG = NEWS + "Bakers said the decision came too late for many of them, and asked for help with their bills. " * 3


def test_the_same_guid_is_one_item_and_changed_text_a_revision():
    a = story("Bread gets cheaper", NEWS, guid="https://e.org/1", at=T0)
    b = story("Bread becomes cheaper", NEWS, guid="https://e.org/1", at=T0)
    done = run(snapshots([a], [a], [b], [a]))
    assert outcomes(done) == [("new", None), ("duplicate", "guid"), ("revision", "guid"), ("duplicate", "guid")]
    assert len(set(items(done))) == 1
    winners = done.sightings["winner_sighting_id"].to_pylist()
    assert winners[1] == winners[3] is not None and winners[0] is winners[2] is None


def test_a_position_as_guid_does_not_swallow_the_next_days_story():
    day1 = [story("Bread gets cheaper", NEWS, guid="1", at=T0, url="https://e.org/a-b-1")]
    day2 = [
        story("Storm hits the coast", "Waves of four metres. " * 4, guid="1", at=T0 + DAY, url="https://e.org/a-b-2")
    ]
    done = run(snapshots(day1, day2))
    assert outcomes(done) == [("new", None)] * 2 and len(set(items(done))) == 2


def test_an_edited_headline_under_a_short_guid_is_a_revision():
    a = story("Bread gets cheaper", NEWS, guid="1047", at=T0, source="E")
    b = story("Bread: prices fall", "Now with other words. " + NEWS, guid="1047", at=T0, source="E")
    assert outcomes(run(snapshots([a], [b]))) == [("new", None), ("revision", "guid")]


def test_the_same_url_without_guid():
    a = story("Bread gets cheaper", NEWS, url="https://e.org/2024/bread", at=T0)
    b = story("Bread becomes cheaper", NEWS, url="https://e.org/2024/bread", at=T0)
    assert outcomes(run(snapshots([a], [b]))) == [("new", None), ("revision", "url")]


def test_a_sections_url_is_no_identity():
    a = story("Bread gets cheaper", NEWS, url="https://e.org/news", at=T0)
    b = story("Storm hits the coast", LONG, url="https://e.org/news", at=T0 + HOUR)
    c = story("Fish is dear", None, url="https://e.org/", at=T0)
    d = story("Fish is cheap", None, url="https://e.org/", at=T0)
    assert len(set(items(run(snapshots([a, b, c, d]))))) == 4


def test_equal_content_of_unknown_source_on_one_page():
    a = story("Rubio Vies for Influence", "A short text.", at=T0)
    done = run(snapshots([a, a, story("Another", "A short text.", at=T0)]))
    assert outcomes(done) == [("new", None), ("duplicate", "content"), ("new", None)]


def test_two_known_sources_are_never_one_item_but_one_story():
    done = run(snapshots([story("Bread", LONG, source="A", at=T0), story("Bread", LONG, source="B", at=T0)]))
    assert len(set(items(done))) == 2


def test_an_unknown_source_joins_a_known_one_of_the_same_minute():
    known, unknown = story("Bread", LONG, source="A", at=T0), story("Bread", LONG, at=T0)
    assert len(set(items(run(snapshots([known], [unknown]))))) == 1
    assert len(set(items(run(snapshots([known], [unknown._replace(published_at=T0 + HOUR)]))))) == 2


def test_a_daily_headline_is_a_story_a_day():
    page = [story("Daily crossword", None, source="A", at=T0 + n * DAY) for n in range(5)]
    assert len(set(items(run(snapshots(page))))) == 5


def test_different_guids_are_different_stories_unless_all_is_equal():
    one = story("Open thread", LONG, source="A", guid="https://a.org/1", at=T0)
    other_day = one._replace(guid="https://a.org/2", published_at=T0 + DAY)
    repost = one._replace(guid="https://a.org/3")
    assert len(set(items(run(snapshots([one, other_day]))))) == 2
    assert outcomes(run(snapshots([one, repost]))) == [("new", None), ("duplicate", "content")]


def test_a_teaser_is_a_duplicate_of_the_full_text_whichever_comes_first():
    full = story("Bread", LONG, source="A", at=T0)
    teaser = story("Bread", LONG[:180] + "…", form="teaser", source="A", at=T0)
    assert outcomes(run(snapshots([full], [teaser]))) == [("new", None), ("duplicate", "containment")]
    assert outcomes(run(snapshots([teaser], [full]))) == [("duplicate", "containment"), ("new", None)]


def test_a_full_text_that_follows_its_teaser_in_a_later_run_is_a_revision():
    full = story("Bread", LONG, source="A", at=T0)
    teaser = story("Bread", LONG[:180] + "…", form="teaser", source="A", at=T0)
    seen = snapshots([teaser], [full], [teaser])
    warehouse = Warehouse()
    assert outcomes(warehouse.run(seen[:1])) == [("new", None)]
    assert outcomes(warehouse.run(seen[1:2])) == [("revision", "containment")]
    assert outcomes(warehouse.run(seen[2:])) == [("duplicate", "content")]
    assert len(warehouse.classes()) == 1


def test_a_longer_text_under_the_same_guid_is_a_revision():
    a = story("Live: bread talks", LONG, guid="https://e.org/1")
    b = story("Live: bread talks", LONG + "They agreed.", guid="https://e.org/1")
    assert outcomes(run(snapshots([a], [b]))) == [("new", None), ("revision", "guid")]


def test_a_later_run_merges_items_that_prove_to_be_one():
    by_guid = story("Bread", LONG, source="A", guid="https://e.org/1", at=T0)
    by_url = story("Bread is cheaper", "Other words.", url="https://e.org/2024/1", at=T0 + DAY, source="A")
    both = story(
        "Bread is cheaper", "More words.", guid="https://e.org/1", url="https://e.org/2024/1", at=T0, source="A"
    )
    seen = snapshots([by_guid], [by_url], [both])
    warehouse = Warehouse()
    warehouse.run(seen[:2])
    assert len(warehouse.classes()) == 2
    done = warehouse.run(seen[2:])
    assert done.merges.num_rows == 1 and len(warehouse.classes()) == 1
    assert outcomes(done) == [("revision", "guid")]
    again = warehouse.run(seen[2:])
    assert again.merges.num_rows == 0 and outcomes(again) == [("duplicate", "guid")]


def test_a_story_that_grows_keeps_its_revisions_though_a_page_shows_it_too():
    a = story("Live: bread talks", LONG, guid="https://e.org/1", source="A", at=T0)
    b = story(
        "Live: bread talks",
        LONG + "They agreed at last, late on Tuesday. " * 3,
        guid="https://e.org/1",
        source="A",
        at=T0,
    )
    page = [story._replace(guid=None, guid_trusted=False) for story in (a, b)]
    assert [o for o, _ in outcomes(run(snapshots([a], page[:1], [b], page[1:])))] == [
        "new",
        "duplicate",
        "revision",
        "duplicate",
    ]


def test_a_title_alone_is_another_version():
    a = story("Bread gets cheaper", NEWS, guid="https://e.org/1")
    b = story("Bread gets cheaper", None, guid="https://e.org/1")
    assert outcomes(run(snapshots([a], [b]))) == [("new", None), ("revision", "guid")]


def test_what_comes_later_is_known_by_any_sighting_before():
    feed = story("Bread", LONG, guid="https://e.org/1", source="A", at=T0)
    page = story("Bread", LONG, url="https://e.org/2024/1", source="A", at=T0)
    edited = story("Bread at last", "Other words. " * 20, url="https://e.org/2024/1", source="A", at=T0)
    seen = snapshots([feed], [page], [edited])
    warehouse = Warehouse()
    for one in seen:
        warehouse.run([one])
    assert len(warehouse.classes()) == 1 and not warehouse.problems()
    assert [row["outcome"] for row in warehouse.rows.values()] == ["new", "duplicate", "revision"]
    assert [row["rule"] for row in warehouse.rows.values()] == [None, "content", "url"]


def test_a_row_of_a_list_belongs_to_its_story():
    row = story("Bread gets cheaper", None, source="A", at=T0)
    full = story("Bread gets cheaper", LONG, source="A", at=T0)
    assert outcomes(run(snapshots([row], [full]))) == [("duplicate", "containment"), ("new", None)]
    later = full._replace(published_at=T0 + DAY)
    assert len(set(items(run(snapshots([row], [later]))))) == 2


def test_a_teaser_seen_again_in_a_later_run_is_still_one():
    full = story("Bread", LONG, source="A", at=T0)
    teaser = story("Bread", LONG[:180] + "…", form="teaser", source="A", at=T0)
    seen = snapshots([full], [teaser], [teaser], [teaser])
    warehouse = Warehouse()
    warehouse.run(seen[:2])
    assert outcomes(warehouse.run(seen[2:3])) == [("duplicate", "containment")]
    assert outcomes(warehouse.run(seen[3:])) == [("duplicate", "containment")]
    assert not warehouse.problems()


def test_each_rule_finds_what_an_earlier_run_left():
    base = story("Bread", LONG, source="A", at=T0)
    other = "Quite another text, of other things. " * 8
    pairs = [
        (story("X", LONG, guid="https://e.org/1"), story("Y", other, guid="https://e.org/1")),
        (story("X", LONG, url="https://e.org/2024/1"), story("Y", other, url="https://e.org/2024/1")),
        (base, base._replace(url="https://e.org/2024/1")),
        (base, base._replace(body=LONG[:200])),
        (base, base._replace(body=None, form="headline")),
        (base, base._replace(body=LONG.replace("bills", "bils"), published_at=T0 + HOUR)),
        (
            base._replace(body=LONG.replace("Monday", "the day")),
            base._replace(body=LONG.replace("Monday", "the day").replace("Bakers", "Bakres"), published_at=T0 + HOUR),
        ),
        (story(None, LONG), story(None, LONG.replace("Ministers", "Minsters"))),
        (
            story(None, LONG.replace("Monday", "a day")),
            story(None, LONG.replace("Monday", "a day").replace("Ministers", "Minsters")),
        ),
    ]
    for pair in pairs:
        warehouse = Warehouse()
        for seen in snapshots(pair[:1], pair[1:]):
            warehouse.run([seen])
        assert len(warehouse.classes()) == 1, pair
