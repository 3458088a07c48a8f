"""Snapshots that land in a folder as they do in life, and what a warehouse must say of them afterwards."""

import contextlib
import pathlib
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pyarrow.parquet as pq
from feedmill.transforms.storage.local import LocalStore, open_store
from feedmill.transforms.warehouse.manifests import Manifest, read_manifests
from feedmill.transforms.warehouse.query import connect

from tests.bench.generator import Truth, generate
from tests.conftest import ROOT

Sightings = dict[str, tuple[str, str]]


class Drop(NamedTuple):
    """A file to be written."""

    path: str
    data: bytes


def corpus(snapshots: int, seed: int = 5) -> list[Drop]:
    """Returns that many snapshots of feeds, which share most of their stories and edit some."""
    made = (Drop(*found) for found in generate(snapshots * 40, 0.1, seed) if not isinstance(found, Truth))
    return [next(made) for _ in range(snapshots)]


def in_disorder(drops: list[Drop], seed: int = 5) -> list[Drop]:
    """Returns them in random order, the same each time: a twentieth an hour and more behind, a tenth twice.

    What comes twice is the same file written again, or the same bytes below another folder.
    """
    draw = random.Random(seed)
    order = draw.sample(drops, len(drops))
    again = [
        drop if n % 2 else Drop(f"again/{drop.path}", drop.data)
        for n, drop in enumerate(draw.sample(order, len(order) // 10))
    ]
    for drop in again:
        order.insert(draw.randrange(len(order)), drop)
    return order


def write(folder: pathlib.Path, drops: Iterable[Drop]) -> None:
    """Writes files, each elsewhere first."""
    for path, data in drops:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{target.name}")
        draft.write_bytes(data)
        draft.replace(target)


class Lander(threading.Thread):
    """Writes files at a rate, and notes when each had landed."""

    def __init__(self, folder: pathlib.Path, drops: list[Drop], rate: float) -> None:
        super().__init__(daemon=True)
        self.folder, self.drops, self.rate = folder, drops, rate
        self.landed: dict[str, float] = {}

    def run(self) -> None:
        began = time.time()
        for number, drop in enumerate(self.drops):
            time.sleep(max(0.0, began + number / self.rate - time.time()))
            write(self.folder, [drop])
            self.landed.setdefault(str(self.folder / drop.path), time.time())


class Looker(threading.Thread):
    """Looks at a warehouse as a reader does, and notes when each snapshot's rows could be read."""

    def __init__(self, out: pathlib.Path) -> None:
        super().__init__(daemon=True)
        self.out = out
        self.seen: dict[str, float] = {}
        self._known: set[str] = set()
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(0.1):
            self.look()

    def look(self) -> None:
        for path in self.out.glob("_manifests/*.json"):
            if path.name in self._known or path.name.startswith("."):
                continue
            now = time.time()
            self._known.add(path.name)
            try:
                manifest = Manifest.from_json(path.read_bytes())
            except FileNotFoundError:  # it was folded meanwhile
                continue
            for file in manifest.files:
                with contextlib.suppress(FileNotFoundError):  # it was compacted meanwhile
                    if file.table == "snapshots":
                        for uri in pq.read_table(self.out / file.path, columns=["snapshot_uri"])[0].to_pylist():
                            self.seen.setdefault(uri, now)

    def stop(self) -> None:
        self._over.set()
        self.join(10)
        self.look()


@contextlib.contextmanager
def start(
    folder: pathlib.Path, out: pathlib.Path, *flags: str, stderr: int = subprocess.PIPE
) -> Iterator[subprocess.Popen[str]]:
    """Starts a stream as a user does, and kills it if it is there still when the block ends."""
    command = [sys.executable, "-m", "feedmill", "ingest", "--streaming", f"--input={folder}", f"--output={out}"]
    process = subprocess.Popen(
        [*command, *flags], cwd=ROOT, stdout=subprocess.PIPE, stderr=stderr, text=True, start_new_session=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def stop(process: subprocess.Popen[str], timeout: float = 60) -> str:
    """Stops a stream as a user does. Returns its last screen."""
    process.send_signal(signal.SIGINT)
    told, complaints = process.communicate(timeout=timeout)
    assert process.returncode == 0, complaints
    return told


def snapshots_in(out: pathlib.Path) -> int:
    """How many snapshots the manifests tell of."""
    return sum(manifest.ledger["snapshots"] for manifest in read_manifests(LocalStore(str(out))))


def wait_for(out: pathlib.Path, snapshots: int, timeout: float) -> None:
    """Waits until that many snapshots are in."""
    end = time.monotonic() + timeout
    while (found := snapshots_in(out)) < snapshots:
        assert time.monotonic() < end, f"{found} of {snapshots} snapshots after {timeout} s"
        time.sleep(0.1)


class Said(NamedTuple):
    """What a warehouse says of its stories, whatever it calls its items and whichever run wrote what."""

    classes: frozenset[frozenset[str]]  # the sightings of each item
    versions: frozenset[tuple[frozenset[str], str]]  # the texts of each item
    sightings: frozenset[tuple]
    snapshots: frozenset[tuple]


def said(out: str | pathlib.Path) -> Said:
    session = connect(open_store(str(out)))
    rows = session.execute(
        "SELECT current_id, sighting_id, hex(content_hash), position, byte_start, byte_end, title, captured_at "
        "FROM sightings JOIN item_ids USING (item_id)"
    ).fetchall()
    members: dict[str, set[str]] = {}
    for item, sighting, *_ in rows:
        members.setdefault(item, set()).add(sighting)
    frozen = {item: frozenset(found) for item, found in members.items()}
    snapshots = session.execute("SELECT snapshot_id, captured_at, stories, size, format FROM snapshots").fetchall()
    return Said(
        frozenset(frozen.values()),
        frozenset((frozen[row[0]], row[2]) for row in rows),
        frozenset(row[1:] for row in rows),
        frozenset(snapshots),
    )


_SAID = {
    "sightings": """SELECT sighting_id, content_hash, position, byte_start, byte_end, title, captured_at,
        min(sighting_id) OVER (PARTITION BY current_id) AS item FROM sightings JOIN item_ids USING (item_id)""",
    "snapshots": "SELECT snapshot_id, captured_at, stories, size, format FROM snapshots",
}


def differences(out: pathlib.Path, other: pathlib.Path) -> dict[str, tuple[int, int]]:
    """Compares what two large warehouses say, as `said` does: of each table the rows, and those only in one of them."""
    import duckdb

    found = {}
    with duckdb.connect() as session:
        for table, sql in _SAID.items():
            for name, place in (("one", out), ("two", other)):
                rows = connect(LocalStore(str(place))).sql(sql).to_arrow_table()
                session.register("rows", rows)
                session.execute(f"CREATE OR REPLACE TABLE {name} AS FROM rows")
            apart = "(FROM one EXCEPT ALL FROM two) UNION ALL (FROM two EXCEPT ALL FROM one)"
            counts = f"SELECT (SELECT count(*) FROM one), (SELECT count(*) FROM ({apart}))"
            [found[table]] = session.execute(counts).fetchall()
    return found


def resident(pid: int) -> Iterator[int]:
    """Yields the bytes that a process has in memory, each time it is asked."""
    while True:
        pages = int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1])
        yield pages * 4096
