"""Fixtures shared by every test."""

import gc
import hashlib
import pathlib
import signal
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, settings

ROOT = pathlib.Path(__file__).parent.parent
CASES = pathlib.Path(__file__).parent / "cases"


def pytest_configure():
    """Undoes what a shell does for those it starts in the background: they, and what they start, would ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # a busy machine is no fault of what is tested
    settings.register_profile("feedmill", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("feedmill")


def pytest_collection_finish():
    """Spares the collector the half a million objects of imports and tests, which stay: a tenth of the time."""
    gc.freeze()


@pytest.fixture
def feedmill():
    """Runs the command as a user does, in a process of its own; returns what it said and its status."""

    def run(*args: object, timeout: float = 120, **options) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "feedmill", *map(str, args)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=timeout, **options)

    return run


def tree(root: pathlib.Path) -> dict[str, str]:
    """Every file below a folder, and the digest of its bytes."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }
