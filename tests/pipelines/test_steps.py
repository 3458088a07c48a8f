"""The steps as somebody else's pipeline uses them: typed rows in and out."""

import apache_beam as beam
import pytest
from apache_beam.coders import RowCoder, registry
from apache_beam.testing.test_pipeline import TestPipeline as Pipeline
from apache_beam.testing.util import assert_that, equal_to
from apache_beam.transforms.window import FixedWindows, TimestampedValue
from feedmill import (
    DeadLetter,
    Media,
    ReadSnapshots,
    Settings,
    Snapshot,
    SplitSnapshots,
    Story,
    UsageError,
    split_snapshot,
)

from tests.conftest import ROOT

FEED = b"""<rss version="2.0"><channel><title>River News</title>
<item><title>The river rose</title><author>Ann Lee</author><category>Weather</category>
<enclosure url="https://n.example/a.mp3" type="audio/mpeg" length="1"/><description>By two metres.</description></item>
<item><title>It fell</title><description>By one metre, the day after.</description></item>
</channel></rss>"""


def plain(story: Story) -> Story:
    """A story with tuples, whatever sequences its coder made."""
    media = tuple(Media(*one) for one in story.media)
    return story._replace(authors=tuple(story.authors), categories=tuple(story.categories), media=media)


def test_stories_are_what_the_plain_function_gives_and_the_rest_is_dead_letters():
    snapshots = [Snapshot("a.xml", FEED), Snapshot("empty.xml", b" "), Snapshot("b.bin", bytes(range(256)) * 9)]
    with Pipeline("FnApiRunner") as pipeline:
        split = pipeline | beam.Create(snapshots) | SplitSnapshots(Settings(timezone="Europe/Paris"))
        assert split.stories.element_type is Story and split.dead_letters.element_type is DeadLetter
        stories = split.stories | beam.Reshuffle() | "Plain" >> beam.Map(plain)
        letters = split.dead_letters | "Reasons" >> beam.Map(lambda no: (no.uri, no.byte_start, no.byte_end, no.reason))
        assert_that(stories, equal_to(split_snapshot(snapshots[0]).stories), "stories")
        dead = [("empty.xml", 0, 1, "empty"), ("b.bin", 0, 2304, "binary")]
        assert_that(letters, equal_to(dead), "dead letters")


def test_with_uri_each_story_comes_with_its_snapshot():
    with Pipeline("FnApiRunner") as pipeline:
        split = pipeline | beam.Create([Snapshot("a.xml", FEED)]) | SplitSnapshots(with_uri=True)
        titles = split.stories | beam.MapTuple(lambda uri, story: (uri, story.title))
        assert_that(titles, equal_to([("a.xml", "The river rose"), ("a.xml", "It fell")]))


def test_rows_have_a_schema_that_other_transforms_use():
    for kind in (Snapshot, Story, DeadLetter):
        assert isinstance(registry.get_coder(kind), RowCoder)
    with Pipeline("FnApiRunner") as pipeline:
        split = pipeline | beam.Create([Snapshot("a.xml", FEED)]) | SplitSnapshots()
        counts = split.stories | beam.GroupBy("source_name").aggregate_field(
            "title", beam.combiners.CountCombineFn(), "n"
        )
        assert_that(counts | beam.Map(tuple), equal_to([("River News", 2)]))


def test_windows_stay():
    with Pipeline("FnApiRunner") as pipeline:
        snapshots = pipeline | beam.Create([Snapshot("a.xml", FEED, at) for at in (5, 65, 70)])
        timed = snapshots | beam.Map(lambda s: TimestampedValue(s, s.captured_at)).with_output_types(Snapshot)
        split = timed | beam.WindowInto(FixedWindows(60)) | SplitSnapshots()
        a_window = beam.CombineGlobally(beam.combiners.CountCombineFn()).without_defaults()
        assert_that(split.stories | a_window, equal_to([2, 4]))


def test_files_are_read_and_unpacked_and_what_cannot_be_is_a_dead_letter(tmp_path):
    (tmp_path / "a.xml").write_bytes(FEED)
    (tmp_path / "b.xml.gz").write_bytes(b"\x1f\x8b\x08 not gzip")
    with Pipeline("FnApiRunner") as pipeline:
        read = pipeline | ReadSnapshots(str(tmp_path))
        assert read.snapshots.element_type is Snapshot and read.dead_letters.element_type is DeadLetter
        assert_that(
            read.snapshots | beam.Map(lambda s: (s.uri, s.data)),
            equal_to([(str(tmp_path / "a.xml"), FEED)]),
            "snapshots",
        )
        letters = read.dead_letters | "Reasons" >> beam.Map(lambda no: (no.uri, no.reason))
        assert_that(letters, equal_to([(str(tmp_path / "b.xml.gz"), "bad_archive")]), "dead letters")


def test_what_is_wrong_is_said_when_the_pipeline_is_built():
    with pytest.raises(UsageError, match="not an IANA time zone"):
        SplitSnapshots(Settings(timezone="Mars"))
    with pytest.raises(UsageError, match="no such file"):
        ReadSnapshots(str(ROOT / "no such file"))
