"""Kills at random moments, far more of them than `make test` has time for; see `__main__`."""
