"""What is done before Beam is imported: only if nothing of the run is elsewhere, and nothing is left changed."""

import subprocess
import sys
import zipfile

import pytest
from feedmill.pipelines.local_run import is_all_here
from feedmill.pipelines.plan import parse_flags

from tests.conftest import ROOT

_SCRIPT = """
import sys
from feedmill.pipelines import cli
status = cli.main(["ingest", *sys.argv[1:]], alone=True)
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
        ["--dry_run"],
        ["--dry-run"],
    ],
)
def test_a_run_that_is_or_may_be_elsewhere_begins_as_any_program(elsewhere):
    here = ["--input", "feeds", "--output", "w"]
    assert is_all_here(parse_flags(here))
    assert not is_all_here(parse_flags([*here, *elsewhere]))


_BEAM_NEEDS_IT = """
import sys
from feedmill.pipelines import cli, local_run
local_run._SERVICES += ("google.protobuf", "grpc")
print(cli.main(["ingest", *sys.argv[1:]], alone=True))
"""


def test_a_beam_that_needs_what_is_left_out_is_imported_whole(tmp_path):
    flags = ["--input", "seeds/*.txt", "--output", tmp_path / "w"]
    done = subprocess.run(
        [sys.executable, "-c", _BEAM_NEEDS_IT, *flags], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.stdout.splitlines()[-1:] == ["0"], done.stderr


_COUNTED = """
import sys
from feedmill.transforms.local import pool as processes
from feedmill.pipelines import cli

asked, answered = [], []
ask_ahead, ask = processes.ask_ahead, processes._Pool.ask

def counted(workers, function, *given):
    asked.append(len(given[0]))
    ask_ahead(workers, function, *given)

def noted(pool, *call):
    left = len(pool.ahead)
    answer = ask(pool, *call)
    answered.append(len(pool.ahead) < left)
    return answer

processes.ask_ahead, processes._Pool.ask = counted, noted
status = cli.main(["ingest", *sys.argv[1:]], alone=True)
print(status, sum(asked), len(asked) == sum(answered))
"""


def _ahead(*flags):
    """The status, how many snapshots were split ahead, and whether each of these calls was asked for."""
    told = subprocess.run(
        [sys.executable, "-c", _COUNTED, *flags], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    ).stdout
    return told.splitlines()[-1]


def test_what_is_split_before_beam_is_there_is_what_the_run_asks_for(tmp_path):
    flags = [f"--output={tmp_path / 'w'}", "--workers=2"]
    assert _ahead("--input=seeds/*.txt", *flags) == "0 2 True"
    assert _ahead("--input=seeds/*.txt", *flags) == "0 0 True", "nothing that the warehouse has"
    status, snapshots, all_asked = _ahead("--input=tests/cases/feed", "--timezone=Europe/Paris", *flags).split()
    assert (status, all_asked) == ("0", "True") and int(snapshots) > 4
    assert _ahead("--input=seeds/*.txt", "--reprocess", *flags) == "0 0 True"
    packed = tmp_path / "feeds.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(next(ROOT.glob("seeds/*.txt")), "a.txt")
        archive.writestr("b.txt", "The river rose by two metres overnight, officials said on Monday.\n")
    assert _ahead(f"--input={packed}", *flags) == "0 0 True", "an archive is the run's"
