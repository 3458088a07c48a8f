"""How the CPU time of a call grows with what it is given."""

import gc
import time
from collections.abc import Callable

WORTH = 0.02  # seconds: what takes less at the largest size cannot hurt at any that is allowed, and is mostly noise
MOST = 2.6  # times as long for twice as much; what is linear takes twice, what is quadratic four times as long
_TRIES = 4


def spent(call: Callable[[], object]) -> float:
    """Seconds of CPU, without what Python takes to look for garbage, which grows with all that is loaded."""
    gc.disable()
    try:
        start = time.process_time()
        call()
        return time.process_time() - start
    finally:
        gc.enable()


def growth(work: Callable[[int], Callable[[], object]], size: int) -> str | None:
    """Measures `work(size)`, `work(2 * size)` and `work(4 * size)`; returns what it found if that is not linear.

    A machine that others share makes any one measurement look bad: only what looks bad each time counts, and of
    several measurements the least.
    """
    most = spent(work(4 * size))
    if most < WORTH:
        return None
    times = [float("inf")] * 3
    for _ in range(_TRIES):
        times = [min(before, spent(work(size << n))) for n, before in enumerate(times)]
        times[2] = min(times[2], most)
        if times[2] < WORTH or min(times[1] / times[0], times[2] / times[1]) < MOST or times[2] / times[0] < MOST**2:
            return None
    return f"{size << 2:,}: {times[2]:.2f} s, {times[1] / times[0]:.1f} and {times[2] / times[1]:.1f} times the half"
