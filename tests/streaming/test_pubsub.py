"""Notices of new objects, with the real client against a server that speaks its protocol."""

import json
import os
import signal
import time

import pytest
from feedmill.pipelines.ingest import run
from feedmill.pipelines.plan import plan_run
from feedmill.pipelines.stream import stream
from feedmill.transforms.captures.watch import Notices, read_notice
from feedmill.transforms.failures import Reason, Rejected, UsageError
from feedmill.transforms.storage.gcs import GcsStore, find
from feedmill.transforms.storage.local import LocalStore
from feedmill.transforms.warehouse.manifests import committed_runs
from feedmill.transforms.warehouse.query import connect
from feedmill.transforms.warehouse.verify import verify

from tests.gcs.bucket import NAME
from tests.streaming.landing import corpus, said
from tests.streaming.pubsub import SUBSCRIPTION

pytestmark = pytest.mark.timeout(120)
FINALIZE = {"eventType": "OBJECT_FINALIZE", "payloadFormat": "JSON_API_V1"}


def notice(**changed) -> bytes:
    told = {"bucket": "b", "name": "a.xml", "generation": "7", "size": "12", "updated": "2025-07-15T10:41:03.500Z"}
    return json.dumps({**told, **changed}).encode()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\xff\x00", "no JSON"),
        (b"", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "no JSON object"),
        (b'{"bucket": "b"}', "no name"),
        (notice(size=None), "no size"),
        (notice(bucket=""), "no bucket"),
        (notice(generation="latest"), "must be numbers"),
        (notice(generation="²"), "must be numbers"),
        (notice(size=10**30), "must be numbers"),
        (notice(size=True), "must be numbers"),
        (notice(size="9" * 5000), "must be numbers"),
        (b'{"bucket": "b", "name": "a", "generation": 1, "size": ' + b"9" * 5000 + b"}", "no JSON"),
        (notice(name=["a.xml"]), "no name"),
        (notice(name={"a": 1}), "no name"),
        (notice(name="a\ud83d.xml"), "no object has such a name"),
        (notice(name="a\nb.xml"), "no object has such a name"),
        (notice(name="a" * 100_000), "no object has such a name"),
        (notice(bucket="../b"), "no bucket has such a name"),
        (notice(bucket="B C"), "no bucket has such a name"),
        (b'"a.xml"', "no JSON object"),
        (b"null", "no JSON object"),
        ('{"bucket": "b", "name": "a"}'.encode("utf-16") + b"\x00", "no JSON"),
    ],
)
def test_what_is_no_notice_is_refused(data, says):
    with pytest.raises(Rejected, match=says) as no:
        read_notice(data, FINALIZE)
    assert no.value.reason is Reason.MALFORMED


def test_other_events_are_none_of_ours():
    assert read_notice(notice(), {"eventType": "OBJECT_DELETE"}) is None


def test_the_time_of_a_copied_file_counts_as_in_a_listing():
    assert read_notice(notice(metadata={"goog-reserved-file-mtime": "5"}), FINALIZE).mtime == 5_000_000
    assert read_notice(notice(updated="yesterday"), FINALIZE).mtime is None


def test_a_notice_says_what_a_listing_says(bucket):
    GcsStore(f"gs://{NAME}/in").write("a.txt", b"Words of a story.")
    (listed,) = find(f"gs://{NAME}/in")
    told = {
        "updated": f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(listed.mtime // 1_000_000))}.{listed.mtime % 1_000_000:06}Z"
    }
    told |= {"bucket": NAME, "name": "in/a.txt", "size": str(listed.size), "generation": str(listed.generation)}
    assert read_notice(json.dumps(told).encode(), FINALIZE) == listed


def test_what_was_not_done_comes_again_and_what_was_does_not(pubsub):
    for number in range(3):
        pubsub.publish(notice(name=f"{number}.xml"), FINALIZE)
    first = Notices(SUBSCRIPTION, beside="out", wait=0.3)
    landed = first.poll(0)
    assert [file.uri for file in landed.files] == ["gs://b/0.xml", "gs://b/1.xml", "gs://b/2.xml"]
    first.done(landed.receipts[:1])
    first.close(landed.receipts[1:])
    second = Notices(SUBSCRIPTION, beside="out", wait=0.3)
    assert [file.uri for file in second.poll(0).files] == ["gs://b/1.xml", "gs://b/2.xml"]
    assert pubsub.acked == ["m1"]
    second.close([])


def test_path_and_generation_say_what_is_new(pubsub):
    for generation in (7, 7, 8):
        pubsub.publish(notice(generation=generation), FINALIZE)
    pubsub.publish(notice(bucket="w", name="out/items/x.parquet"), FINALIZE)
    source = Notices(SUBSCRIPTION, beside="gs://w/out", wait=0.3)
    landed = source.poll(0)
    assert [file.generation for file in landed.files] == [7, 8]
    assert len(landed.receipts) == 4  # all are acknowledged once the two are in
    pubsub.send_again()
    assert not source.poll(0).files
    source.close([])


def test_a_wrong_subscription_is_named(pubsub):
    with pytest.raises(UsageError, match="projects/news/subscriptions/other: there is no such subscription"):
        Notices("projects/news/subscriptions/other", beside="out", wait=0.3).poll(0)


def test_objects_land_notices_come_twice_and_one_is_poisoned(bucket, pubsub, tmp_path):
    drops = corpus(60)[:12]
    store, out = GcsStore(f"gs://{NAME}/in"), tmp_path / "out"
    for drop in drops:
        store.write(drop.path, drop.data)
    for file in find(f"gs://{NAME}/in"):
        name = file.uri.removeprefix(f"gs://{NAME}/")
        told = notice(bucket=NAME, name=name, size=str(file.size), generation=str(file.generation))
        pubsub.publish(told, FINALIZE)
        pubsub.publish(told, FINALIZE)
    poison = pubsub.publish(b"\x00 not a notice", FINALIZE)
    run([f"--input=gs://{NAME}/in", f"--output={tmp_path / 'batch'}"])
    acked_before_commit = []
    pubsub.on_ack = lambda: acked_before_commit.extend([] if committed_runs(LocalStore(str(out))) else [1])
    sent = []

    def watch(tally):
        if len(set(pubsub.acked)) == 25 and not sent:
            sent.append(pubsub.send_again())
        if len(pubsub.acked) >= 50:
            os.kill(os.getpid(), signal.SIGTERM)

    flags = [f"--input_subscription={SUBSCRIPTION}", f"--output={out}", "--streaming", "--window=300ms"]
    tally, _ = stream(plan_run(flags), watch)
    assert not acked_before_commit
    assert tally.ledger.snapshots == 13 and tally.ledger.dead == 1
    # A new process has not seen any of it: the warehouse has.
    pubsub.send_again()
    pubsub.acked.clear()
    again, _ = stream(
        plan_run(flags), lambda _: os.kill(os.getpid(), signal.SIGTERM) if len(pubsub.acked) >= 25 else None
    )
    assert again.windows == 0
    assert again.counters["read.snapshots_skipped"] == 13

    session = connect(LocalStore(str(out)))
    rows = session.execute("SELECT snapshot_uri, step, reason, payload FROM dead_letter").fetchall()
    assert rows == [(f"pubsub://{SUBSCRIPTION}/{poison}", "read", "malformed", b"\x00 not a notice")]
    found, expected = said(out), said(tmp_path / "batch")
    assert (found.classes, found.versions, found.sightings) == (expected.classes, expected.versions, expected.sightings)
    assert list(verify(LocalStore(str(out)))) == []
