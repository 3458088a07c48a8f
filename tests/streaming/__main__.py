"""The stream at the size that was promised; `make test` runs small versions.

python -m tests.streaming prompt     2,000 snapshots in disorder at 50 a second: equal to a batch, within 5 s
python -m tests.streaming kills      the same, killed ten times
python -m tests.streaming soak       half an hour at 50 a second: time and memory stay flat
"""

import argparse
import itertools
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

from feedmill.transforms.storage.local import LocalStore
from feedmill.transforms.warehouse.manifests import live_files, read_manifests
from feedmill.transforms.warehouse.verify import verify

from tests.bench.generator import Truth, generate
from tests.streaming.landing import (
    Drop,
    Lander,
    Looker,
    corpus,
    differences,
    in_disorder,
    resident,
    said,
    snapshots_in,
    start,
    stop,
    wait_for,
    write,
)

RATE = 50.0  # files a second
PROMISED_LAG = 5.0  # seconds, from landed to readable, of 95 in 100 files
KILLS = 10


def _check(holds: bool, what: str) -> None:
    print(f"{'✓' if holds else '✗'} {what}", flush=True)
    if not holds:
        sys.exit(1)


def _batch(drops: list[Drop], here: pathlib.Path):
    """What one run over the same snapshots says. In a process of its own, as the stream is."""
    write(here / "all", drops)
    _batch_of(here / "all", here / "batch")
    return said(here / "batch")


def _batch_of(folder: pathlib.Path, out: pathlib.Path) -> None:
    command = [sys.executable, "-m", "feedmill", "ingest", f"--input={folder}", f"--output={out}"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _compare(drops: list[Drop], here: pathlib.Path) -> None:
    found, expected = said(here / "out"), _batch(drops, here)
    for name in found._fields:
        one, other = getattr(found, name), getattr(expected, name)
        _check(one == other, f"{len(one):,} {name} as in a batch ({len(one - other)} more, {len(other - one)} fewer)")
    problems = list(verify(LocalStore(str(here / "out"))))
    _check(not problems, f"the warehouse is whole {problems[:3] or ''}")


def _share(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def prompt(here: pathlib.Path, snapshots: int) -> None:
    drops = corpus(snapshots)
    folder, out = here / "in", here / "out"
    folder.mkdir()
    with start(folder, out) as process:
        write(folder, drops[:1])
        wait_for(out, 1, timeout=120)  # it is up
        looker, lander = Looker(out), Lander(folder, in_disorder(drops[1:]), RATE)
        looker.start()
        lander.start()
        lander.join()
        wait_for(out, len(drops), timeout=120)
        looker.stop()
        print(stop(process))
    lags = [looker.seen[uri] - at for uri, at in lander.landed.items() if uri in looker.seen]
    print(
        f"lag of {len(lags):,} files: half {_share(lags, 0.5):.2f} s, 95 % {_share(lags, 0.95):.2f} s, worst {max(lags):.2f} s"
    )
    _compare(drops, here)
    _check(_share(lags, 0.95) <= PROMISED_LAG, f"95 in 100 files were readable within {PROMISED_LAG} s")


def kills(here: pathlib.Path, snapshots: int) -> None:
    drops = corpus(snapshots)
    folder, out = here / "in", here / "out"
    folder.mkdir()
    draw = random.Random(11)
    lander = Lander(folder, in_disorder(drops[:-1]), RATE)
    lander.start()
    for number in range(KILLS):
        with start(folder, out) as process:
            time.sleep(draw.uniform(3, 15))  # a start takes some of it
            process.kill()
            process.communicate()
        left = [path.name for path in (out / "_staging").glob("*")] if out.exists() else []
        print(
            f"kill {number + 1}: {snapshots_in(out):,} snapshots in, left in staging: {left or 'nothing'}", flush=True
        )
    with start(folder, out) as process:
        lander.join()
        write(folder, drops[-1:])
        wait_for(out, len(drops), timeout=240)
        print(stop(process))
    _compare(drops, here)


def soak(here: pathlib.Path, snapshots: int) -> None:
    folder, out = here / "in", here / "out"
    folder.mkdir()
    # Feeds of which each hour's snapshot lands in its turn; what is new in them is as much at the end as at the start.
    made = (Drop(*found) for found in generate(snapshots * 40, 0.02, 5) if not isinstance(found, Truth))
    with start(folder, out) as process:
        sizes = resident(process.pid)
        drops = itertools.islice(made, snapshots)
        looker = Looker(out)
        looker.start()
        lander = Lander(folder, [], RATE)
        lander.drops = drops  # type: ignore[assignment]  # as they are made: all at once would be gigabytes
        lander.start()
        told: list[tuple[int, float, int]] = []  # bytes in memory, seconds of lag, manifests
        while lander.is_alive():
            lander.join(60)
            recent = [looker.seen[u] - at for u, at in list(lander.landed.items())[-3000:] if u in looker.seen]
            manifests = len(list((out / "_manifests").glob("*.json")))
            told.append((next(sizes), _share(recent, 0.95) if recent else 0.0, manifests))
            files = len(live_files(read_manifests(LocalStore(str(out)))))
            print(
                f"{len(lander.landed):,} landed, {len(looker.seen):,} in, {told[-1][0] / 1e6:.0f} MB, "
                f"95 % lag {told[-1][1]:.2f} s, {manifests} manifests, {files} files, load {os.getloadavg()[0]:.1f}",
                flush=True,
            )
        wait_for(out, snapshots, timeout=120)
        looker.stop()
        print(stop(process))
    third = max(1, len(told) // 3)
    early, late = told[third - 1][0], told[-1][0]
    _check(late < 1.25 * early, f"memory: {early / 1e6:.0f} MB after a third, {late / 1e6:.0f} MB at the end")
    _check(told[-1][1] <= PROMISED_LAG, "and at the end it is as prompt as it should be")
    _check(
        max(manifests for *_, manifests in told) <= 220, "its manifests are those of some minutes, not of all the time"
    )
    _batch_of(folder, here / "batch")
    for table, (rows, apart) in differences(out, here / "batch").items():
        _check(not apart, f"{rows:,} {table} as in a batch ({apart} apart)")
    problems = list(verify(LocalStore(str(out))))
    _check(not problems, f"the warehouse is whole {problems[:3] or ''}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("prompt", "kills", "soak"))
    parser.add_argument("--snapshots", type=int, help="default: 2,000; for soak 90,000")
    flags = parser.parse_args()
    here = pathlib.Path(tempfile.mkdtemp(prefix="feedmill-stream-"))
    try:
        check = {"prompt": prompt, "kills": kills, "soak": soak}[flags.what]
        check(here, flags.snapshots or (90_000 if flags.what == "soak" else 2_000))
    finally:
        shutil.rmtree(here, ignore_errors=True)


if __name__ == "__main__":
    main()
