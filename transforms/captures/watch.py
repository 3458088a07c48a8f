"""Where a stream's snapshots come from: a place that is watched, or notices of new objects. Plain Python: no Beam.

A source hands out what is new, at most once while the process lives; what was
handed out and not committed, because the process died, is handed out again by
the next one. That nothing is counted twice is the warehouse's doing: it knows
its captures.
"""

import contextlib
import datetime as dt
import hashlib
import json
import re
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from feedmill.transforms.captures.containers import DeadInput
from feedmill.transforms.failures import Reason, Rejected, UsageError, google_needed, internal_error
from feedmill.transforms.storage.local import FileInfo, is_below, watch_inputs

_MESSAGES = 1000  # pulled at once, as many as Pub/Sub gives
_MOST_MESSAGES = 10_000  # collected before they are taken in
_HOLD = 60  # seconds until a message that was not acknowledged comes again; a window takes a few
_RECENT = 100_000  # objects that are remembered as handed out


class Arrivals(NamedTuple):
    """What has come since the last time.

    Attributes:
        files: to be read.
        refused: notices that are none: dead letters.
        since: for each of `files`, when it landed as far as can be told: seconds since the epoch.
        receipts: what to hand back with `done`.
    """

    files: tuple[FileInfo, ...] = ()
    refused: tuple[DeadInput, ...] = ()
    since: tuple[float, ...] = ()
    receipts: tuple[str, ...] = ()


class Source(Protocol):
    """What a stream reads from."""

    def poll(self, now: float) -> Arrivals:
        """Return what is new. `now` is the time, in seconds since the epoch."""
        ...

    def done(self, receipts: Sequence[str]) -> None:
        """Say that what came with these is in the warehouse."""
        ...

    def close(self, receipts: Sequence[str]) -> None:
        """End the source, and give back what came with these and was not taken in."""
        ...


class Watch:
    """Files of a path or glob, local or gs://, as they land.

    A local file is handed out when it was last changed more than `settle` seconds
    ago, or stood unchanged from one poll to the next more than that apart: its
    writer is done with it. Writers that take a longer rest should write elsewhere
    and rename. An object in a bucket is there whole or not at all.

    A file that changes is new again. What is remembered is a digest of each file
    that is there: about 100 bytes.

    Args:
        spec: as for `--input`; what it names may not be there yet.
        beside: the warehouse, whose files are left out.
        settle: seconds.
    """

    def __init__(self, spec: str, *, beside: str, settle: float) -> None:
        self._spec = spec
        self._beside = beside
        self._settle = settle
        self._taken: dict[bytes, int] = {}  # digest of a file -> the poll that saw it last
        self._polls = 0
        self._unsettled: dict[bytes, float] = {}  # -> when it was first seen like this
        self._last: float | None = None

    def poll(self, now: float) -> Arrivals:
        self._polls += 1
        fresh: dict[str, tuple[bytes, FileInfo, float]] = {}
        unsettled: dict[bytes, float] = {}
        before = now if self._last is None else self._last
        for file in watch_inputs(self._spec, beside=self._beside):
            name = _digest(file)
            if name in self._taken:
                self._taken[name] = self._polls
                continue
            seen = self._unsettled.get(name, now)
            changed = seen if file.mtime is None else file.mtime / 1e6
            if file.generation is None and now - changed <= self._settle and now - seen <= self._settle:
                unsettled[name] = seen
                continue
            fresh[file.uri] = name, file, min(now, max(changed, self._unsettled.get(name, before)))
        self._taken.update((name, self._polls) for name, _, _ in fresh.values())
        if any(poll != self._polls for poll in self._taken.values()):
            self._taken = {name: poll for name, poll in self._taken.items() if poll == self._polls}
        self._unsettled = unsettled
        self._last = now
        landed = [fresh[uri] for uri in sorted(fresh)]
        return Arrivals(tuple(file for _, file, _ in landed), since=tuple(since for _, _, since in landed))

    def done(self, receipts: Sequence[str]) -> None:
        pass

    def close(self, receipts: Sequence[str]) -> None:
        pass


def _digest(file: FileInfo) -> bytes:
    return hashlib.blake2b(
        f"{file.uri}\0{file.size}\0{file.mtime}\0{file.generation}".encode("utf-8", "surrogateescape"), digest_size=16
    ).digest()


def read_notice(data: bytes, attributes: dict[str, str]) -> FileInfo | None:
    """Read a notice from Cloud Storage to Pub/Sub; None if it tells of anything but a new object.

    https://cloud.google.com/storage/docs/pubsub-notifications says what is in one.

    Raises:
        Rejected: it is no such notice, or lacks what is needed.

    >>> at = '"updated": "2025-07-15T10:41:03.5Z"'
    >>> notice = f'{{"bucket": "b", "name": "a.xml", "generation": "7", "size": "12", {at}}}'
    >>> read_notice(notice.encode(), {"eventType": "OBJECT_FINALIZE"})
    FileInfo(uri='gs://b/a.xml', size=12, mtime=1752576063500000, generation=7)
    """
    event = attributes.get("eventType")
    if event not in (None, "OBJECT_FINALIZE"):
        return None
    try:
        told = json.loads(data)
    except (ValueError, RecursionError) as error:
        detail = "; notifications need --payload-format=json" if attributes.get("payloadFormat") == "NONE" else ""
        raise Rejected(Reason.MALFORMED, f"not a notice of a new object: no JSON ({error}){detail}") from None
    if not isinstance(told, dict):
        raise Rejected(Reason.MALFORMED, "not a notice of a new object: no JSON object")
    for name in _NOTICE:
        if not isinstance(told.get(name), str | int) or not str(told[name]):
            raise Rejected(Reason.MALFORMED, f"not a notice of a new object: no {name}")
    for name, (shape, what) in _NOTICE.items():
        if not shape.fullmatch(str(told[name])):
            raise Rejected(Reason.MALFORMED, f"not a notice of a new object: {what}")
    if max(int(told["generation"]), int(told["size"])) >= 1 << 63:
        raise Rejected(Reason.MALFORMED, "not a notice of a new object: generation and size must be numbers of 64 bits")
    uri = f"gs://{told['bucket']}/{told['name']}"
    return FileInfo(uri, int(told["size"]), _mtime(told), int(told["generation"]))


# What these can be: https://cloud.google.com/storage/docs/buckets#naming and /objects#naming; numbers of 64 bits.
_NOTICE = {
    "bucket": (re.compile(r"[a-z0-9][a-z0-9._-]{0,221}"), "no bucket has such a name"),
    "name": (re.compile("[^\r\n\ud800-\udfff]{1,1024}"), "no object has such a name"),
    "generation": (re.compile(r"[0-9]{1,19}"), "generation and size must be numbers"),
    "size": (re.compile(r"[0-9]{1,19}"), "generation and size must be numbers"),
}


def read_message(data: bytes, attributes: dict[str, str], uri: str) -> FileInfo | DeadInput | None:
    """Return what a message at `uri` tells of: a new object, None if of something else, or a DeadInput if of
    nothing."""
    try:
        return read_notice(data, attributes)
    except Rejected as rejected:
        no = rejected
    except Exception as error:  # noqa: BLE001 - it is told by what is returned
        no = internal_error(error)
    return DeadInput(uri, no.reason, no.detail, 0, len(data), data)


def _mtime(told: dict[str, Any]) -> int | None:
    """Return the object's time as a listing has it: see `gcs.find`."""
    from feedmill.transforms.storage.gcs import object_mtime

    updated = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?Z", str(told.get("updated")))
    if not updated:
        return None
    try:
        at = dt.datetime.fromisoformat(updated[1] + (updated[2] or ".0").ljust(7, "0")[:7] + "+00:00")
    except ValueError:
        return None
    metadata = told.get("metadata")
    return object_mtime(at, metadata if isinstance(metadata, dict) else {})


class Notices:
    """New objects of a bucket, as Cloud Storage tells Pub/Sub of them.

    The bucket needs a notification that sends `OBJECT_FINALIZE` as JSON to the
    subscription's topic. Path and generation say what is new. A message is
    acknowledged by `done`, so what dies before it comes again; one that no
    program could read is a dead letter, and is acknowledged like any other.

    Args:
        subscription: `projects/P/subscriptions/S`.
        beside: the warehouse, whose objects are left out.
        wait: seconds that `poll` collects messages.
    """

    def __init__(self, subscription: str, *, beside: str, wait: float) -> None:
        if not re.fullmatch(r"projects/[^/]+/subscriptions/[^/]+", subscription):
            raise UsageError(f"--input_subscription {subscription}: give projects/PROJECT/subscriptions/NAME")
        with google_needed("--input_subscription"):
            from google.cloud.pubsub_v1 import SubscriberClient

        with _said(subscription):
            self._client = SubscriberClient()  # speaks to PUBSUB_EMULATOR_HOST if that is set
        self._subscription = subscription
        self._beside = beside
        self._wait = wait
        self._recent: OrderedDict[tuple[str, int | None], None] = OrderedDict()

    def poll(self, now: float) -> Arrivals:
        from google.api_core import exceptions

        end = time.monotonic() + self._wait
        pulled: list[Any] = []
        while len(pulled) < _MOST_MESSAGES and (left := end - time.monotonic()) > 0:
            asked = {"subscription": self._subscription, "max_messages": _MESSAGES}
            try:
                with _said(self._subscription):
                    answer = self._client.pull(request=asked, timeout=left, retry=None)
            except (exceptions.DeadlineExceeded, exceptions.ServiceUnavailable):
                break  # nothing more there; or it is down, and the next poll tries again
            pulled += answer.received_messages
        receipts = tuple(message.ack_id for message in pulled)
        self._hold(receipts, _HOLD)
        files, refused, since = [], [], []
        for received in pulled:
            message = received.message
            uri = f"pubsub://{self._subscription}/{message.message_id}"
            file = read_message(message.data, dict(message.attributes), uri)
            if isinstance(file, DeadInput):
                refused.append(file)
                continue
            if file is None or is_below(file.uri, self._beside) or self._is_recent(file):
                continue
            files.append(file)
            since.append(min(now, message.publish_time.timestamp()))
        return Arrivals(tuple(files), tuple(refused), tuple(since), receipts)

    def done(self, receipts: Sequence[str]) -> None:
        if receipts:
            with _said(self._subscription):
                self._client.acknowledge(request={"subscription": self._subscription, "ack_ids": list(receipts)})

    def close(self, receipts: Sequence[str]) -> None:
        self._hold(receipts, 0)
        self._client.close()

    def _hold(self, receipts: Sequence[str], seconds: int) -> None:
        """Ask that messages are not sent again for a time; 0: that they are, now."""
        if receipts:
            with _said(self._subscription):
                self._client.modify_ack_deadline(
                    request={
                        "subscription": self._subscription,
                        "ack_ids": list(receipts),
                        "ack_deadline_seconds": seconds,
                    }
                )

    def _is_recent(self, file: FileInfo) -> bool:
        """Whether this was handed out before. Should it be forgotten, it is read again, and found to be known."""
        name = (file.uri, file.generation)
        if name in self._recent:
            return True
        self._recent[name] = None
        if len(self._recent) > _RECENT:
            self._recent.popitem(last=False)
        return False


@contextlib.contextmanager
def _said(subscription: str) -> Iterator[None]:
    """Turn what the user can mend into UsageError."""
    import google.auth.exceptions
    from google.api_core import exceptions

    try:
        yield
    except exceptions.NotFound:
        raise UsageError(f"--input_subscription {subscription}: there is no such subscription") from None
    except (exceptions.Forbidden, exceptions.Unauthorized) as error:
        raise UsageError(
            f"--input_subscription {subscription}: access denied ({error.message}); the account that runs this needs "
            "the role roles/pubsub.subscriber on it"
        ) from None
    except google.auth.exceptions.GoogleAuthError as error:
        raise UsageError(
            f"--input_subscription {subscription}: no usable Google credentials ({str(error).splitlines()[0]})"
        ) from None
