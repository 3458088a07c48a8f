from tests.gcs.fixtures import bucket, served

__all__ = ["bucket", "served"]
