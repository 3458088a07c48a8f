"""One writer at a time for a warehouse on this machine; in a bucket, a first look at the door."""

import contextlib
import fcntl
import os
import sys
import tempfile
import time
from collections.abc import Iterator

from feedmill.transforms.failures import Busy, UsageError
from feedmill.transforms.storage.local import is_gcs, open_store
from feedmill.transforms.warehouse.layout import STAGING
from feedmill.transforms.warehouse.manifests import check_before_writing

_LOOK_EVERY = 0.2  # seconds, while it waits


@contextlib.contextmanager
def only_writer(root: str, wait: float = 0) -> Iterator[bool]:
    """Hold the folder `root`, made if it is not there, against other writers, until the block ends.

    The hold is the kernel's: it ends with the process, however that ends, and leaves no file.
    Yields whether there is such a hold. A bucket has none: runs may work at the same time, of
    which the first to commit wins (see `manifests`); there, only the permission to write is tried.

    Args:
        root: a warehouse, or what will be one.
        wait: for so many seconds at most, until another writer is done.

    Raises:
        Busy: another process holds it.
        UsageError: the folder cannot be made or written to, or what is in it is not for this feedmill to write to
            (see `manifests.check_before_writing`): nothing was changed.
    """
    if is_gcs(root):
        store = open_store(root)
        check_before_writing(store)
        store.write(f"{STAGING}/may-i-write", b"")
        store.delete(f"{STAGING}/may-i-write")
        yield False
        return
    try:
        os.makedirs(root, exist_ok=True)
        folder = os.open(root, os.O_RDONLY)
    except FileExistsError:
        raise UsageError(f"--output {root}: there is a file of this name; give a folder") from None
    except OSError as error:
        raise UsageError(f"--output {root}: {error.strerror}") from None
    try:
        _hold(folder, root, wait)
        check_before_writing(open_store(root))
        try:
            tempfile.TemporaryFile(dir=root).close()
        except OSError as error:
            raise UsageError(f"--output {root}: cannot write here: {error.strerror}") from None
        yield True
    finally:
        os.close(folder)


def _hold(folder: int, root: str, wait: float) -> None:
    end = time.monotonic() + wait
    told = False
    while True:
        with contextlib.suppress(BlockingIOError):
            return fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if time.monotonic() >= end:
            raise Busy(f"--output {root}: another feedmill is writing here; run again later, or --wait for it")
        if not told:
            told = True
            print(f"feedmill: --output {root}: another feedmill is writing here; waiting", file=sys.stderr, flush=True)
        time.sleep(_LOOK_EVERY)
