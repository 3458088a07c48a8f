"""The job as Dataflow gets it: the request, the files it names, the package, and the graph, run from what was staged."""

import hashlib
import pathlib
import shutil
import site
import subprocess
import urllib.parse
import venv

import google.auth
import google.auth.credentials
import pytest
from apache_beam.internal import pickler
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.portability import common_urns, python_urns
from apache_beam.portability.api import beam_runner_api_pb2
from apache_beam.runners.portability.fn_api_runner.fn_runner import FnApiRunner
from feedmill.pipelines.commands.ingest import ingest
from feedmill.pipelines.ingest import run
from feedmill.pipelines.plan import plan_run
from feedmill.transforms.failures import UsageError
from feedmill.transforms.storage.gcs import GcsStore
from feedmill.transforms.warehouse.verify import verify
from google.cloud import dataflow_v1beta3 as dataflow
from google.protobuf import json_format

from tests.conftest import ROOT
from tests.dataflow.service import Service
from tests.gcs.bucket import NAME
from tests.gcs.test_gcs_ingest import digests, pile, upload

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def there(bucket, tmp_path, monkeypatch):
    """Snapshots in a bucket, and credentials that the emulator takes."""
    anonymous = google.auth.credentials.AnonymousCredentials()
    monkeypatch.setattr(google.auth, "default", lambda *_, **__: (anonymous, "some-project"))
    folder = GcsStore(f"gs://{NAME}/in")
    upload(pile(tmp_path / "in"), folder)
    return folder


def flags(service, *source):
    return [
        *source,
        f"--output=gs://{NAME}/out",
        "--runner=DataflowRunner",
        "--project=some-project",
        "--region=europe-west1",
        "--job_name=feedmill-test",
        f"--temp_location=gs://{NAME}/temp",
        f"--staging_location=gs://{NAME}/staging",
        f"--dataflow_endpoint={service.url}",
        "--no_auth",
        "--no_wait_until_finish",
    ]


@pytest.fixture
def setup_file(tmp_path):
    """feedmill's own, in a copy of its sources, because building a package leaves things behind."""
    source = tmp_path / "source"
    for name in ("pipelines", "transforms"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("setup.py", "README.md", "pyproject.toml"):
        shutil.copy(ROOT / name, source)
    return f"--setup_file={source / 'setup.py'}"


def taken(body):
    """The job of a request, which is one that the service would take: nothing in it is unknown."""
    job = dataflow.Job()
    json_format.Parse(body, dataflow.Job.pb(job), ignore_unknown_fields=False)
    assert job.name == "feedmill-test"
    return job


def staged(job):
    """The graph of a job, and the files that a worker is told to fetch: all there, with the bytes it was promised."""
    root = GcsStore(f"gs://{NAME}")
    graph_uri = job.environment.sdk_pipeline_options["options"]["pipelineUrl"]
    graph = beam_runner_api_pb2.Pipeline.FromString(root.read(_name(graph_uri)))
    packages = {}
    for environment in graph.components.environments.values():
        for dependency in environment.dependencies:
            payload = beam_runner_api_pb2.ArtifactFilePayload.FromString(dependency.type_payload)
            if dependency.type_urn == common_urns.artifact_types.URL.urn:
                payload = beam_runner_api_pb2.ArtifactUrlPayload.FromString(dependency.type_payload)
            place = getattr(payload, "url", "") or payload.path
            role = beam_runner_api_pb2.ArtifactStagingToRolePayload.FromString(dependency.role_payload)
            data = root.read(_name(place))
            assert hashlib.sha256(data).hexdigest() == payload.sha256, place
            packages[role.staged_name] = data
    return graph, packages


def test_dataflow_takes_the_job_and_its_package_installs_and_its_graph_gives_the_local_result(
    there, setup_file, tmp_path
):
    with Service() as service:
        outcome = run([*flags(service, f"--input={there.root}/**"), setup_file])
    assert outcome.submitted and not outcome.committed
    job = taken(*service.created)
    assert job.type_ == dataflow.JobType.JOB_TYPE_BATCH
    graph, packages = staged(job)

    # The package installs where there is none of this code, and brings all of its files.
    (tmp_path / "workflow.tar.gz").write_bytes(packages["workflow.tar.gz"])
    _installs(tmp_path / "workflow.tar.gz", tmp_path / "fresh")

    # The staged graph, with nothing but its environment replaced, does what the local run does.
    run([f"--input={there.root}/**", f"--output=gs://{NAME}/local"])
    for environment in graph.components.environments.values():
        environment.Clear()
        environment.urn = python_urns.EMBEDDED_PYTHON
    FnApiRunner().run_via_runner_api(graph, PipelineOptions([])).wait_until_finish()
    out = GcsStore(f"gs://{NAME}/out")
    assert digests(out) == digests(GcsStore(f"gs://{NAME}/local"))
    assert list(verify(out)) == []


SUBSCRIPTION = "projects/some-project/subscriptions/landing"


@pytest.mark.parametrize("source", [f"--input_subscription={SUBSCRIPTION}", "--input=gs://feeds/in/**"])
def test_dataflow_takes_the_stream(there, setup_file, source, capsys):
    """What workers would do with it is shown on other engines: see tests/streaming and tests/prism."""
    with Service() as service:
        assert ingest(plan_run(["--streaming", *flags(service, source), setup_file])) == 0
    assert f"gs://{NAME}/out, which another engine keeps current" in capsys.readouterr().out
    job = taken(*service.created)
    assert job.type_ == dataflow.JobType.JOB_TYPE_STREAMING
    assert job.environment.sdk_pipeline_options["options"]["streaming"] is True

    graph, packages = staged(job)
    assert "workflow.tar.gz" in packages
    transforms = graph.components.transforms.values()
    names = {transform.unique_name for transform in transforms}
    assert {"ReadLanded", "SplitBatches", "CommitWindows"} <= names
    reads = [t for t in transforms if t.spec.urn == common_urns.composites.PUBSUB_READ.urn]
    told = [beam_runner_api_pb2.PubSubReadPayload.FromString(t.spec.payload) for t in reads]
    if "subscription" in source:  # the service's own reader, which acknowledges what is committed
        assert [(t.subscription, t.with_attributes) for t in told] == [(SUBSCRIPTION, True)]
        assert "Poll" not in names
    else:
        assert not told and "Poll" in names

    # One key, which everybody spells alike, commits in turn.
    (commit,) = [t for t in transforms if t.unique_name.endswith("CommitWindow")]
    step = beam_runner_api_pb2.ParDoPayload.FromString(commit.spec.payload)
    assert list(step.state_specs) == ["turn"]
    (keyed,) = [graph.components.pcollections[name] for name in commit.inputs.values()]
    key = graph.components.coders[graph.components.coders[keyed.coder_id].component_coder_ids[0]]
    assert key.spec.urn == common_urns.coders.STRING_UTF8.urn

    # Every step can be read back by a worker.
    steps = [t for t in transforms if t.spec.urn == common_urns.primitives.PAR_DO.urn]
    for step in steps:
        assert pickler.loads(beam_runner_api_pb2.ParDoPayload.FromString(step.spec.payload).do_fn.payload)
    assert len(steps) > 8


def test_dataflow_needs_a_bucket_to_watch(bucket):
    flags = ["--streaming", "--runner=DataflowRunner", "--input=gs://feeds/in,landing", "--output=gs://feeds/out"]
    with pytest.raises(UsageError, match="landing: workers of Dataflow cannot reach it"):
        ingest(plan_run(flags))


def _name(uri: str) -> str:
    """`gs://bucket/name`, or the URL that Dataflow's workers use for it, without the bucket."""
    parts = urllib.parse.urlsplit(uri)
    return parts.path.lstrip("/").removeprefix(f"{NAME}/") if parts.netloc != NAME else parts.path.lstrip("/")


def _installs(package: pathlib.Path, folder: pathlib.Path) -> None:
    """Installs into a fresh environment. The dependencies are this environment's, which the lock file made."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    (place,) = folder.glob("lib/python*/site-packages")
    (place / "dependencies.pth").write_text("\n".join(site.getsitepackages()))
    subprocess.run([python, "-m", "pip", "uninstall", "--quiet", "--yes", "setuptools"], check=True, timeout=120)
    install = [python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", package]
    subprocess.run(install, check=True, timeout=120, cwd=folder, env={"PATH": "/usr/bin:/bin"})
    look = """
import pathlib, sys
import feedmill, feedmill.pipelines.ingest, feedmill.pipelines.cli, feedmill.transforms.formats
from feedmill.transforms.formats import FORMATS, Settings, split_snapshot
from feedmill.transforms.rows.story import Snapshot
from feedmill.transforms.text.language.vote import detect
assert feedmill.transforms.__file__.startswith(sys.prefix), feedmill.transforms.__file__
data = b"The river rose by two metres overnight, officials said on Monday.\\n" * 2
print(split_snapshot(Snapshot("a.txt", data)).format, detect("The river rose by two metres overnight").lang)
print(*sorted(str(p.relative_to(pathlib.Path(feedmill.transforms.__file__).parent)) for p in
    pathlib.Path(feedmill.transforms.__file__).parent.rglob("*") if p.suffix not in (".pyc", "") ))
"""
    answer = subprocess.run(
        [python, "-c", look], check=False, timeout=120, cwd=folder, env={}, capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stderr
    told, files = answer.stdout.splitlines()
    assert told == "blurbs en"
    here = ROOT / "transforms"
    wanted = {str(p.relative_to(here)) for p in here.rglob("*") if p.is_file() and "__pycache__" not in p.parts}
    assert not wanted - set(files.split())


@pytest.mark.parametrize(
    "given, says",
    [
        (["--input=seeds/*.txt", "--output=gs://feeds/out"], "must be gs://"),
        (["--input=gs://feeds/in", "--output=out"], "must be gs://"),
        (["--input=gs://feeds/in", "--output=gs://feeds/out"], "--setup_file"),
        (["--input=gs://feeds/in", "--output=gs://feeds/out", "--setup_file=./setup.py"], "project"),
    ],
)
def test_dataflow_without_what_it_needs_is_told_so(bucket, monkeypatch, given, says):
    monkeypatch.chdir(ROOT)
    GcsStore(f"gs://{NAME}/in").write("a.txt", b"x")
    with pytest.raises(UsageError, match=says):
        run([*given, "--runner=DataflowRunner"])


@pytest.mark.parametrize("status, says", [(403, "roles/dataflow.developer"), (404, "check --project=some-project")])
def test_dataflow_that_refuses_a_job_is_quoted_with_what_to_do(there, status, says):
    with Service(refuse=status) as service, pytest.raises(UsageError, match=says):
        image = "--sdk_container_image=region-docker.pkg.dev/p/r/feedmill:1"
        run([*flags(service, f"--input={there.root}/**"), image])
    assert len(service.created) == 1
