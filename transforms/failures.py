"""How feedmill says no.

Plain functions raise `Rejected(reason, detail)` for input that can never
succeed; it becomes a dead letter and a count. A step catches `Rejected` and
nothing else: any other exception is a bug and stops the run.
`UsageError` is for the person at the keyboard: a flag, a path, a permission.
"""

import contextlib
import enum
from collections.abc import Iterator


class Reason(str, enum.Enum):
    """Why input was declined. Values are stable: dashboards group by them."""

    # reading a file or an archive
    UNREADABLE = "unreadable"  # the file could not be opened or read
    EMPTY = "empty"  # no bytes, or nothing but white space
    TOO_LARGE = "too_large"  # over the stated limit of bytes
    BAD_ARCHIVE = "bad_archive"  # a compressed or archived file that cannot be unpacked
    BOMB = "bomb"  # unpacks to more than the stated limits
    # telling what it is
    BINARY = "binary"  # not text in any encoding
    UNKNOWN_FORMAT = "unknown_format"  # text, but no format feedmill reads
    NOT_A_FEED = "not_a_feed"  # a web page, an OPML list: known, and holds no stories
    # splitting it
    MALFORMED = "malformed"  # the format is known, the content cannot be read
    NO_STORIES = "no_stories"  # read, and there is no story in it
    TRUNCATED = "truncated"  # the last story is cut off and cannot be used

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


class UsageError(Exception):
    """What was asked for cannot be done; the message says what to do instead."""


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
