"""`make bench`: feedmill beside what one would write instead, on the same files, in one go.

    python -m tests.bench            about a quarter of an hour; writes tests/bench/RESULTS.md
    python -m tests.bench --quick    under a minute; writes nothing
    python -m tests.bench.near WAREHOUSE   near-duplicates alone, beside datatrove

Compare rows of one corpus only, and ratios rather than times: the machine is what it is.
"""

import argparse
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from tests.bench import stages, year
from tests.bench.generator import Truth, generate, read_truth, write
from tests.bench.measure import Cost, measure

_ROOT = pathlib.Path(__file__).parents[2]
_RESULTS = pathlib.Path(__file__).with_name("RESULTS.md")
_DEVELOPMENT = _ROOT.parent / "shared" / "data" / "feeds_over_time"

_GOES = 3  # the machine is half as fast, or twice, from one minute to the next

_COUNTS = """
    SELECT count(DISTINCT item_id) AS items, count(*) AS versions,
      (SELECT count(*) FROM sightings) AS sightings FROM items
"""
_LANGUAGES = (
    "SELECT count(*) AS count FROM items WHERE split_part(lang, '-', 1) = regexp_extract(source_url, '//(..)-', 1)"
)


class Corpus(NamedTuple):
    """Files to read.

    Attributes:
        folder: where they are.
        truth: what is in them, if somebody knows.
    """

    name: str
    folder: pathlib.Path
    size: int
    truth: Truth | None


class Result(NamedTuple):
    """One program on one corpus."""

    corpus: Corpus
    program: str
    cost: Cost
    entries: int
    files: int  # written
    found: str  # what came out, and whether it is true


def _generated(name: str, entries: int, new_share: float, cache: pathlib.Path) -> Corpus:
    folder = cache / f"{name}-{entries}"
    try:
        truth = read_truth(folder)
    except FileNotFoundError:
        shutil.rmtree(folder, ignore_errors=True)
        print(f"making {folder}", file=sys.stderr)
        truth = write(folder, generate(entries, new_share))
    return Corpus(name, folder / "snapshots", truth.size, truth)


def _development() -> Corpus | None:
    if not _DEVELOPMENT.is_dir():
        print("feeds_over_time: left out, the development data is not here", file=sys.stderr)
        return None
    size = sum(path.stat().st_size for path in _DEVELOPMENT.rglob("*.xml"))
    return Corpus("feeds_over_time", _DEVELOPMENT, size, None)


def _python(*words: object) -> list[str]:
    return [sys.executable, *map(str, words)]


def run_peer(corpus: Corpus, peer: str, out: pathlib.Path) -> Result:
    """Runs `naive` or `loop`."""
    cost = measure(_python("-m", "tests.bench.peers", peer, out, corpus.folder), _environment())
    said = json.loads(cost.out)
    return Result(corpus, peer, cost, said["entries"], _files(out), f"{said['items']:,} distinct texts")


def run_feedmill(corpus: Corpus, out: pathlib.Path, *flags: str) -> Result:
    """Runs `feedmill ingest`, and holds what came out against the truth.

    Raises:
        AssertionError: it is not true.
    """
    command = _python("-m", "feedmill", "ingest", "--input", corpus.folder, "--output", out, *flags)
    cost = measure(command, _environment())
    [found] = _ask(out, _COUNTS)
    told = f"{found['items']:,} items, {found['versions']:,} versions"
    if truth := corpus.truth:
        expected = {"items": truth.items, "versions": truth.versions, "sightings": truth.entries}
        assert found == expected, f"{corpus.name}: feedmill found {found}, the generator made {expected}"
        right = _ask(out, _LANGUAGES)[0]["count"] / found["versions"]
        assert right > 0.99, f"{corpus.name}: only {right:.1%} of the languages are right"
        told += f", all true; {right:.1%} of languages"
    return Result(corpus, " ".join(["feedmill", *flags]), cost, found["sightings"], _files(out), told)


def _ask(warehouse: pathlib.Path, sql: str) -> list[dict[str, int]]:
    from feedmill.transforms.storage.local import open_store
    from feedmill.transforms.warehouse.query import connect

    return connect(open_store(str(warehouse))).sql(sql).to_arrow_table().to_pylist()


def _environment() -> dict[str, str]:
    found = {**os.environ, "PYTHONPATH": str(_ROOT)}
    found.pop("PYTHONDONTWRITEBYTECODE", None)  # all are measured as they run the second time
    return found


def _files(folder: pathlib.Path) -> int:
    return sum(1 for _ in folder.rglob("*.parquet"))


def table(results: Sequence[Result]) -> Iterator[str]:
    """Yields the lines of a Markdown table."""
    yield (
        "| corpus | program | entries/s | MB/s | CPU s | peak memory | files | times as fast as naive | CPU, loop = 1 "
        "| found |"
    )
    yield "|---|---|--:|--:|--:|--:|--:|--:|--:|---|"
    for r in results:
        beside = {other.program: other.cost for other in results if other.corpus.name == r.corpus.name}
        naive = f"{beside['naive'].wall / r.cost.wall:.1f}" if "naive" in beside else ""
        loop = f"{r.cost.cpu / beside['loop'].cpu:.2f}" if "loop" in beside else ""
        yield (
            f"| {r.corpus.name}: {r.entries:,} entries | {r.program} | {r.entries / r.cost.wall:,.0f} | "
            f"{r.corpus.size / r.cost.wall / 1e6:.1f} | {r.cost.cpu:.1f} | {r.cost.peak / 2**20:,.0f} MiB | {r.files:,} | "
            f"{naive} | {loop} | {r.found} |"
        )


def _machine() -> str:
    info = pathlib.Path("/proc/cpuinfo")
    models = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
    kind = models[0] if models else "an unknown kind"
    load = os.getloadavg()[2]  # over a quarter of an hour: above 1 a core, other work was in the way
    return f"{len(models)} cores of {kind}, Python {platform.python_version()}, load {load:.1f}"


def _program_runs(corpus: Corpus, peers: Sequence[str], out: pathlib.Path, goes: int) -> Iterator[Result]:
    """Runs each program: `naive`, which takes minutes, once, and the others so many times, in turn."""
    if "naive" in peers:
        yield run_peer(corpus, "naive", out / "naive")
    found: dict[str, list[Result]] = {}
    for go in range(goes):
        here = out / str(go)
        for result in (
            *(run_peer(corpus, peer, here / peer) for peer in peers if peer != "naive"),
            run_feedmill(corpus, here / "one", "--workers=1"),
            run_feedmill(corpus, here / "two", "--workers=2"),
        ):
            found.setdefault(result.program, []).append(result)
        shutil.rmtree(here)
    for results in found.values():
        yield _median(results)


def _median(results: Sequence[Result]) -> Result:
    """The goes of one program as one: the medians of its times, and the highest of its peaks.

    Raises:
        AssertionError: one of them found something else.
    """
    costs = [result.cost for result in results]
    assert len({result.found for result in results}) == 1, f"not the same each time: {[r.found for r in results]}"
    return results[0]._replace(
        cost=Cost(
            wall=statistics.median(cost.wall for cost in costs),
            cpu=statistics.median(cost.cpu for cost in costs),
            peak=max(cost.peak for cost in costs),
            out=costs[0].out,
        )
    )


def _two_at_once(corpus: Corpus, alone: Result, out: pathlib.Path) -> str:
    """What a second process gives to what shares nothing with the first, such as `loop`."""
    with ThreadPoolExecutor(2) as pool:
        walls = [result.cost.wall for result in pool.map(lambda name: run_peer(corpus, "loop", out / name), "ab")]
    gain = 2 * alone.cost.wall / max(walls)
    return f"Two of `loop` at once, on `{corpus.name}`, did {gain:.2f} times the work of the one above."


def _stages(corpus: Corpus) -> Iterator[str]:
    command = _python("-m", "tests.bench.stages", corpus.folder)
    told = subprocess.run(command, env=_environment(), capture_output=True, text=True, check=True).stdout
    assert corpus.truth
    yield from stages.table(json.loads(told), corpus.truth.entries)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="small corpora; under a minute")
    parser.add_argument("--news", type=int, help="entries of which half are new (default: 100000, quick: 3000)")
    parser.add_argument("--overlap", type=int, help="entries of which 3 %% are new (default: 130000, quick: 4000)")
    parser.add_argument("--large", type=int, default=0, help="entries for feedmill alone, half new (default: none)")
    parser.add_argument("--peers", default="naive,loop", help="to run beside it (default: %(default)s)")
    parser.add_argument(
        "--cache", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir(), "feedmill-bench"),
        help="where generated corpora stay for the next time (default: %(default)s)",
    )  # fmt: skip
    flags = parser.parse_args(argv)
    sizes = (flags.news or (3_000 if flags.quick else 100_000), flags.overlap or (4_000 if flags.quick else 130_000))
    peers = [peer for peer in flags.peers.split(",") if peer]
    found = [
        None if flags.quick else _development(),
        _generated("news", sizes[0], 0.5, flags.cache),
        _generated("overlap", sizes[1], 0.03, flags.cache),
    ]
    results: list[Result] = []
    goes = 1 if flags.quick else _GOES

    def keep(result: Result) -> None:
        results.append(result)
        print(f"{result.corpus.name:16} {result.program:22} {result.cost.wall:7.1f} s", file=sys.stderr)

    for corpus in filter(None, found):
        with tempfile.TemporaryDirectory(dir=flags.cache) as out:
            for result in _program_runs(corpus, peers, pathlib.Path(out), goes):
                keep(result)
    [alone] = [r for r in results if (r.corpus.name, r.program) == ("news", "loop")] or [None]
    beside = []
    if alone:
        with tempfile.TemporaryDirectory(dir=flags.cache) as out:
            beside = ["", _two_at_once(alone.corpus, alone, pathlib.Path(out))]
    if flags.large:
        corpus = _generated("large", flags.large, 0.5, flags.cache)
        with tempfile.TemporaryDirectory(dir=flags.cache) as out:
            keep(run_feedmill(corpus, pathlib.Path(out, "one"), "--workers=1"))
            keep(run_feedmill(corpus, pathlib.Path(out, "two"), "--workers=2"))
    lines = [
        f"Measured on {_machine()}, by `make bench`: of `loop` and feedmill the medians of {goes} goes in turn, of the "
        "rest one go.",
        "",
        *table(results),
        *beside,
    ]
    lines += ["", "Where the CPU time goes, with one process, of `news`:", "", *_stages(found[1])]
    print("\n".join(lines), flush=True)
    if flags.quick:
        return 0
    _RESULTS.write_text("\n".join(["# Speed", "", *lines, ""]))
    told = ["", "A warehouse of a year:", "", *year.report(flags.cache)]
    print("\n".join(told))
    _RESULTS.write_text("\n".join(["# Speed", "", *lines, *told, ""]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
