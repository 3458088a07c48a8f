"""The unbounded graph's behaviour in event time, with TestStream: on time, late, tried again."""

import apache_beam as beam
import pytest
from apache_beam.io.gcp.pubsub import PubsubMessage
from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions
from apache_beam.testing import test_stream
from apache_beam.transforms.window import TimestampedValue
from feedmill.pipelines.ingest import run
from feedmill.pipelines.plan import plan_run
from feedmill.pipelines.stream import _landed, build_unbounded
from feedmill.transforms.captures.limits import Limits
from feedmill.transforms.formats import Settings
from feedmill.transforms.read import ReadLanded
from feedmill.transforms.split import SplitBatches
from feedmill.transforms.storage.local import LocalStore, find_inputs
from feedmill.transforms.warehouse.layout import Partitioning
from feedmill.transforms.warehouse.manifests import read_manifests
from feedmill.transforms.warehouse.verify import verify
from feedmill.transforms.windows import CommitWindows

from tests.streaming.landing import corpus, said, write

pytestmark = pytest.mark.timeout(120)
OPTIONS = {"timezone": "UTC", "partition_by": "month,lang"}


@pytest.fixture
def landed(tmp_path):
    write(tmp_path / "in", corpus(60)[:12])
    return find_inputs(str(tmp_path / "in")).files


def stream(events, out):
    """Runs the graph over what arrives when. The engine is the one that Beam takes for TestStream."""
    options = PipelineOptions(["--runner=BundleBasedDirectRunner"])
    options.view_as(StandardOptions).streaming = True
    with beam.Pipeline(options=options) as pipeline:
        (
            pipeline
            | events
            | ReadLanded(Limits(), str(out))
            | SplitBatches(Settings())
            | CommitWindows(str(out), Partitioning(), OPTIONS, window=2, max_delay=600)
        )
    return [manifest.ledger["snapshots"] for manifest in read_manifests(LocalStore(str(out)))]


def at(seconds, files):
    return [TimestampedValue(file, seconds) for file in files]


def batch(tmp_path):
    run([f"--input={tmp_path / 'in'}", f"--output={tmp_path / 'batch'}"])
    return said(tmp_path / "batch")


def test_windows_on_time_and_late_are_commits_of_their_own(landed, tmp_path):
    events = (
        test_stream.TestStream()
        .advance_watermark_to(0)
        .add_elements(at(0.5, landed[:4]))
        .advance_watermark_to(2)
        .add_elements(at(3, landed[4:9]))
        .advance_watermark_to(3700)
        .add_elements(at(1, landed[9:10]))  # an hour late, into a window that was committed
        .add_elements(at(3701, landed[10:]))
        .advance_watermark_to_infinity()
    )
    assert sorted(stream(events, tmp_path / "out")) == [1, 2, 4, 5]
    assert said(tmp_path / "out") == batch(tmp_path)
    assert list(verify(LocalStore(str(tmp_path / "out")))) == []


def test_what_is_delivered_again_is_not_counted_again(landed, tmp_path):
    events = (
        test_stream.TestStream()
        .add_elements(at(0.5, [*landed[:6], landed[0]]))
        .advance_watermark_to(2)
        .add_elements(at(3, landed[2:]))
        .advance_watermark_to(4)
        .add_elements(at(0.5, landed[:6]))
        .advance_watermark_to_infinity()
    )
    assert sorted(stream(events, tmp_path / "out")) == [6, 6]
    assert said(tmp_path / "out") == batch(tmp_path)


@pytest.mark.parametrize("moment", ["before", "inside", "after"])
def test_a_pane_that_is_tried_again_ends_the_same(landed, tmp_path, monkeypatch, moment):
    """The worker is lost before, inside or after the commit, and the engine hands the pane out again."""
    from feedmill.transforms import windows

    lost = []
    real_commit, real_move = windows.commit_balanced, LocalStore.move

    def commit(*args):
        if moment == "before" and not lost:
            lost.append(1)
            raise ConnectionError("the worker is lost")
        done = real_commit(*args)
        if moment == "after" and not lost:
            lost.append(1)
            raise ConnectionError("the worker is lost")
        return done

    def move(self, source, target):
        real_move(self, source, target)
        if moment == "inside" and not lost:
            lost.append(1)
            raise ConnectionError("the worker is lost")

    monkeypatch.setattr(windows, "commit_balanced", commit)
    monkeypatch.setattr(LocalStore, "move", move)
    events = test_stream.TestStream().add_elements(at(0.5, landed)).advance_watermark_to_infinity()
    assert stream(events, tmp_path / "out") == [len(landed)]
    assert lost
    assert said(tmp_path / "out") == batch(tmp_path)


def test_notices_in_the_unbounded_graph(tmp_path):
    """Pub/Sub is read by engines that have it: here the graph is built, and what follows a notice is run."""
    subscription = "projects/newsroom/subscriptions/landing"
    plan = plan_run(
        [f"--input_subscription={subscription}", f"--output={tmp_path}", "--streaming", "--runner=DataflowRunner"]
    )
    pipeline = beam.Pipeline("FnApiRunner", options=PipelineOptions(["--streaming"]))
    build_unbounded(pipeline, plan)
    names = {transform.unique_name for transform in pipeline.to_runner_api().components.transforms.values()}
    assert {"Notices", "ReadNotice", "ReadLanded", "SplitBatches", "CommitWindows"} <= names

    attributes = {"eventType": "OBJECT_FINALIZE"}
    good = PubsubMessage(b'{"bucket": "b", "name": "in/a", "generation": "1", "size": "2"}', attributes, "m1")
    own = PubsubMessage(b'{"bucket": "b", "name": "out/x", "generation": "1", "size": "2"}', attributes, "m2")
    bad = PubsubMessage(b"no", attributes, "m3")
    (file,) = _landed(good, subscription, "gs://b/out")
    assert file.uri == "gs://b/in/a"
    assert not list(_landed(own, subscription, "gs://b/out"))
    (refused,) = _landed(bad, subscription, "gs://b/out")
    assert refused.data == b"no"
    events = test_stream.TestStream().add_elements([refused, refused]).advance_watermark_to_infinity()
    assert stream(events, tmp_path / "out") == [1]
