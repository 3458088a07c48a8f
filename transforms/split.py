"""Split snapshots into stories.

    Inputs ──SplitSnapshots──▶ Batch

The rules live in `transforms.formats`, one module a format; `transforms.batch`
shapes their results. What is declined becomes a dead letter inside the batch.

Counters (namespace "split"):
    snapshots_in     every snapshot received, refused ones too
    stories_out      stories found
    dead_<reason>    dead letters; see the README's table of reasons
"""

from collections.abc import Iterator

import apache_beam as beam
from apache_beam.metrics import Metrics

from transforms.batch import Batch, split_batch
from transforms.formats import Settings
from transforms.inputs import Inputs

_STEP = "split"
_SNAPSHOTS_IN = Metrics.counter(_STEP, "snapshots_in")
_STORIES_OUT = Metrics.counter(_STEP, "stories_out")


class _SplitSnapshots(beam.DoFn):
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def process(self, inputs: Inputs) -> Iterator[Batch]:
        _SNAPSHOTS_IN.inc(len(inputs.found))
        batch, stories, dead = split_batch(inputs.found, self._settings)
        _STORIES_OUT.inc(stories)
        for reason, count in dead.items():
            Metrics.counter(_STEP, f"dead_{reason}").inc(count)
        yield batch


class SplitSnapshots(beam.PTransform):
    """Splits snapshots: `batches = inputs | SplitSnapshots(settings)`."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings

    def expand(self, inputs):
        return inputs | "SplitSnapshot" >> beam.ParDo(_SplitSnapshots(self._settings))
