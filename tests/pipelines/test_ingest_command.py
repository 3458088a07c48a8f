"""The flags of the command itself: --config, --dry_run, --help."""

import pytest
from feedmill.pipelines import cli
from feedmill.pipelines.config_file import flags_of
from feedmill.pipelines.plan import add_flags

from tests.conftest import ROOT, tree


def ingest(capsys, *args):
    status = cli.main(["ingest", *map(str, args)])
    told = capsys.readouterr()
    return status, told.out, told.err


def test_a_config_file_says_what_flags_say(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    config = tmp_path / "feedmill.toml"
    config.write_text(
        'input = ["seeds/000*.txt", "seeds/003*.txt"]\noutput = "nowhere"\ntimezone = "Europe/Paris"\n'
        'max_members = 7\nstreaming = false\nno_auth = true\nexperiments = ["a", "b"]\n'
    )
    assert flags_of(str(config))[0] == "--input=seeds/000*.txt,seeds/003*.txt"
    assert flags_of(str(config))[-3:] == ["--no_auth", "--experiments=a", "--experiments=b"]
    status, told, _ = ingest(capsys, "--config", config, f"--output={tmp_path / 'out'}")
    assert status == 0 and "2 new snapshots" in told and str(tmp_path / "out") in told


@pytest.mark.parametrize(
    "text, says",
    [
        ('colour = "red"', "unknown flag --colour"),
        ("input =", "Invalid value"),
        ("[input]\na = 1", "give a string"),
        ("day = 2025-07-01", "give a string"),
        ("dry_run = true", "give --dry_run with the command"),
        ('partition_by = "week"', "--partition_by week"),
    ],
)
def test_a_config_file_that_is_wrong_is_named_with_what_is_wrong(tmp_path, capsys, text, says):
    config = tmp_path / "feedmill.toml"
    config.write_text(text)
    status, _, told = ingest(capsys, "--config", config, "--input=seeds/000*.txt", f"--output={tmp_path / 'out'}")
    assert status == 2 and says in told
    assert "feedmill.toml" in told
    status, _, told = ingest(capsys, "--config", tmp_path / "none.toml")
    assert status == 2 and "No such file" in told


def test_a_dry_run_says_what_is_new_and_writes_nothing(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    out = tmp_path / "out"
    flags = ["--input=seeds/*.txt", f"--output={out}"]
    status, told, _ = ingest(capsys, "--dry_run", *flags)
    assert status == 0 and "2 files" in told and "2 snapshots to be read" in told and "does not exist yet" in told
    assert not out.exists()
    ingest(capsys, "--input=seeds/000*.txt", f"--output={out}")
    before = tree(out)
    status, told, _ = ingest(capsys, *flags, "--dry_run")
    assert "1 snapshot that the warehouse has" in told and "1 snapshot to be read" in told
    assert tree(out) == before


@pytest.mark.parametrize("flag", ["-v", "--verbose", None])
def test_where_a_run_failed_is_told_to_who_asks(tmp_path, capsys, monkeypatch, flag):
    def fails(argv):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("feedmill.pipelines.commands.ingest.run_plan", fails)
    given = [f"--input={ROOT / 'seeds'}", f"--output={tmp_path / 'out'}", *([flag] if flag else [])]
    status, _, said = ingest(capsys, *given)
    assert status == 1 and "nothing of it was committed: the disk is full" in said
    assert ("in fails" in said) == bool(flag)


def test_help_names_every_own_flag_with_its_default(capsys):
    status, told, _ = ingest(capsys, "--help")
    assert status == 0
    for flag in ("--config", "--dry_run", "--input", "--output"):
        assert flag in told
    import argparse

    parser = argparse.ArgumentParser(add_help=False)
    add_flags(parser, "run")
    for action in parser._actions:
        assert f"--{action.dest} " in told
        assert action.default is None or f"default: {action.default}" in " ".join(told.split())


@pytest.mark.parametrize(
    "flag", ["--window=5s", "--poll_interval=1s", "--max_delay=1h", "--input_subscription=projects/p/subscriptions/s"]
)
def test_a_flag_of_streams_is_not_ignored_without_one(tmp_path, capsys, flag):
    status, told, said = ingest(capsys, f"--input={ROOT / 'seeds'}", f"--output={tmp_path / 'out'}", flag)
    assert (status, told) == (2, "")
    assert said == f"feedmill: {flag.partition('=')[0]} tells how to stream: give --streaming too, or leave it out\n"
    assert not (tmp_path / "out").exists()
