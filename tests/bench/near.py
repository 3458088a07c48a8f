"""Near-duplicates alone: feedmill's sketches and classes beside datatrove's MinHash pipeline, on the same texts.

    python -m tests.bench.near WAREHOUSE [--datatrove PYTHON]

Both read the title and text of every item from one Parquet file, sketch them, find the pairs that are alike and join
them into classes, in one process. PYTHON is an interpreter that has `datatrove[io,processing]`, which is no dependency of
feedmill's. Each says how many texts it read and how many it would drop as near copies of another.
"""

import argparse
import json
import pathlib
import sys
import tempfile

_DATATROVE = """
import json, logging, sys
import pyarrow.parquet as pq
from datatrove.data import Document
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.dedup.minhash import (
    MinhashConfig, MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupSignature,
)
from loguru import logger

logger.remove()
texts, out = sys.argv[1:]


class Read(PipelineStep):
    def run(self, data=None, rank=0, world_size=1):
        for n, text in enumerate(pq.read_table(texts)["text"].to_pylist()):
            yield Document(text=text, id=str(n))


config = MinhashConfig()
for name, steps, tasks in (
    ("sign", [Read(), MinhashDedupSignature(f"{out}/sign", config)], 1),
    ("bucket", [MinhashDedupBuckets(f"{out}/sign", f"{out}/bucket", config=config)], config.num_buckets),
    ("cluster", [MinhashDedupCluster(f"{out}/bucket", f"{out}/remove", config=config)], 1),
):
    LocalPipelineExecutor(steps, tasks=tasks, workers=1, logging_dir=f"{out}/log-{name}").run()
import pathlib
dropped = sum(path.stat().st_size // 4 for path in pathlib.Path(out, "remove").glob("*.remove"))
print(json.dumps({"texts": pq.read_metadata(texts).num_rows, "dropped": dropped}))
"""


def _feedmill(texts: str) -> dict[str, int]:
    import pyarrow as pa
    import pyarrow.parquet as pq
    from feedmill.transforms.identity import KNOWN_SCHEMA, fingerprint, resolve
    from feedmill.transforms.rows.story import Story

    found = pq.read_table(texts)["text"].to_pylist()
    nodes = fingerprint([Story(0, 0, "full", body=text, source_name="one") for text in found])
    count = len(found)
    sightings = pa.table(
        {
            "node": pa.array(range(count), pa.int64()),
            "sighting_id": [f"{n:032x}" for n in range(count)],
            "captured_at": pa.array(range(count), pa.timestamp("us", "UTC")),
            "snapshot_id": [f"{n:064x}" for n in range(count)],
            "position": pa.array([0] * count, pa.int32()),
        }
    )
    merges = pa.table({name: pa.array([], pa.string()) for name in ("item_id", "into_item_id", "rule")})
    told = resolve(nodes, sightings, KNOWN_SCHEMA.empty_table(), merges).sightings
    return {"texts": count, "dropped": told["outcome"].to_pylist().count("duplicate")}


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.near", description=__doc__.split("\n")[0])
    parser.add_argument("warehouse")
    parser.add_argument("--datatrove", metavar="PYTHON", help="an interpreter that has it")
    parser.add_argument("--only", help=argparse.SUPPRESS)
    flags = parser.parse_args(argv)
    if flags.only:
        print(json.dumps(_feedmill(flags.only)))
        return 0
    from feedmill.transforms.storage.local import open_store
    from feedmill.transforms.warehouse.query import connect

    from tests.bench.measure import measure

    with tempfile.TemporaryDirectory() as folder:
        texts = str(pathlib.Path(folder, "texts.parquet"))
        sql = "SELECT concat_ws(' ', title, coalesce(body, summary)) AS text FROM items ORDER BY sighting_id"
        connect(open_store(flags.warehouse)).sql(sql).write_parquet(texts)
        programs = {"feedmill": [sys.executable, "-m", "tests.bench.near", flags.warehouse, "--only", texts]}
        if flags.datatrove:
            programs["datatrove"] = [flags.datatrove, "-c", _DATATROVE, texts, str(pathlib.Path(folder, "datatrove"))]
        for name, command in programs.items():
            cost = measure(command)
            said = json.loads(cost.out.splitlines()[-1])
            print(
                f"{name:10} {said['texts']:,} texts, {said['dropped']:,} near copies: {cost.wall:.1f} s, "
                f"CPU {cost.cpu:.1f} s ({cost.cpu / said['texts'] * 1e6:.0f} us a text), {cost.peak / 2**20:,.0f} MiB"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
