"""What others wrote into names and texts is shown on a terminal, and never obeyed by it."""

import io
import json
import tarfile

import pytest
from feedmill.pipelines import cli
from feedmill.pipelines.ingest import run

NAME = "a\x1b]0;evil\x07\x1b[2J\n\x9b31m\u202elmx.xml"
SPELLED = r"a\x1b]0;evil\x07\x1b[2J\n\x9b31m\u202elmx.xml"
FEED = '<rss version="2.0"><channel><title>\u202eT</title><item><title>Ra\x9b2Jin \u202efell</title></item></channel></rss>'
OBEYED = "\x1b\x07\x9b\u202e"


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as members:
        for name, data in ((NAME, FEED.encode()), (f"b{NAME}", b"no feed\x1b[2J")):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            members.addfile(info, io.BytesIO(data))
    path = tmp_path_factory.mktemp("in") / "feeds.tar"
    path.write_bytes(out.getvalue())
    return path


def said(capsys, *argv):
    status = cli.main(list(argv))
    out, err = capsys.readouterr()
    assert not set(out + err) & set(OBEYED)
    return status, out + err


def test_names_and_texts_are_spelled_out(archive, tmp_path, capsys):
    out = str(tmp_path / "out")
    assert SPELLED in said(capsys, "split", str(archive))[1]
    run([f"--input={archive}", f"--output={out}"])
    name = f"{archive}#{NAME}"
    for command in (["explain", "-w", out, name], ["explain", "-w", out, "--source", "fell"]):
        status, told = said(capsys, *command)
        assert status == 0 and SPELLED in told
    assert said(capsys, "explain", "-w", out, f"{NAME} nothing")[0] == 2
    assert said(capsys, "query", "-w", out, "SELECT snapshot_uri FROM snapshots")[0] == 0


def test_json_is_the_same_to_its_readers(archive, tmp_path, capsys):
    first = said(capsys, "split", "--json", str(archive))[1].splitlines()[0]
    assert json.loads(first)["uri"].endswith(NAME)
    out = str(tmp_path / "out")
    run([f"--input={archive}", f"--output={out}"])
    told = said(capsys, "query", "-w", out, "--format=json", "SELECT snapshot_uri AS uri FROM snapshots ORDER BY 1")[1]
    assert json.loads(told.splitlines()[0])["uri"].endswith(NAME)
