"""The package without `feedmill[gcp]`: every command on local files, and a word on what gs:// needs."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT

# As if nothing of Google's were installed but Protocol Buffers, which Beam itself needs.
_SCRIPT = """
import importlib.abc, sys

class Blocker(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        top, _, rest = name.partition(".")
        if top in ("apitools", "oauth2client") or top == "google" and rest.partition(".")[0] not in ("", "protobuf", "_upb"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None

sys.meta_path.insert(0, Blocker())
from feedmill.pipelines import cli
for command in sys.argv[1].split(";"):
    print("$", command)
    print("=", cli.main(command.split()))
"""
NEEDS = " needs feedmill[gcp]: pip install 'feedmill[gcp]'"


def run(*commands):
    """The status of each command, and all that they said on stderr."""
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, ";".join(commands)], cwd=ROOT, capture_output=True, text=True, timeout=110
    )
    assert done.returncode == 0, done.stderr
    return [line[2:] for line in done.stdout.splitlines() if line.startswith("= ")], done.stderr, done.stdout


def test_every_command_works_on_local_files(tmp_path):
    out = tmp_path / "w"
    statuses, said, told = run(
        f"ingest --dry_run --input=seeds --output={out}",
        f"ingest --input=seeds --output={out} --workers=2",
        f"ingest --reprocess --input=seeds --output={out}",
        f"query -w {out}",
        f"explain -w {out} 003_83d9d477a57b2412.txt",
        f"report {out} -o {tmp_path / 'page.html'}",
        f"compact {out}",
        f"verify {out}",
        "split seeds/003_83d9d477a57b2412.txt",
    )
    assert statuses == ["0"] * 9, said
    assert told.count("every story and every byte is accounted for") == 2 and "Traceback" not in said


@pytest.mark.parametrize(
    ("what", "flags"),
    [
        ("gs://", "ingest --input=gs://b/in --output=w"),
        ("gs://", "ingest --input=seeds --output=gs://b/w"),
        ("gs://", "ingest --streaming --input=gs://b/in --output=w"),
        ("--input_subscription", "ingest --streaming --input_subscription=projects/p/subscriptions/s --output=w"),
        (
            "--input_subscription",
            "ingest --runner=PrismRunner --streaming --input_subscription=projects/p/subscriptions/s --output=w",
        ),
        ("Dataflow", "ingest --runner=DataflowRunner --input=seeds --output=gs://b/w --sdk_container_image=i"),
        ("gs://", "query -w gs://b/w"),
        ("gs://", "verify gs://b/w"),
        ("gs://", "split gs://b/in"),
    ],
)
def test_what_needs_google_says_what_to_install(tmp_path, monkeypatch, what, flags):
    statuses, said, _ = run(flags.replace("=w", f"={tmp_path / 'w'}"))
    assert statuses == ["2"]
    assert said.splitlines()[-1] == f"feedmill: {what}{NEEDS}"
    assert "Traceback" not in said
    assert not (tmp_path / "w" / "_manifests").exists()
