"""What is said before, while and after a run is the same, and true."""

import re
import zipfile

import pytest
from feedmill.pipelines import cli
from feedmill.pipelines.ingest import run
from feedmill.transforms.local import progress

from tests.pipelines.test_messages import feed


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Feeds of which the warehouse has some, and the input some twice: as they are, stated at two times, and declined."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.xml").write_text(feed("had"))
    assert cli.main(["ingest", "--input=in", "--output=out"]) == 0
    (folder / "a-copy.xml").write_text(feed("had"))
    for name in ("b.xml", "c.xml", "2025-07-15T08/d.xml", "2025-07-15T09/d.xml", "z.xml"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(feed("news"))
    for name in ("empty.xml", "nothing.xml", "z-empty.xml"):
        (folder / name).write_text("")
    for name in ("noise.bin", "noise-too.bin"):
        (folder / name).write_bytes(bytes(range(256)) * 9)
    with zipfile.ZipFile(folder / "pack.zip", "w") as archive:
        archive.writestr("b.xml", feed("news"))
        archive.writestr("e.xml", feed("other"))
        archive.writestr("empty.xml", "")
    (folder / "cut.xml.gz").write_bytes(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03cut")
    return tmp_path


def _numbers(said, line):
    found = re.search(rf"^{line} .*$", said, re.MULTILINE)
    return (
        [int(n.replace(",", "")) for n in re.findall(r"\b\d[\d,]*(?= (?:new )?snapshot| skipped)", found[0])]
        if found
        else [0]
    )


@pytest.mark.parametrize("limit", ["0", "4000"])
@pytest.mark.parametrize("flags", [[], ["--reprocess"]], ids=["ingest", "reprocess"])
def test_a_dry_run_promises_what_the_run_then_says(place, capsys, limit, flags):
    given = ["--input=in", "--output=out", f"--max_run_bytes={limit}", *flags]
    capsys.readouterr()
    assert cli.main(["ingest", "--dry_run", *given]) == 0
    promised = capsys.readouterr().out
    assert cli.main(["ingest", *given]) == 0
    said = capsys.readouterr().out
    (new,) = _numbers(promised, "new")
    (known,) = _numbers(promised, "ingested")
    assert (new, known) == ((12, 1) if flags else (12, 2))
    assert _numbers(promised, "repeated") == _numbers(said, "repeated") == [4 if flags else 3]
    if flags:
        assert f"{new} new snapshots and {known} redone" in said
    else:
        assert _numbers(said, "read") == [new, known]
    size = re.search(r"to be read, (.*) unpacked", promised)[1]
    assert f", {size}" in re.search(r"^read .*", said, re.MULTILINE)[0] or flags
    assert cli.main(["ingest", "--dry_run", *given]) == 0
    assert _numbers(capsys.readouterr().out, "new") == [0]


def test_every_phase_is_seen_in_order_with_its_counts_and_nothing_is_whole_before_the_commit(place, monkeypatch):
    seen = []

    def noted(function):
        def note(*args, **counts):
            function(*args, **counts)
            seen.append((progress.line(), progress.so_far()["runs"]))

        return note

    for name in ("begin_run", "enter", "advance"):
        monkeypatch.setattr(progress, name, noted(getattr(progress, name)))
    run(["--input=in", "--output=out", "--max_run_bytes=0"])
    phases = [line.split()[0].rstrip(",") for line, _ in seen]
    assert list(dict.fromkeys(phases)) == list(progress.PHASES)
    assert phases == sorted(phases, key=progress.PHASES.index)
    lines = [line for line, _ in seen]
    assert "reading 14 of 14 files" in lines[phases.index("comparing") - 1]
    assert re.search(r"comparing [1-9]\d* stories", " ".join(lines))
    assert "%" not in " ".join(lines)
    assert [runs for _, runs in seen] == [0] * (len(seen) - 1) + [1], "a run counts once it is committed"
