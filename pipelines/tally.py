"""What a stream has done so far: what the line tells that a person sees while it runs. No Beam."""

import contextlib
import threading
import time
from collections import Counter, deque
from collections.abc import Collection, Iterator, Mapping, Sequence

from feedmill.transforms.local.progress import meanwhile
from feedmill.transforms.rows.story import BYTE_KINDS
from feedmill.transforms.storage.local import open_store
from feedmill.transforms.warehouse.ledger import Ledger, total
from feedmill.transforms.warehouse.manifests import Manifest, read_manifests

_LAGS = 10_000  # files whose lag is remembered, to tell what most had
_RECENT = 60.0  # seconds: what rates are told of
_FOLLOW_EVERY = 2.0  # seconds between looks at a warehouse that another engine writes


class Tally:
    """What a stream has done so far. One thread may write it while another reads.

    Attributes:
        counters: Beam's, as `step.name`, over all windows: see docs/commands.md.
        recovered: the id of an earlier window whose commit this stream completed.
        waiting: files that have landed and are not in the warehouse yet.
        oldest: when the first of them landed, in seconds since the epoch.
    """

    def __init__(self) -> None:
        self.counters: Counter[str] = Counter()
        self.recovered: str | None = None
        self.waiting = 0
        self.oldest: float | None = None
        self._lags: deque[float] = deque(maxlen=_LAGS)
        self._windows: deque[tuple[float, int, int]] = deque([(time.time(), 0, 0)])  # when, snapshots, stories
        self._lock = threading.Lock()

    def add(self, counters: Mapping[str, int], now: float, since: Sequence[float] = ()) -> None:
        """Add what a window counted.

        Args:
            counters: as `counters`.
            now: when it could be read, in seconds since the epoch.
            since: when each of its files had landed, as far as can be told.
        """
        with self._lock:
            self.counters.update(counters)
            self._lags.extend(now - at for at in since)
            if counters.get("stream.windows"):
                self._windows.append((now, counters["stream.snapshots"], counters["stream.stories"]))
                while len(self._windows) > 2 and self._windows[1][0] < now - _RECENT:
                    self._windows.popleft()

    @property
    def windows(self) -> int:
        """How many windows had anything new in them."""
        return self.counters["stream.windows"]

    @property
    def ledger(self) -> Ledger:
        """The books of all of them."""
        told = self.counters
        kinds = {kind: told[f"stream.bytes_{kind}"] for kind in BYTE_KINDS}
        return Ledger(
            **{name: told[f"stream.{name}"] for name in ("snapshots", "stories", "dead")},
            **{name: told[f"dedupe.{name}"] for name in ("new", "revisions", "duplicates")},
            size=sum(kinds.values()),
            bytes=kinds,
        )

    def lag(self, share: float = 0.5) -> float:
        """Return seconds from when a file landed to when its rows could be read: the most that this share of files
        had."""
        with self._lock:
            lags = sorted(self._lags)
        return lags[min(len(lags) - 1, int(share * len(lags)))] if lags else 0.0

    def rates(self, now: float) -> tuple[float, float]:
        """Return snapshots and stories a second, of late."""
        with self._lock:
            recent = list(self._windows)
        spent = max(1.0, now - recent[0][0])
        return sum(window[1] for window in recent[1:]) / spent, sum(window[2] for window in recent[1:]) / spent

    def last(self) -> tuple[float, int]:
        """When the last window could be read, in seconds since the epoch, and how many snapshots it had."""
        with self._lock:
            return self._windows[-1][:2]


@contextlib.contextmanager
def following(output: str, tally: Tally) -> Iterator[None]:
    """Keep the tally of a stream that another engine runs, as the warehouse's manifests tell, until the block ends.

    They do not tell when a file had landed.
    """

    def look(over: threading.Event) -> None:
        store = open_store(output)
        runs: dict[str, Manifest] = {}
        before: Counter[str] | None = None
        while True:
            with contextlib.suppress(OSError):  # a bucket that does not answer: the next look may go better
                runs = {m.run_id: m for m in read_manifests(store, runs)}
                told = _told(runs.values())
                tally.add({name: told[name] - (before or told)[name] for name in told}, time.time())
                before = told
            if over.wait(_FOLLOW_EVERY):
                return

    with meanwhile(look):
        yield


def _told(runs: Collection[Manifest]) -> Counter[str]:
    """Return what manifests tell, as counters."""
    books = total(Ledger(**run.ledger) for run in runs)
    return Counter(
        {
            "stream.windows": sum(run.folds or 1 for run in runs),
            **{f"stream.{name}": getattr(books, name) for name in ("snapshots", "stories", "dead")},
            **{f"dedupe.{name}": getattr(books, name) for name in ("new", "revisions", "duplicates")},
        }
    )
