"""Real feeds, saved over months, from a bucket to a bucket: the same tables as from disk to disk."""

import os

import pytest
from feedmill.pipelines.ingest import run
from feedmill.transforms.storage.gcs import GcsStore
from feedmill.transforms.storage.local import LocalStore
from feedmill.transforms.warehouse.verify import verify

from tests.conftest import ROOT
from tests.gcs.bucket import NAME
from tests.gcs.fixtures import bucket, served  # noqa: F401 - fixtures
from tests.gcs.test_gcs_ingest import MTIME, digests, rows, upload

FEEDS = ROOT.parent / "shared" / "data" / "feeds_over_time"


@pytest.mark.timeout(900)
@pytest.mark.skipif(not FEEDS.is_dir(), reason="the development data is not here")
def test_feeds_over_time_bucket_to_bucket_twice_equals_disk_to_disk(bucket, tmp_path):  # noqa: F811
    here = LocalStore(str(tmp_path / "in"))
    given = LocalStore(str(FEEDS))
    for name in given.list("."):
        here.write(name, given.read(name))
        os.utime(tmp_path / "in" / name, (MTIME, MTIME))
    there, out, other = (GcsStore(f"gs://{NAME}/{name}") for name in ("in", "out", "other"))
    upload(here, there)
    calm = LocalStore(str(tmp_path / "calm"))
    run([f"--input={here.root}", f"--output={calm.root}"])
    assert run([f"--input={there.root}", f"--output={out.root}"]).committed
    first = digests(out)
    assert not run([f"--input={there.root}", f"--output={out.root}"]).committed
    assert digests(out) == first
    run([f"--input={here.root}", f"--output={other.root}"])
    assert digests(other) == digests(calm)
    assert rows(out, there.root) == rows(calm, here.root)
    assert list(verify(out)) == []
