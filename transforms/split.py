"""Split snapshots into stories.

    Inputs ──SplitSnapshots──▶ Batch

The rules live in `feedmill.transforms.formats`, one module a format; `feedmill.transforms.stages.split`
shapes their results. What is declined becomes a dead letter inside the batch.

Counters (namespace "split"):
    snapshots_in     every snapshot received, refused ones too
    stories_out      stories found
    dead_<reason>    dead letters; see the README's table of reasons
"""

import functools
from collections.abc import Iterator

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.transforms.window import GlobalWindows
from feedmill.transforms.captures.inputs import Inputs
from feedmill.transforms.formats import Settings
from feedmill.transforms.local import progress
from feedmill.transforms.local.pool import Processes
from feedmill.transforms.stages.split import Batch, split_batch, with_mended

_STEP = "split"
_SNAPSHOTS_IN = Metrics.counter(_STEP, "snapshots_in")
_STORIES_OUT = Metrics.counter(_STEP, "stories_out")


class _SplitSnapshots(beam.DoFn):
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
        _STORIES_OUT.inc(stories)
        progress.advance(snapshots=snapshots, stories=stories)
        for reason, count in dead.items():
            Metrics.counter(_STEP, f"dead_{reason}").inc(count)
        return with_mended(batch, mended)


class SplitSnapshots(beam.PTransform):
    """Splits snapshots: `batches = inputs | SplitSnapshots(settings)`.

    With more than one of `workers`, so many processes of this machine do it. With `fail_fast`, an error at one
    snapshot is raised, and not a dead letter.
    """

    def __init__(self, settings: Settings, workers: int = 1, *, fail_fast: bool = False) -> None:
        super().__init__()
        self._split = _SplitSnapshots(settings, workers, fail_fast)

    def expand(self, inputs):
        return inputs | "SplitSnapshot" >> beam.ParDo(self._split).with_output_types(Batch)
