import pytest
from feedmill.transforms.storage import gcs

from tests.gcs.bucket import NAME, Bucket


@pytest.fixture(scope="session")
def served():
    with Bucket() as made:
        yield made


@pytest.fixture
def bucket(served, monkeypatch):
    """An empty bucket, `gs://feeds`; clients give up on a silent server soon and try again at once."""
    served.empty()
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", served.url)
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    quick = gcs._RETRY.with_delay(initial=0.01, maximum=0.05).with_timeout(30)
    monkeypatch.setitem(gcs._AGAIN, "retry", quick)
    monkeypatch.setitem(gcs._AGAIN, "timeout", (2, 2))
    gcs._client.cache_clear()
    yield served
    gcs._client.cache_clear()


@pytest.fixture
def store(bucket):
    return gcs.GcsStore(f"gs://{NAME}/warehouse")
