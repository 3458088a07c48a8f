"""One writer at a time for a warehouse on this machine."""

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator

from transforms.failures import UsageError


@contextlib.contextmanager
def only_writer(root: str) -> Iterator[None]:
    """Holds the folder `root`, made if it is not there, against other writers, until the block ends.

    The hold is the kernel's: it ends with the process, however that ends, and leaves no file.

    Raises:
        UsageError: another process holds it, or the folder cannot be made or written to.
    """
    try:
        os.makedirs(root, exist_ok=True)
        folder = os.open(root, os.O_RDONLY)
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
        yield
    finally:
        os.close(folder)
