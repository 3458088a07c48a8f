"""Options that remember their views are Beam's options in all else; a plan is read once."""

import pickle

import pytest
from apache_beam.options.pipeline_options import GoogleCloudOptions, StandardOptions
from feedmill.pipelines.ingest import options_of
from feedmill.pipelines.plan import RunPlan, flags_in, parse_flags, plan_run
from feedmill.transforms.captures.limits import Limits
from feedmill.transforms.failures import UsageError
from feedmill.transforms.warehouse.layout import Partitioning

from tests.conftest import ROOT


def test_views_share_what_is_set_in_one():
    options = options_of(parse_flags(["--input=a", "--output=w"]))
    assert options.view_as(StandardOptions) is options.view_as(StandardOptions)
    options.view_as(StandardOptions).streaming = True
    assert options.view_as(GoogleCloudOptions).view_as(StandardOptions).streaming


def test_what_beam_hides_where_options_travel_stays_hidden():
    options = options_of(parse_flags(["--impersonate_service_account=secret@example.org"]))
    assert options.view_as(GoogleCloudOptions).impersonate_service_account
    travelled = pickle.loads(pickle.dumps(options))
    assert travelled.view_as(GoogleCloudOptions).impersonate_service_account is None
    assert b"secret" not in pickle.dumps({k: v for k, v in travelled.__dict__.items() if k == "_all_options"})


def test_a_plan_has_the_flags_and_the_files_and_hands_on_beams_flags():
    plan = plan_run(
        [f"--input={ROOT / 'seeds'}/*.txt", "--output=w", "--max_members=7", "--job_name", "x", "--runner=DirectRunner"]
    )
    assert (plan.limits, plan.settings.timezone) == (Limits(members=7), "UTC")
    assert [file.uri.rpartition("/")[2] for file in plan.files] == sorted(
        p.name for p in (ROOT / "seeds").glob("*.txt")
    )
    assert plan.beam_flags == ("--job_name", "x", "--runner=DirectRunner") and plan.is_local
    assert plan.row_options == {"timezone": "UTC", "partition_by": "month,lang"}


def test_what_a_flag_says_of_itself_is_what_the_code_takes():
    assert parse_flags(()).partition_by == str(Partitioning())
    assert parse_flags(()).limits == Limits()
    every = {field.name for field in flags_in("command", "run", "stream", "beam")}
    assert {"beam_flags", "files", "left_out", "given"} == set(RunPlan.__dataclass_fields__) - every


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--inptu=a", "--output=w"], "did you mean --input?"),
        (["--output=w"], "--input is required"),
        (["--input=seeds", "--output=w", "--workers=many"], "--workers many"),
        (["--input=seeds", "--output=w", "--partition_by=week"], "--partition_by week: give year"),
    ],
)
def test_the_best_reason_is_said_first(flags, says):
    with pytest.raises(UsageError, match=says.replace("?", r"\?")):
        plan_run(flags)
