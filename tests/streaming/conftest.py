import pytest

from tests.gcs.fixtures import bucket, served, store
from tests.streaming.pubsub import Server

__all__ = ["bucket", "pubsub", "served", "store"]


@pytest.fixture
def pubsub(monkeypatch):
    with Server() as server:
        monkeypatch.setenv("PUBSUB_EMULATOR_HOST", server.address)
        yield server
