"""One writer at a time for a warehouse on this machine; in a bucket, a first look at the door."""

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator

from feedmill.transforms.failures import UsageError
from feedmill.transforms.storage.local import is_gcs, open_store
from feedmill.transforms.warehouse.layout import STAGING


@contextlib.contextmanager
def only_writer(root: str) -> Iterator[bool]:
    """Holds the folder `root`, made if it is not there, against other writers, until the block ends.

    The hold is the kernel's: it ends with the process, however that ends, and leaves no file.
    Yields whether there is such a hold. A bucket has none: runs may work at the same time, of
    which the first to commit wins (see `manifests`); there, only the permission to write is tried.

    Raises:
        UsageError: another process holds it, or the folder cannot be made or written to.
    """
    if is_gcs(root):
        store = open_store(root)
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
        try:
            tempfile.TemporaryFile(dir=root).close()
        except OSError as error:
            raise UsageError(f"--output {root}: cannot write here: {error.strerror}") from None
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UsageError(f"--output {root}: another feedmill is writing here; wait until it is done") from None
        yield True
    finally:
        os.close(folder)
