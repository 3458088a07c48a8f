"""A process that calls feedmill, as a notebook or a scheduler does, is afterwards what it was before."""

import json
import subprocess
import sys

from tests.conftest import ROOT

_STATE = """
import contextlib, gc, io, json, logging, os, pathlib, signal, sys, threading, warnings

def state():
    import pyarrow
    root = logging.getLogger()
    return {
        "signals": [str(signal.getsignal(n)) for n in sorted(signal.valid_signals()) if n not in (signal.SIGKILL, signal.SIGSTOP)],
        "garbage": [gc.isenabled(), gc.get_threshold(), gc.get_freeze_count()],
        "environment": dict(os.environ),
        "logging": [root.level, logging.root.manager.disable, [str(h) for h in root.handlers]]
        + [(name, log.level, log.disabled) for name, log in sorted(root.manager.loggerDict.items())
           if isinstance(log, logging.Logger) and (log.level or log.disabled)],
        "allocator": pyarrow.default_memory_pool().backend_name,
        "streams": [sys.stdout.errors, sys.stderr.errors],
        "folder": os.getcwd(),
        "hooks": [str(sys.excepthook), str(threading.excepthook), str(sys.displayhook)],
        "halted": [name for name, module in sys.modules.items() if module is None],
        "path": sys.path,
    }

def processes():
    return len(pathlib.Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())
"""

_TWICE = (
    _STATE
    + """
import apache_beam as beam
from apache_beam.runners.worker.statesampler import StateSampler
import feedmill.pipelines.commands.ingest  # whatever it imports is there from now on
from feedmill.pipelines.cli import main

before, sampled = state(), StateSampler.__init__.__defaults__
out = io.StringIO()
with contextlib.redirect_stdout(out):
    statuses = [main(["ingest", "--input=seeds/*.txt", f"--output={sys.argv[1]}", "--workers=2"]) for _ in range(2)]
after = state()
print(json.dumps({
    "statuses": statuses,
    "changed": {key: [before[key], after[key]] for key in before if before[key] != after[key]},
    "sampled": sampled == StateSampler.__init__.__defaults__,
    "said": out.getvalue(),
}))
"""
)

_FRESH = """
import sys
from feedmill.pipelines.cli import main
status = main(["ingest", "--input=seeds/*.txt", f"--output={sys.argv[1]}"])
status += main(["ingest", "--input=seeds/*.txt", f"--output={sys.argv[1]}"])

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import PipelineOptions

class Others(PipelineOptions):
    @classmethod
    def _add_argparse_args(cls, parser):
        parser.add_argument("--input", type=int)

FileSystems.set_options(PipelineOptions())
print(status, beam.io.ReadFromBigQuery.__name__, type(FileSystems.get_filesystem("gs://bucket/x")).__name__)
with beam.Pipeline(options=PipelineOptions(["--input=3", "--runner=FnApiRunner"])) as pipeline:
    read = pipeline.options.view_as(Others).input
    pipeline | beam.Create([read]) | beam.Map(print)
print(main(["ingest", "--input=seeds/*.txt", f"--output={sys.argv[1]}"]))
"""

_ENDS = (
    _STATE
    + """
import time
from feedmill.pipelines.ingest import run
run(["--input=seeds/*.txt", f"--output={sys.argv[1]}", "--workers=2"])
end = time.monotonic() + 60
while processes() and time.monotonic() < end:
    time.sleep(0.01)
print(processes())
"""
)


def _run(script, *args):
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, args)], cwd=ROOT, capture_output=True, text=True, timeout=110
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_nothing_of_the_process_is_changed_by_two_runs(tmp_path):
    told = json.loads(_run(_TWICE, tmp_path / "w")[-1])
    assert told["statuses"] == [0, 0]
    assert "2 new snapshots" in told["said"] and "nothing new" in told["said"]
    assert told["changed"] == {}
    assert told["sampled"]


def test_beam_is_whole_for_pipelines_after_feedmills(tmp_path):
    lines = _run(_FRESH, tmp_path / "w")
    at = lines.index("0 ReadFromBigQuery GCSFileSystem")
    assert lines[at + 1] == "3", "another's --input is its own"
    assert lines[-1] == "0", "and feedmill's is not the other's"


def test_no_process_stays_behind(tmp_path):
    assert _run(_ENDS, tmp_path / "w")[-1] == "0"


def test_a_stream_of_another_thread_takes_no_signals(tmp_path):
    """Only the main thread may: a scheduler's worker is ended by what its caller raises in it."""
    import signal
    import threading

    from feedmill.pipelines.stream import _signals

    before = signal.getsignal(signal.SIGTERM)
    seen = []

    def worker():
        with _signals(taken=True) as stopped:
            seen.append((stopped(), signal.getsignal(signal.SIGTERM)))

    thread = threading.Thread(target=worker)
    thread.start()
    thread.join()
    with _signals(taken=False) as stopped:
        seen.append((stopped(), signal.getsignal(signal.SIGTERM)))
    assert seen == [(False, before)] * 2
