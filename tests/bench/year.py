"""A warehouse of a year: what one more day costs, and what a question reads.

    python -m tests.bench.year       builds the year once, in some minutes; then half a minute

One more day must cost no more than twice what it costs alone, in an empty warehouse: what is there is compared with,
not read again. A question about one month and language must open the files of that partition only.
"""

import argparse
import pathlib
import re
import shutil
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator

from feedmill.transforms.warehouse.tables import SCHEMA_VERSION

from tests.bench.generator import Truth, generate
from tests.bench.measure import Cost, measure

_DAYS = 365
_FEEDS = 31  # of 32 entries: a thousand a day
_QUESTION = (
    "SELECT source_name, count(*), avg(word_count) FROM items "
    "WHERE published_month = '2025-09' AND lang = 'de' GROUP BY ALL"
)
_ROUNDS = 3
_SMALL = 100_000  # bytes


def _corpus(folder: pathlib.Path, entries_a_day: int) -> tuple[pathlib.Path, pathlib.Path]:
    """Returns the folders of a year's snapshots and of one more day's, made if they are not there."""
    done = folder / "done"
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        feeds = max(1, round(entries_a_day / 32))
        made = generate(2 * (_DAYS + 1) * entries_a_day, 0.5, seed=3, hours_apart=24, feeds=feeds)
        days: list[str] = []
        for found in made:
            if isinstance(found, Truth):
                break
            path, data = found
            if path[:10] not in days:
                days.append(path[:10])
            if len(days) > _DAYS + 1:
                break
            target = folder / ("year" if len(days) <= _DAYS else "day") / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        done.touch()
    return folder / "year", folder / "day"


def _ingest(snapshots: pathlib.Path, out: pathlib.Path) -> Cost:
    command = ["-m", "feedmill", "ingest", "--input", snapshots, "--output", out]
    return measure([sys.executable, *map(str, command)])


def _opened(out: pathlib.Path, sql: str) -> tuple[int, int]:
    """How many files of items a question opens, and how many there are."""
    from feedmill.transforms.storage.local import open_store
    from feedmill.transforms.warehouse.query import connect

    [(_, plan)] = connect(open_store(str(out))).sql(f"EXPLAIN (ANALYZE, FORMAT json) {sql}").fetchall()
    [(opened, total)] = re.findall(r'"Scanning Files": "(\d+)/(\d+)"', plan)
    return int(opened), int(total)


def _files(out: pathlib.Path) -> dict[str, list[int]]:
    """Sizes of the data files, by partition."""
    found: dict[str, list[int]] = {}
    for path in out.glob("[a-z]*/**/*.parquet"):
        found.setdefault(str(path.parent), []).append(path.stat().st_size)
    return found


def report(cache: pathlib.Path, entries_a_day: int = 1_000) -> Iterator[str]:
    """Measures, and yields what to say of it, a line each."""
    year, day = _corpus(cache / f"year-{entries_a_day}", entries_a_day)
    base = cache / f"year-{entries_a_day}" / f"warehouse-{SCHEMA_VERSION}"
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        if not (base / "_manifests").exists():
            built = _ingest(year, pathlib.Path(folder, "built"))
            pathlib.Path(folder, "built").rename(base)
            yield f"- {_DAYS} days of {entries_a_day:,} entries: {built.wall:.0f} s, CPU {built.cpu:.0f} s"
        alone, more = [], []
        for number in range(_ROUNDS):
            into = pathlib.Path(folder, f"year-{number}")
            shutil.copytree(base, into)
            more.append(_ingest(day, into))
            alone.append(_ingest(day, pathlib.Path(folder, f"day-{number}")))
        times = [statistics.median(cost.wall for cost in costs) for costs in (more, alone)]
        cpu = [statistics.median(cost.cpu for cost in costs) for costs in (more, alone)]
        yield (
            f"- one more day: {times[0]:.2f} s into the year, {times[1]:.2f} s alone: {times[0] / times[1]:.2f} times; "
            f"CPU {cpu[0]:.2f} and {cpu[1]:.2f} s: {cpu[0] / cpu[1]:.2f} times"
        )
        opened, total = _opened(into, _QUESTION)
        yield f"- one month and language of the year: {opened} of {total} files of items are opened"
        counts = Counter(len(sizes) for sizes in _files(into).values())
        yield f"- files in a partition: {', '.join(f'{n} in {c}' for n, c in sorted(counts.items()))} partitions"
        measure([sys.executable, "-m", "feedmill", "compact", str(into)])
        files = _files(into)
        split = sum(1 for sizes in files.values() if len(sizes) > 1 and min(sizes) < _SMALL)
        yield (
            f"- after feedmill compact: {sum(map(len, files.values()))} files in {len(files)} partitions; partitions of "
            f"several files with one below 100 kB: {split}"
        )


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.year", description=__doc__.split("\n")[0])
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir(), "feedmill-bench"))
    parser.add_argument("--entries", type=int, default=1_000, help="a day (default: %(default)s)")
    flags = parser.parse_args(argv)
    flags.cache.mkdir(parents=True, exist_ok=True)
    for line in report(flags.cache, flags.entries):
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
