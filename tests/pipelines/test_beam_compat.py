"""Each private name of Beam is as `beam_compat` takes it to be; and where it is not, a run is slower and not broken.

A test that fails here on a newer Beam says what to look at; nothing is wrong with what feedmill writes.
"""

import ast
import contextlib
import logging
import os
import shutil
import tempfile
import types
from concurrent.futures import ThreadPoolExecutor

import apache_beam as beam
import apache_beam.pipeline
import pyarrow as pa
import pytest
from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions
from apache_beam.runners.worker import statesampler
from apache_beam.utils.counters import CounterFactory
from feedmill.pipelines import beam_compat
from feedmill.pipelines.beam_compat import LOCAL_RUNNER
from feedmill.pipelines.ingest import new_pipeline, options_of, run
from feedmill.pipelines.plan import parse_flags
from feedmill.transforms import coders
from feedmill.transforms.rows.packed_table import PackedTable

from tests.conftest import ROOT, tree

FLAGS = [f"--input={ROOT / 'seeds'}/*.txt"]


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    """The files of an undisturbed run."""
    out = tmp_path_factory.mktemp("usual") / "w"
    run([*FLAGS, f"--output={out}"])
    return tree(out)


def period():
    return statesampler.StateSampler("stage", CounterFactory()).sampling_period_ms


def test_beam_has_the_local_engine_by_this_name():
    assert beam_compat.local_runner() == LOCAL_RUNNER, (
        f"Beam knows no runner {LOCAL_RUNNER}: without --runner its own default is used, which tries to download another"
    )


def test_beam_still_samples_stages_at_a_default_that_can_be_set():
    before = period()
    with beam_compat.fast_state_sampling():
        assert period() == beam_compat._SAMPLED_EVERY, (
            "StateSampler has no default sampling_period_ms that counts: each stage of a local run waits up to 200 ms"
        )
    assert period() == before > beam_compat._SAMPLED_EVERY


def test_beam_still_logs_what_stops_a_step_by_this_name(caplog):
    def fails(_):
        raise ValueError("the disk is full")

    with pytest.raises(Exception, match="the disk is full"), beam.Pipeline(LOCAL_RUNNER) as pipeline:
        pipeline | beam.Create([1]) | beam.Map(fails)
    assert beam_compat._STEP_LOGGER in {record.name for record in caplog.records}, (
        "Beam logs errors of steps under another name: what stops a run is said twice"
    )


def test_beam_is_given_its_own_flags_alone_and_warns_of_none(caplog):
    with caplog.at_level(logging.WARNING):
        options = options_of(
            parse_flags([*FLAGS, "--output=w", "--max_members=7", "--runner=FnApiRunner", "--job_name=x"])
        )
        beam.Pipeline(options=options)
        told = options.get_all_options(retain_unknown_options=True)
    assert (told["output"], told["max_members"], told["job_name"]) == ("w", 7, "x"), "a job is shown with its flags"
    assert "nparseable" not in caplog.text, "Beam reads flags in another way, and takes feedmill's for its own"
    assert "max_members" not in PipelineOptions([]).get_all_options(), (
        "Beam asks more classes for flags than it did: those of feedmill meet those of other pipelines in one process"
    )


def test_a_pipeline_of_this_process_makes_no_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    options = options_of(parse_flags([*FLAGS, "--output=w"]))
    made, told = [], []
    monkeypatch.setattr(os, "mkdir", lambda path, *_, **__: made.append(path))
    pipeline = new_pipeline(options)
    assert not made, "Beam makes the folder of a pipeline in another way: a kill within microseconds leaves it"
    monkeypatch.undo()
    shutil.rmtree(pipeline.local_tempdir, onerror=lambda *error: told.append(error))
    assert told and not os.path.lexists(pipeline.local_tempdir)
    theirs = beam.Pipeline()
    assert os.path.isdir(theirs.local_tempdir), "pipelines of others lost their folders"
    os.rmdir(theirs.local_tempdir)


def test_a_pipeline_that_another_thread_makes_meanwhile_has_its_folder():
    with beam_compat.no_folder(), ThreadPoolExecutor(1) as other:
        theirs = other.submit(beam.Pipeline).result()
    assert os.path.isdir(theirs.local_tempdir)
    os.rmdir(theirs.local_tempdir)


def test_where_beam_makes_its_folder_otherwise_it_is_removed_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(apache_beam.pipeline, "tempfile", types.SimpleNamespace(mkdtemp=tempfile.mkdtemp))
    assert new_pipeline(options_of(parse_flags([*FLAGS, "--output=w"]))).local_tempdir.startswith(str(tmp_path))
    assert not list(tmp_path.iterdir())


def test_beam_still_shares_what_is_set_among_views():
    options = options_of(parse_flags(["--output=w"]))
    options.view_as(StandardOptions).streaming = True
    assert PipelineOptions.view_as(options, StandardOptions).streaming, "views that are kept are views of the past"


# Without each of them


def test_without_the_local_engine_beams_default_is_asked_for_and_tables_travel(monkeypatch):
    monkeypatch.setattr(StandardOptions, "KNOWN_RUNNER_NAMES", ["DirectRunner"])
    options = options_of(parse_flags(["--output=w"]))
    assert options.view_as(StandardOptions).runner == "DirectRunner"
    with beam_compat.tables_kept(options):
        assert coders._block.numbers is None, "the engine may be in another process"


def test_where_tables_travel_the_rows_are_the_same(usual, tmp_path, monkeypatch):
    monkeypatch.setattr("feedmill.pipelines.ingest.tables_kept", lambda options: contextlib.nullcontext())
    run([*FLAGS, f"--output={tmp_path / 'w'}"])
    assert tree(tmp_path / "w") == usual


@pytest.mark.parametrize("options", ["--direct_running_mode=multi_processing", "--direct_embed_docker_python"])
def test_tables_travel_where_steps_are_in_other_processes(options):
    with beam_compat.tables_kept(options_of(parse_flags([options]))):
        assert coders._block.numbers is None
    with beam_compat.tables_kept(options_of(parse_flags([]))):
        assert coders._block.numbers == []


def test_tables_travel_from_threads_that_the_engine_may_start():
    packed = PackedTable(pa.table({"title": ["Rain", "Sun"] * 500}))
    with coders.tables_in_process(), ThreadPoolExecutor(1) as engine:
        elsewhere = engine.submit(coders.RowsCoder().encode, [packed]).result()
        assert len(coders.RowsCoder().encode([packed])) < 100 < len(elsewhere)
    assert coders.RowsCoder().decode(elsewhere)[0].table.num_rows == 1000


class _NoDefault:
    def __init__(self, prefix, *, sampling_period_ms=200):
        self.sampling_period_ms = sampling_period_ms


class _OneMore:
    def __init__(self, prefix, counter_factory=None, sampling_period_ms=200, more="kept"):
        self.sampling_period_ms, self.more = sampling_period_ms, more


def test_without_a_default_to_set_sampling_is_left_as_it_is(monkeypatch):
    for changed in (_NoDefault, type("Changed", (), {}), object()):
        monkeypatch.setattr(statesampler, "StateSampler", changed)
        with beam_compat.fast_state_sampling():
            assert _NoDefault("stage").sampling_period_ms == 200
    monkeypatch.delattr(statesampler, "StateSampler")
    with beam_compat.fast_state_sampling():
        pass
    monkeypatch.setattr(statesampler, "StateSampler", _OneMore, raising=False)
    with beam_compat.fast_state_sampling():
        assert (_OneMore("stage").sampling_period_ms, _OneMore("stage").more) == (5, "kept")
    assert _OneMore("stage").sampling_period_ms == 200


@pytest.mark.parametrize(
    "path",
    [p for folder in ("pipelines", "transforms") for p in sorted((ROOT / folder).rglob("*.py"))],
    ids=lambda p: p.relative_to(ROOT).as_posix(),
)
def test_no_other_module_reaches_into_beam(path):
    if path.name == "beam_compat.py":
        return
    source = ast.parse(path.read_text())
    private = [
        alias.name
        for node in ast.walk(source)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("apache_beam")
        for alias in node.names
        if alias.name.startswith("_")
    ]
    reached = [
        node.attr
        for node in ast.walk(source)
        if isinstance(node, ast.Attribute) and node.attr in ("__defaults__", "__subclasses__", "_all_options", "_flags")
    ]
    assert not private and not reached
