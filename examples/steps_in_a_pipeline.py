"""Use feedmill's steps in a Beam pipeline of your own: count the stories of each source, keep what was declined.

`python examples/steps_in_a_pipeline.py INPUT OUTPUT [flags of Beam]`, for example
`python examples/steps_in_a_pipeline.py 'seeds/*.txt' /tmp/counts --runner=DirectRunner`.
"""

import sys

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from feedmill import DeadLetter, ReadSnapshots, SplitSnapshots, Story


def source_of(story: Story) -> str:
    """Return who published a story, or a dash where the snapshot does not show it."""
    return story.source_name or "-"


def why(letter: DeadLetter) -> str:
    """Return a line that says what was declined, and why."""
    return f"{letter.uri}: {letter.reason}: {letter.detail}"


def main(source: str, target: str, *flags: str) -> None:
    """Write `target`-stories and `target`-declined, as text, in as many shards as the runner likes."""
    with beam.Pipeline(options=PipelineOptions(list(flags))) as pipeline:
        read = pipeline | ReadSnapshots(source)
        split = read.snapshots | SplitSnapshots()
        (
            split.stories
            | "Source" >> beam.Map(source_of)
            | "Count" >> beam.combiners.Count.PerElement()
            | "Line" >> beam.MapTuple(lambda name, stories: f"{stories}\t{name}")
            | "Write" >> beam.io.WriteToText(f"{target}-stories")
        )
        (
            (read.dead_letters, split.dead_letters)
            | "Together" >> beam.Flatten()
            | "Why" >> beam.Map(why)
            | "WriteDeclined" >> beam.io.WriteToText(f"{target}-declined")
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
