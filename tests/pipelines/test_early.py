"""What is done before Beam is imported: only if nothing of the run is elsewhere, and nothing is left changed."""

import subprocess
import sys

import pytest

from pipelines.early import _local_flags
from tests.conftest import ROOT

_SCRIPT = """
import sys
from pipelines import cli
status = cli.main(["ingest", *sys.argv[1:]])
print("clients", [name for name in sys.modules if name.startswith(("google.cloud.", "apitools.", "apache_beam.io.gcp.", "pymongo"))])
import apache_beam.io.gcp.pubsub
import google.cloud.storage
print("status", status)
"""


def test_a_run_on_this_machine_imports_no_client_of_a_service(tmp_path):
    flags = ["--input", "seeds/*.txt", "--output", tmp_path / "w", "--project", "known to Beam all the same"]
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, *flags], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.splitlines()[-2:] == ["clients []", "status 0"]
    assert done.stderr == ""


@pytest.mark.parametrize(
    "elsewhere",
    [
        ["--runner", "DataflowRunner"],
        ["--runner=PrismRunner"],
        ["--temp_location", "gs://bucket/tmp"],
        ["--input", "gs://bucket/feeds"],
        ["--output=gs://bucket/w"],
        ["--config", "job.toml"],
        ["--config=job.toml"],
        ["--streaming"],
        ["--streaming=true"],
        ["--dry_run"],
        ["--help"],
        ["--workers"],
    ],
)
def test_a_run_that_is_or_may_be_elsewhere_begins_as_any_program(elsewhere):
    here = ["--input", "feeds", "--output", "w"]
    assert _local_flags(here) is not None
    assert _local_flags([*here, *elsewhere]) is None


def test_where_a_flag_is_missing_the_run_says_so():
    assert _local_flags(["--input", "feeds"]) is None
