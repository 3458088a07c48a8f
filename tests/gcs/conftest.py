import pytest

from tests.gcs.bucket import NAME, Bucket
from transforms import gcs


@pytest.fixture
def bucket(monkeypatch):
    """An empty bucket, `gs://feeds`; clients give up on a silent server soon and try again at once."""
    with Bucket() as made:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", made.url)
        monkeypatch.setenv("NO_GCE_CHECK", "true")
        quick = gcs._RETRY.with_delay(initial=0.01, maximum=0.05).with_timeout(20)
        monkeypatch.setitem(gcs._AGAIN, "retry", quick)
        monkeypatch.setitem(gcs._AGAIN, "timeout", (1, 1))
        gcs._client.cache_clear()
        yield made
    gcs._client.cache_clear()


@pytest.fixture
def store(bucket):
    return gcs.GcsStore(f"gs://{NAME}/warehouse")
