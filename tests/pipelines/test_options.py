"""Options that remember their views are Beam's options in all else."""

import pickle

from apache_beam.options.pipeline_options import GoogleCloudOptions, StandardOptions
from feedmill.pipelines.ingest import IngestOptions, parse_options


def test_views_share_what_is_set_in_one():
    options = parse_options(["--input=a", "--output=w"])
    assert options.view_as(IngestOptions) is options.view_as(IngestOptions)
    options.view_as(StandardOptions).streaming = True
    assert options.view_as(IngestOptions).view_as(StandardOptions).streaming


def test_what_beam_hides_where_options_travel_stays_hidden():
    options = parse_options(["--impersonate_service_account=secret@example.org"])
    assert options.view_as(GoogleCloudOptions).impersonate_service_account
    travelled = pickle.loads(pickle.dumps(options))
    assert travelled.view_as(GoogleCloudOptions).impersonate_service_account is None
    assert b"secret" not in pickle.dumps({k: v for k, v in travelled.__dict__.items() if k == "_all_options"})
