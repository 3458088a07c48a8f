"""Kill -9 at random moments: after the same command has run again, the rows are as if nothing had been.

python -m tests.kills [-n 5] [batch cut compact reprocess stream]

Each command is run once to its end, which tells what it gives and how long it takes; then so many times it is killed
at a moment within that time and run again. Nothing may be left in $TMPDIR then.
"""

import argparse
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from feedmill.transforms.storage.local import LocalStore
from feedmill.transforms.warehouse.verify import verify

from tests.conftest import ROOT
from tests.streaming.landing import Said, corpus, said, stop, wait_for, write

SNAPSHOTS = 60
_HALF = f"{SNAPSHOTS * 3000}"  # bytes, roughly: the corpus is cut into a few runs by it


class Kind:
    """A command that is killed.

    Args:
        base: flags of the run, if any, that made the warehouse before it.
        flags: of the command.
        ends: whether it ends by itself; a stream is told to, once all is in.
    """

    def __init__(self, base: list[list[str]], flags: list[str], *, ends: bool = True) -> None:
        self.base = base
        self.flags = flags
        self.ends = ends


def _ingest(*flags: str) -> list[str]:
    return ["ingest", "--input=in", "--output=out", "--workers=2", *flags]


KINDS = {
    "batch": Kind([], _ingest()),
    "cut": Kind([], _ingest(f"--max_run_bytes={_HALF}")),
    "compact": Kind([_ingest(f"--max_run_bytes={_HALF}")], ["compact", "out"]),
    "reprocess": Kind([_ingest()], _ingest("--reprocess", "--timezone=Asia/Tokyo")),
    "stream": Kind([], _ingest("--streaming", "--window=500ms", "--poll_interval=100ms"), ends=False),
}


def check(name: str, kind: Kind, kills: int, draw: random.Random) -> None:
    """Kills a command so many times, each in a folder of its own.

    Raises:
        AssertionError: something is not as if it had not been killed.
    """
    with tempfile.TemporaryDirectory(prefix="feedmill-kills-") as folder:
        here = pathlib.Path(folder)
        calm = here / "calm"
        calm.mkdir()
        write(calm / "in", corpus(SNAPSHOTS) if kind.ends else corpus(SNAPSHOTS)[:-1])
        for flags in kind.base:
            _run(calm, flags)
        shutil.copytree(calm, here / "base")
        began = time.monotonic()
        _to_the_end(calm, kind)
        took = time.monotonic() - began
        expected = said(calm / "out")
        for number in range(kills):
            shutil.copytree(here / "base", here / "killed")
            moment = draw.uniform(0, took)
            left = _kill(here / "killed", kind, moment)
            _to_the_end(here / "killed", kind)
            _hold(here / "killed", expected)
            shutil.rmtree(here / "killed")
            print(f"✓ {name} {number + 1}: killed after {moment:.2f} of {took:.2f} s, which left {left}", flush=True)


def _hold(here: pathlib.Path, expected: Said) -> None:
    found = said(here / "out")
    for table in found._fields:
        one, other = getattr(found, table), getattr(expected, table)
        assert one == other, f"{table}: {len(one - other)} more, {len(other - one)} fewer"
    problems = list(verify(LocalStore(str(here / "out"))))
    assert not problems, problems
    assert not (traces := os.listdir(here / "tmp")), f"left in $TMPDIR: {traces}"


def _start(here: pathlib.Path, flags: list[str]) -> "subprocess.Popen[str]":
    (here / "tmp").mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-m", "feedmill", *flags],
        cwd=here,
        env={**os.environ, "TMPDIR": str(here / "tmp"), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _run(here: pathlib.Path, flags: list[str]) -> None:
    process = _start(here, flags)
    told, complaints = process.communicate(timeout=600)
    assert process.returncode == 0, f"{told}{complaints}"


def _to_the_end(here: pathlib.Path, kind: Kind) -> None:
    if kind.ends:
        _run(here, kind.flags)
        return
    process = _start(here, kind.flags)
    try:
        write(here / "in", corpus(SNAPSHOTS)[-1:])  # so that it is up when it is told to stop
        wait_for(here / "out", SNAPSHOTS, timeout=300)
        stop(process, timeout=300)
    finally:
        process.kill()
        process.wait()


def _kill(here: pathlib.Path, kind: Kind, moment: float) -> str:
    """Returns what it left, in words."""
    process = _start(here, kind.flags)
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    process.communicate()  # until its worker processes have ended, too
    staging = here / "out" / "_staging"
    left = "a commit within" if (staging / "commit.json").exists() else "staging" if staging.exists() else "no staging"
    traces = os.listdir(here / "tmp")
    return left + (f", and {traces} in $TMPDIR" if traces else "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=5, help="kills of each command (default: %(default)s)")
    parser.add_argument("--seed", type=int, help="of the moments; else it is drawn, and told")
    parser.add_argument("kinds", nargs="*", metavar="KIND", default=[], help=f"of {', '.join(KINDS)} (default: all)")
    flags = parser.parse_args()
    seed = random.randrange(1 << 16) if flags.seed is None else flags.seed
    print(f"seed {seed}")
    for name in flags.kinds or KINDS:
        check(name, KINDS[name], flags.n, random.Random(f"{seed} {name}"))


if __name__ == "__main__":
    main()
