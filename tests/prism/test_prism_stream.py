"""The graph that does not end, on Prism: files land, and rows come out while it runs."""

import shutil
import subprocess
import sys

import pytest
from feedmill.pipelines.ingest import run
from feedmill.transforms.storage.local import LocalStore
from feedmill.transforms.warehouse.manifests import recover
from feedmill.transforms.warehouse.verify import verify

from tests.conftest import ROOT
from tests.streaming.landing import corpus, in_disorder, said, wait_for, write

PRISM = shutil.which("prism", path=ROOT / "build" / "bin")


@pytest.mark.timeout(300)
@pytest.mark.skipif(not PRISM, reason="Prism is not built: make prism-test")
def test_files_are_taken_in_as_they_land(tmp_path):
    drops = corpus(60)[:30]
    folder, out = tmp_path / "in", tmp_path / "out"
    command = [sys.executable, "-m", "feedmill", "ingest", "--streaming", f"--input={folder}", f"--output={out}"]
    flags = ["--runner=PrismRunner", f"--prism_location={PRISM}", "--window=1s", "--poll_interval=500ms"]
    write(folder, drops[:5])
    log = (tmp_path / "log").open("w+")
    with subprocess.Popen([*command, *flags], cwd=ROOT, stdout=log, stderr=log) as process:
        try:
            wait_for(out, 5, timeout=120)
            write(folder, in_disorder(drops[5:]))
            wait_for(out, len(drops), timeout=120)
        except AssertionError:
            log.seek(0)
            print(log.read()[-4000:])
            raise
        finally:
            process.kill()
    recover(LocalStore(str(out)), alone=True)  # the kill may have come while the last commit tidied up
    run([f"--input={folder}", f"--output={tmp_path / 'batch'}"])
    assert said(out) == said(tmp_path / "batch")
    assert list(verify(LocalStore(str(out)))) == []
