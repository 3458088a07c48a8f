"""The same graph on Prism, Beam's own engine for one machine: the same files, to the byte."""

import shutil

import pytest
from feedmill.pipelines.ingest import run

from tests.conftest import ROOT, tree
from tests.gcs.test_gcs_ingest import pile

PRISM = shutil.which("prism", path=ROOT / "build" / "bin")


@pytest.mark.timeout(300)
@pytest.mark.skipif(not PRISM, reason="Prism is not built: make prism-test")
def test_prism_gives_what_the_local_engine_gives(tmp_path):
    here = pile(tmp_path / "in")
    run([f"--input={here.root}", f"--output={tmp_path / 'local'}"])
    flags = ["--runner=PrismRunner", f"--prism_location={PRISM}"]
    assert run([f"--input={here.root}", f"--output={tmp_path / 'prism'}", *flags]).committed
    assert not run([f"--input={here.root}", f"--output={tmp_path / 'prism'}", *flags]).committed
    assert tree(tmp_path / "prism") == tree(tmp_path / "local")
