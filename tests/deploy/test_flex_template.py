"""What is deployed agrees with the code: the template's parameters, the image, the build, the page."""

import argparse
import json
import re
import runpy
import subprocess

import pytest
from apache_beam.options.pipeline_options import StandardOptions
from feedmill.pipelines.ingest import options_of
from feedmill.pipelines.plan import add_flags, parse_flags
from feedmill.transforms.warehouse.layout import Partitioning
from google.cloud import dataflow_v1beta3 as dataflow
from google.protobuf import json_format

from tests.conftest import ROOT

DEPLOY = ROOT / "pipelines" / "deploy"
METADATA = json.loads((DEPLOY / "metadata.json").read_text())
flags_of = runpy.run_path(str(DEPLOY / "launch.py"))["flags_of"]  # a script: no part of the package
PARAMETERS = {p["name"]: p for p in METADATA["parameters"]}


def own_flags():
    parser = argparse.ArgumentParser(add_help=False)
    add_flags(parser, "run", "stream")
    return {action.dest: action for action in parser._actions}


def _said(action):
    """What a help text says last."""
    return "--help" if action.dest in ("max_run_bytes", "workers") else f"Default: {action.default}"


def test_flex_metadata_and_specification_are_what_the_service_takes():
    spec = {"image": "region-docker.pkg.dev/p/r/feedmill:1", "sdkInfo": {"language": "PYTHON"}, "metadata": METADATA}
    told = dataflow.ContainerSpec()
    json_format.ParseDict(spec, dataflow.ContainerSpec.pb(told), ignore_unknown_fields=False)
    assert [p.name for p in told.metadata.parameters] == list(PARAMETERS)
    assert all(p.label and p.help_text for p in told.metadata.parameters)


def test_flex_every_own_flag_is_a_parameter_and_every_parameter_a_flag():
    assert not own_flags().keys() - PARAMETERS.keys()
    assert PARAMETERS.keys() - own_flags().keys() == {"sdk_container_image", "streaming"}  # Beam's
    given = {"input": "gs://b/a/**", "output": "gs://b/out", "timezone": "UTC", "partition_by": "day,lang"}
    values = {name: given.get(name, "1") for name in PARAMETERS} | {"streaming": "true"}
    plan = parse_flags(flags_of(f"--{name}={values[name]}" for name in PARAMETERS))
    assert plan.streaming and options_of(plan).view_as(StandardOptions).streaming


def test_flex_parameters_take_the_defaults_and_what_is_right_and_refuse_what_is_wrong():
    right = {
        "input": ["gs://b/a/**", "gs://b/a, gs://c/*.xml"],
        "output": ["gs://b/out"],
        "timezone": ["UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+3"],
        "partition_by": ["year", "month,lang"],
        "input_subscription": ["projects/p/subscriptions/s"],
        "streaming": ["true", "false"],
        **{name: ["96MiB", "2gb", "1 kB"] for name in ("max_run_bytes", "max_snapshot_bytes", "max_unpacked_bytes")},
        **{name: ["500ms", "1.5m", "2h"] for name in ("poll_interval", "window", "max_delay")},
    }
    wrong = {
        "input": ["snapshots/"],
        "output": ["out", "gs://a,gs://b"],
        "partition_by": ["week", "month, lang"],
        "input_subscription": ["s", "projects/p/topics/t"],
        "streaming": ["yes", ""],
        **{name: ["96 Mi", "much"] for name in ("max_run_bytes", "max_snapshot_bytes", "max_members")},
        **{name: ["soon", "-1s"] for name in ("poll_interval", "window", "max_delay")},
    }
    for name, action in own_flags().items():
        if action.default is not None:
            right.setdefault(name, []).append(str(action.default))
            assert PARAMETERS[name]["isOptional"] and PARAMETERS[name]["helpText"].rstrip(".").endswith(_said(action))
    for name, parameter in PARAMETERS.items():
        patterns = [re.compile(p) for p in parameter["regexes"]]
        assert all(p.search(v) for p in patterns for v in right.get(name, []))
        assert not any(p.search(v) for p in patterns for v in wrong.get(name, []))


def test_flex_image_has_the_locked_versions_and_starts_what_is_there():
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    beam = re.search(r"^apache-beam(?:\[gcp\])?==(\S+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)[1]
    assert re.findall(r"beam_python([\d.]+)_sdk:([\d.]+)", dockerfile) == [("3.11", beam)]
    assert dockerfile.startswith("#") and "FROM python:3.11." in dockerfile
    for source in re.findall(r"^COPY ([^-].*) \S+$", dockerfile, re.MULTILINE):
        assert all((ROOT / name).exists() for name in source.split())
    assert "mv pipelines/deploy/launch.py launch.py" in dockerfile and (DEPLOY / "launch.py").exists()


def test_flex_build_and_page_name_what_is_there():
    yaml = pytest.importorskip("yaml")
    build = yaml.safe_load((DEPLOY / "cloudbuild.yaml").read_text())
    told = " ".join(arg for step in build["steps"] for arg in step["args"])
    for name in re.findall(r"pipelines/deploy/[\w.]+", told):
        assert (ROOT / name).exists()
    page = (DEPLOY / "README.md").read_text()
    columns = ", ".join(f"{key} STRING" for key in Partitioning.parse("month,lang").keys())  # noqa: SIM118
    assert f"feedmill.items\nWITH PARTITION COLUMNS ({columns})" in page
    assert "feedmill.sightings\nWITH PARTITION COLUMNS (captured_month STRING)" in page


def _make(*args):
    return subprocess.run(["make", "--dry-run", *args], cwd=ROOT, capture_output=True, text=True, timeout=30)


def test_flex_make_says_what_is_missing_and_launches_either_kind():
    told = _make("deploy", "IMAGE=i")
    assert told.returncode and "TEMPLATE is not given" in told.stderr
    flags = ["IMAGE=i", "TEMPLATE=gs://b/t.json", "REGION=r", "OUTPUT=gs://b/out"]
    assert "INPUT is not given" in _make("deploy", *flags).stderr
    told = _make("deploy", *flags, "INPUT=gs://b/in/**").stdout
    assert '"^;^input=gs://b/in/**;output=gs://b/out;sdk_container_image=i"' in told
    told = _make("deploy", *flags, "SUBSCRIPTION=projects/p/subscriptions/s", "GCLOUD_FLAGS=--update").stdout
    parameters = "streaming=true;input_subscription=projects/p/subscriptions/s;output=gs://b/out;sdk_container_image=i"
    assert 'run "feedmill-stream" ' in told and f'"^;^{parameters}" --update' in told
    assert set(re.findall(r"(\w+)=", parameters)) <= PARAMETERS.keys()
