"""`feedmill split`: what is in a file, without a warehouse and without Beam."""

import sys
from collections.abc import Sequence
from typing import Any

from feedmill.pipelines.wording import count, iso, json_line, plain, say
from feedmill.transforms.captures.capture_time import resolve_captured
from feedmill.transforms.captures.containers import DeadInput, SkippedRecords
from feedmill.transforms.captures.inputs import read_snapshots
from feedmill.transforms.failures import Reason, Rejected, UsageError, internal_error
from feedmill.transforms.formats import Settings, check_timezone, split_snapshot
from feedmill.transforms.rows.story import DeadSpan, Snapshot, Split, Story
from feedmill.transforms.storage.local import FileInfo, find_inputs
from feedmill.transforms.text.language.story import detect_story
from feedmill.transforms.text.language.vote import detect


def split(paths: Sequence[str], *, timezone: str, as_json: bool, why: bool = False) -> int:
    """Print the stories of each snapshot in the files: one JSON line, or a view for people.

    `why`: the view also says by what the stories were told.

    Returns the exit status: 3 if feedmill itself failed at one, which is shown as declined.

    Raises:
        UsageError: a path names nothing, or there is no such time zone.
    """
    check_timezone(timezone)
    settings = Settings(timezone=timezone)
    status = 0
    for path in paths:
        files = _files(path)
        if not files:
            print(f"feedmill: {path}: nothing to read: there is no file in it", file=sys.stderr)
        for file in files:
            for found in read_snapshots(file):
                if isinstance(found, SkippedRecords):
                    told = f"{count(found.count, 'record')} of crawls that are neither feeds nor a reader's pages"
                    say(f"feedmill: {plain(found.uri)}: {told}", sys.stderr)
                    continue
                snapshot, outcome = _outcome(found, settings)
                if isinstance(outcome, DeadSpan) and outcome.reason == Reason.INTERNAL_ERROR:
                    status = 3
                if as_json:
                    print(json_line(as_dict(snapshot, outcome)))
                else:
                    from feedmill.pipelines.commands.split_view import show

                    show(snapshot, outcome)
                    if why:
                        _say_why(snapshot, outcome, settings)
    return status


def _files(path: str) -> list[FileInfo]:
    try:
        return find_inputs(path).files
    except UsageError as error:
        raise UsageError(str(error).removeprefix("--input ")) from None


def _outcome(found: Snapshot | DeadInput, settings: Settings) -> tuple[Snapshot, Split | DeadSpan]:
    if isinstance(found, DeadInput):
        return Snapshot(found.uri, b""), DeadSpan(found.start, found.end, found.reason.value, found.detail)
    try:
        return found, split_snapshot(found, settings)
    except Rejected as rejected:
        no = rejected
    except Exception as error:  # noqa: BLE001 - it is shown, unless it is no fault of the snapshot
        no = internal_error(error)
    return found, DeadSpan(0, len(found.data), no.reason.value, no.detail)


def _say_why(snapshot: Snapshot, outcome: Split | DeadSpan, settings: Settings) -> None:
    """Print the template and the evidence by which a snapshot was read or declined, if the labeller read it."""
    from feedmill.pipelines.commands.split_view import show_why
    from feedmill.transforms.formats.dumps.why import dumps_of, explain, template

    dumps = dumps_of(snapshot, settings)
    for dump in dumps:
        show_why(template(dump), explain(dump), dump.confidence)
    if not dumps and isinstance(outcome, Split):
        say(f"  why: {outcome.format} is read by rules of its own; no template is guessed\n")


def as_dict(snapshot: Snapshot, outcome: Split | DeadSpan) -> dict[str, Any]:
    """Return what `--json` prints of a snapshot; one that was declined has a reject and no stories."""
    if isinstance(outcome, DeadSpan):
        captured_at, _ = resolve_captured(snapshot, None)
        split = Split("", "", 0, (), (), rejects=(outcome,))
    else:
        captured_at, _ = resolve_captured(snapshot, outcome)
        split = outcome
    return {
        "uri": snapshot.uri,
        "format": split.format or None,
        "envelope": split.envelope,
        "encoding": split.encoding or None,
        "chrome_lang": split.chrome_lang,
        "captured_at": iso(captured_at),
        "stories": [_story(story) for story in split.stories],
        "removed": [{**gone._asdict(), "lang": detect(gone.text).lang} for gone in split.removed],
        "rejects": [reject._asdict() for reject in split.rejects],
    }


def _story(story: Story) -> dict[str, Any]:
    fields = story._asdict()
    return {
        **fields,
        "media": [m._asdict() for m in story.media],
        "published_at": iso(story.published_at),
        "updated_at": iso(story.updated_at),
        "lang": detect_story(story.title, story.body or story.summary, story.lang_declared).lang,
    }
