"""Where a run's CPU time goes, stage by stage, with one process.

    python -m tests.bench.stages FOLDER     prints seconds as JSON

A stage is a function of the steps. What one of them calls that is a stage too counts there, not twice; what is in none
is the engine's: it moves rows from step to step.
"""

import contextlib
import functools
import importlib
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

# Stage -> its functions, where their callers look them up.
STAGES = {
    "build the graph": ("feedmill.pipelines.ingest:new_pipeline", "feedmill.pipelines.ingest:build"),
    "read": ("feedmill.transforms.read:_ReadFiles.process",),
    "split": ("feedmill.transforms.split:split_batch",),
    "split: entries to stories": ("feedmill.transforms.stages.split:split_snapshot",),
    "split: fingerprints": ("feedmill.transforms.stages.split:fingerprint",),
    "resolve": ("feedmill.transforms.resolve:resolve_run",),
    "assemble": ("feedmill.transforms.stages.build_tables:assemble",),
    "languages": (
        "feedmill.transforms.stages.build_tables:item_languages",
        "feedmill.transforms.stages.build_tables:removed_languages",
    ),
    "write": ("feedmill.transforms.stages.build_tables:cut", "feedmill.transforms.write:stage_parts"),
    "pack and open rows": (
        "feedmill.transforms.rows.packed_table:pack",
        "feedmill.transforms.rows.packed_table:unpack",
    ),
}
START, ENGINE = "start Python, import Beam, load models", "engine, between the stages"


class _Clock:
    """CPU seconds of each stage, the innermost that is at work."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self._at: list[str] = [START]
        self._charged = 0.0

    def begin(self, stage: str) -> None:
        self._charge()
        self._at.append(stage)

    def end(self) -> None:
        self._charge()
        self._at.pop()

    def _charge(self) -> None:
        now = time.process_time()
        self.spent[self._at[-1]] += now - self._charged
        self._charged = now

    def timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(*given: Any, **named: Any) -> Any:
            self.begin(stage)
            try:
                found = function(*given, **named)
            finally:
                self.end()
            return self._each(stage, found) if isinstance(found, Iterator) else found

        return call

    def _each(self, stage: str, found: Iterator[Any]) -> Iterator[Any]:
        while True:
            self.begin(stage)
            try:
                one = next(found)
            except StopIteration:
                return
            finally:
                self.end()
            yield one


def measure_stages(folder: str) -> Mapping[str, float]:
    """Ingests a folder's snapshots in this process, which must be new. Returns CPU seconds by stage."""
    clock = _Clock()
    from feedmill.pipelines.local_run import import_beam
    from feedmill.pipelines.plan import plan_run

    with tempfile.TemporaryDirectory() as out:
        flags = [f"--input={folder}", f"--output={out}/w", "--workers=1"]
        plan = plan_run(flags)
        import_beam(plan)
        from feedmill.pipelines.commands.ingest import ingest

        _time_stages(clock)
        clock.begin(ENGINE)
        with contextlib.redirect_stdout(sys.stderr):
            status = ingest(plan, alone=True)
        clock.end()
    if status:
        sys.exit(status)
    return clock.spent


def _time_stages(clock: _Clock) -> None:
    for stage, places in STAGES.items():
        for place in places:
            module, _, path = place.partition(":")
            *owners, name = path.split(".")
            owner = functools.reduce(getattr, owners, importlib.import_module(module))
            setattr(owner, name, clock.timed(stage, getattr(owner, name)))


def table(spent: Mapping[str, float], entries: int) -> Iterator[str]:
    """Yields the lines of a Markdown table."""
    yield "| stage | CPU s | share | us an entry |"
    yield "|---|--:|--:|--:|"
    total = sum(spent.values())
    for stage in (START, *STAGES, ENGINE):
        seconds = spent.get(stage, 0.0)
        yield f"| {stage} | {seconds:.2f} | {seconds / total:.0%} | {seconds / entries * 1e6:.1f} |"


if __name__ == "__main__":
    print(json.dumps(measure_stages(sys.argv[1])))
