import sys

import pytest

from tests.bench.measure import CommandFailed, measure

SPEND = """
import subprocess, sys, time
held = bytearray({mib} << 20)
held[::4096] = b"x" * len(held[::4096])
if {child}:
    subprocess.run([sys.executable, "-c", sys.argv[1]])
until = time.process_time() + 0.3
while time.process_time() < until:
    pass
time.sleep(0.3)
print("done")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_a_tree_of_processes_costs():
    child = SPEND.format(mib=60, child=False)
    cost = measure([sys.executable, "-c", SPEND.format(mib=90, child=True), child])
    assert cost.out.split() == ["done", "done"]
    assert cost.cpu >= 0.6
    assert cost.wall >= 0.9
    assert cost.peak >= 150 << 20


def test_a_command_that_fails_is_told():
    with pytest.raises(CommandFailed, match="no such thing"):
        measure([sys.executable, "-c", "raise SystemExit('no such thing')"])


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_processes_share_counts_once():
    forks = "import os, time\nheld = b'x' * (100 << 20)\npids = [os.fork() for _ in range(3)]\ntime.sleep(0.5)\n"
    cost = measure([sys.executable, "-c", forks])
    assert 100 << 20 <= cost.peak <= 250 << 20
