"""How feedmill says no.

Plain functions raise `Rejected(reason, detail)` for input that can never
succeed; it becomes a dead letter and a count. Any other exception is a bug.
Where it concerns one file or one snapshot, while that is read, split or made
rows of, it costs that one: `internal_error` makes a dead letter of it, and the
run goes on. Anywhere else it stops the run, and so does what is no fault of the
input, wherever it is met (`is_machines`).
`UsageError` is for the person at the keyboard: a flag, a path, a permission.
"""

import concurrent.futures
import contextlib
import enum
import errno
import pathlib
import re
import sys
import traceback
from collections.abc import Iterator

from feedmill.transforms import __version__


class Reason(str, enum.Enum):
    """Why input was declined. Values are stable: dashboards group by them."""

    # reading a file or an archive
    UNREADABLE = "unreadable"  # the file could not be opened or read
    EMPTY = "empty"  # no bytes, or nothing but white space; an archive or a table with nothing in it
    TOO_LARGE = "too_large"  # over the stated limit of bytes
    BAD_ARCHIVE = "bad_archive"  # a compressed or archived file that cannot be unpacked
    BOMB = "bomb"  # unpacks to more than the stated limits, or its stories say many times what is in it
    # telling what it is
    BINARY = "binary"  # not text in any encoding
    UNKNOWN_FORMAT = "unknown_format"  # text, but no format feedmill reads
    NOT_A_FEED = "not_a_feed"  # a web page, an OPML list: known, and holds no stories
    # splitting it
    MALFORMED = "malformed"  # the format is known, the content cannot be read
    NO_STORIES = "no_stories"  # read, and there is no story in it
    TRUNCATED = "truncated"  # the last story is cut off and cannot be used
    # at any of these
    INTERNAL_ERROR = "internal_error"  # feedmill failed at it, which is a bug: the detail says where

    def __str__(self) -> str:
        return self.value


class Rejected(Exception):
    """This input cannot be processed, however often it is retried.

    >>> str(Rejected(Reason.EMPTY, "0 bytes"))
    'empty: 0 bytes'
    """

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}"


RETRIED = frozenset((Reason.UNREADABLE.value, Reason.INTERNAL_ERROR.value))  # another try may go better

_BY_THIS_VERSION = f", feedmill {__version__}"
# A full disk, a full quota, a limit of this process, memory: whatever is read next fails in the same way.
_OF_THE_MACHINE = frozenset(
    (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EROFS)
)
_LONGEST_MESSAGE = 500  # characters
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{5,}\b")
_INSTALLED = re.compile(
    "|".join(
        [
            r"/[^\s'\"]*/(?:site-packages|dist-packages|python3\.\d+)/",
            *(
                re.escape(f"{folder}/")
                for folder in sorted(
                    {str(pathlib.Path(__file__).parent.parent), sys.prefix, sys.base_prefix}, key=len, reverse=True
                )
                if folder.strip("/")
            ),
        ]
    )
)


def is_machines(error: BaseException) -> bool:
    """Tell whether an error is no fault of the input: memory, a full disk, a dead worker, a package that is not there,
    what the user must mend.

    >>> is_machines(MemoryError()), is_machines(OSError(28, "No space left on device")), is_machines(ValueError())
    (True, True, False)
    """
    if isinstance(error, OSError) and error.errno in _OF_THE_MACHINE:
        return True
    others = (MemoryError, ImportError, UsageError, concurrent.futures.BrokenExecutor)
    if not isinstance(error, Exception) or isinstance(error, others):
        return True
    return error.__cause__ is not None and is_machines(error.__cause__)


def error_text(error: BaseException) -> str:
    """Return what an error says, with nothing in it that differs from machine to machine.

    >>> error_text(ValueError("<object at 0x7f51c0a3d0f0>\\nis odd")), error_text(FileNotFoundError(2, "No such file"))
    ('ValueError: <object at 0x…>\\\\nis odd', 'FileNotFoundError: No such file')
    """
    message = (error.strerror if isinstance(error, OSError) else None) or str(error)
    message = _INSTALLED.sub("", _ADDRESS.sub("0x…", message[: 2 * _LONGEST_MESSAGE]))[:_LONGEST_MESSAGE]
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in message)
    return f"{type(error).__name__}: {shown}" if shown else type(error).__name__


def internal_error(error: Exception) -> Rejected:
    """Return what becomes of the file or snapshot at which feedmill failed: its detail tells error, place and version.

    Raises:
        Exception: the error itself, if it is no fault of the input.
    """
    if is_machines(error):
        raise error
    place = ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        module = str(frame.f_globals.get("__name__"))
        if module.startswith("feedmill."):
            place = f", at {module.removeprefix('feedmill.')}:{frame.f_code.co_name}:{line}"
    return Rejected(Reason.INTERNAL_ERROR, f"{error_text(error)}{place}{_BY_THIS_VERSION}")


def is_tried_again(reason: str, detail: str) -> bool:
    """Tell whether this feedmill tries a dead letter again: the file could not be read, or another feedmill failed.

    >>> is_tried_again("unreadable", "PermissionError: Permission denied"), is_tried_again("empty", "0 bytes")
    (True, False)
    >>> is_tried_again("internal_error", "KeyError: 'a', feedmill 0.0.9")
    True
    >>> is_tried_again(*internal_error(KeyError("a")).args)
    False
    """
    return reason == Reason.UNREADABLE.value or (
        reason == Reason.INTERNAL_ERROR.value and not detail.endswith(_BY_THIS_VERSION)
    )


class UsageError(Exception):
    """What was asked for cannot be done; the message says what to do instead."""


class Busy(UsageError):
    """Another process is at work where this one would write; the same command may go well later."""


@contextlib.contextmanager
def google_needed(what: str) -> Iterator[None]:
    """Around an import of Google's clients, which a small installation does not have.

    Raises:
        UsageError: they are not there; it says how to install them.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] not in ("google", "apitools"):
            raise
        raise UsageError(f"{what} needs feedmill[gcp]: pip install 'feedmill[gcp]'") from None
