"""Split snapshots into stories.

    Snapshot ──SplitSnapshots──▶ Story, DeadLetter    a row at a time, for any pipeline
    Inputs   ──SplitBatches────▶ Batch                a hundred at a time, for feedmill's own

The rules live in `feedmill.transforms.formats`, one module a format; `feedmill.transforms.stages.split`
shapes their results. What is declined becomes a dead letter, in a batch inside it.

Counters (namespace "split"):
    snapshots_in     every snapshot received, refused ones too
    stories_out      stories found
    dead_<reason>    dead letters; see the table of reasons in docs/warehouse.md
"""

import functools
from collections.abc import Iterator, Mapping

import apache_beam as beam
import feedmill.transforms.coders  # noqa: F401 - registers them
from apache_beam.metrics import Metrics
from apache_beam.transforms.window import GlobalWindows
from feedmill.transforms.captures.inputs import Inputs
from feedmill.transforms.formats import Settings, check_timezone
from feedmill.transforms.local import progress
from feedmill.transforms.local.pool import Processes
from feedmill.transforms.rows.story import DeadLetter, Snapshot, Story
from feedmill.transforms.stages.split import Batch, split_batch, split_rows, with_mended

_STEP = "split"
_SNAPSHOTS_IN = Metrics.counter(_STEP, "snapshots_in")
_STORIES_OUT = Metrics.counter(_STEP, "stories_out")


def _count(stories: int, dead: Mapping[str, int]) -> None:
    _STORIES_OUT.inc(stories)
    for reason, count in dead.items():
        Metrics.counter(_STEP, f"dead_{reason}").inc(count)


class _SplitBatch(beam.DoFn):
    def __init__(self, settings: Settings, workers: int, fail_fast: bool) -> None:
        self._settings = settings
        self._workers = workers
        self._fail_fast = fail_fast

    def start_bundle(self) -> None:
        self._processes = Processes(self._workers)

    def process(self, inputs: Inputs) -> Iterator[Batch]:
        _SNAPSHOTS_IN.inc(len(inputs.found))
        function = functools.partial(split_batch, fail_fast=True) if self._fail_fast else split_batch
        asked = len(inputs.found), inputs.mended
        for of, done in self._processes.call(function, inputs.found, self._settings, of=asked):
            yield self._counted(*of, *done)

    def finish_bundle(self):
        for of, done in self._processes.rest():
            yield GlobalWindows.windowed_value(self._counted(*of, *done))

    def _counted(
        self, snapshots: int, mended: tuple[str, ...], batch: Batch, stories: int, dead: dict[str, int]
    ) -> Batch:
        _count(stories, dead)
        progress.advance(snapshots=snapshots, stories=stories)
        return with_mended(batch, mended)


class SplitBatches(beam.PTransform):
    """Split batches of snapshots: `batches = inputs | SplitBatches(settings)`.

    With more than one of `workers`, so many processes of this machine do it. With `fail_fast`, an error at one
    snapshot is raised, and not a dead letter.
    """

    def __init__(self, settings: Settings, workers: int = 1, *, fail_fast: bool = False) -> None:
        super().__init__()
        self._split = _SplitBatch(settings, workers, fail_fast)

    def expand(self, inputs):
        return inputs | "SplitBatch" >> beam.ParDo(self._split).with_output_types(Batch)


class _SplitSnapshot(beam.DoFn):
    def __init__(self, settings: Settings, with_uri: bool) -> None:
        self._settings = settings
        self._with_uri = with_uri

    def process(self, snapshot: Snapshot):
        stories, dead = split_rows(snapshot, self._settings)
        _SNAPSHOTS_IN.inc()
        _count(len(stories), {})
        for story in stories:
            yield (snapshot.uri, story) if self._with_uri else story
        for letter in dead:
            _count(0, {letter.reason: 1})
            yield beam.pvalue.TaggedOutput("dead_letters", letter)


class SplitSnapshots(beam.PTransform):
    """Split snapshots into stories, in a pipeline of your own.

    Takes a PCollection of `Snapshot`, bounded or not, in any windows. Yields two, as attributes of the result, which
    keep the windows and times of their snapshots:

    - `stories`: `Story` rows with a schema, in the order of the page. Nothing is deduplicated.
    - `dead_letters`: `DeadLetter` rows with a schema: what was declined, and why. No snapshot stops the pipeline.

    Beam hands a schema's sequences on as lists: `authors`, `categories` and `media` may be lists or tuples.

    Args:
        settings: such as the time zone of pages that state none.
        with_uri: yield `(snapshot.uri, story)` in place of each story.

    Raises:
        UsageError: there is no such time zone.

    >>> import apache_beam as beam
    >>> data = b"The river rose by two metres overnight, officials said on Monday.\\n" \\
    ...        b"Ministers will meet on Friday to discuss the price of bread.\\n"
    >>> with beam.Pipeline("FnApiRunner") as pipeline:
    ...     split = pipeline | beam.Create([Snapshot("a.txt", data)]) | SplitSnapshots()
    ...     forms = split.stories | beam.Map(lambda story: story.form) | beam.Map(print)
    blurb
    blurb
    """

    def __init__(self, settings: Settings = Settings(), *, with_uri: bool = False) -> None:
        super().__init__()
        check_timezone(settings.timezone)
        self._split = _SplitSnapshot(settings, with_uri)
        self._yields = tuple[str, Story] if with_uri else Story

    def expand(self, snapshots):
        split = beam.ParDo(self._split).with_output_types(self._yields, dead_letters=DeadLetter)
        return snapshots | split.with_outputs("dead_letters", main="stories")
