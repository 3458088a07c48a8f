from tests.gcs.fixtures import bucket, served, store

__all__ = ["bucket", "served", "store"]
