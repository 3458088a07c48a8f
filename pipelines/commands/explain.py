"""`feedmill explain`: all that is known of an item and of each time it was seen, or all that a snapshot gave."""

import difflib
import hashlib
from collections.abc import Callable
from typing import Any

from feedmill.pipelines.wording import count, plain, screen, sum_of
from feedmill.transforms.captures.inputs import read_snapshots
from feedmill.transforms.failures import UsageError
from feedmill.transforms.rows.story import BYTE_KINDS, Snapshot
from feedmill.transforms.storage.local import FileInfo, open_store
from feedmill.transforms.warehouse.query import connect, readable
from rich.console import Console
from rich.text import Text

_FIND = """
SELECT DISTINCT current_id FROM item_ids JOIN items USING (item_id)
WHERE item_id = $1 OR current_id = $1 OR guid = $1 OR url = $1 OR url_raw = $1 OR title = $1
UNION SELECT current_id FROM item_ids JOIN sightings USING (item_id) WHERE sighting_id = $1
"""
_FIND_IN_TITLE = """
SELECT DISTINCT current_id FROM item_ids JOIN items USING (item_id) WHERE contains(lower(title), lower($1))
"""
_SHOWN = 10  # of several items that fit
_CHOICES = """
SELECT item_id, source_name, title, body, published_at FROM items_latest
WHERE list_contains($1, item_id) ORDER BY published_at DESC NULLS LAST, item_id LIMIT $2
"""
_ITEM = "SELECT * FROM items_latest WHERE item_id = $1"
_REVISIONS = "SELECT * FROM revisions WHERE item_id = $1 ORDER BY revision"
_SIGHTINGS = """
SELECT s.*, d.winner_snapshot_uri, d.winner_position FROM sightings s JOIN item_ids USING (item_id)
LEFT JOIN duplicates d USING (sighting_id) WHERE current_id = $1
ORDER BY captured_at, snapshot_id, position
"""
_MERGED = (
    "SELECT id, rule FROM merges JOIN item_ids ON kind = 'item' AND id = item_id WHERE current_id = $1 ORDER BY id"
)
_CLUSTER = """
SELECT item_id, source_name, title, body FROM items_latest
WHERE story_id = $1 AND item_id <> $2 ORDER BY first_seen_at, item_id
"""
# The last part of a snapshot's URI will do: what stands after the last / or, in an archive, the last #
_SNAPSHOTS = """
SELECT * FROM snapshots WHERE $1 IN (snapshot_uri, snapshot_id, regexp_extract(snapshot_uri, '[^/#]+$'))
ORDER BY captured_at, snapshot_uri, snapshot_id
"""
_STORIES = """
SELECT s.*, current_id, i.body, d.winner_snapshot_uri, d.winner_position FROM sightings s
JOIN item_ids o ON o.item_id = s.item_id LEFT JOIN items_latest i ON i.item_id = current_id
LEFT JOIN duplicates d ON d.sighting_id = s.sighting_id
WHERE s.snapshot_id = $1 AND s.snapshot_uri = $2 ORDER BY s.position
"""
_REMOVED = "SELECT * FROM removed WHERE snapshot_id = $1 AND snapshot_uri = $2 ORDER BY byte_start, byte_end"
_DECLINED = "SELECT * FROM dead_letter WHERE snapshot_id = $1 AND snapshot_uri = $2 ORDER BY byte_start, byte_end"

_Rows = Callable[..., list[dict[str, Any]]]


def explain(warehouse: str, what: str, *, source: bool) -> int:
    """Print what is known of an item, or of a snapshot. Return the exit status.

    Of an item: its versions, its sightings in time order, and its cluster. Of a snapshot: its bytes, its stories and
    what became of each, what was taken out, and what was declined and why.

    Args:
        warehouse: the folder.
        what: an item id, a sighting id, a guid, a URL, a title, or words of a title; else the URI of a snapshot, the
            last part of it, or its id.
        source: also print the bytes that each sighting came from.

    Raises:
        UsageError: nothing is found, or more than one item; or the warehouse cannot be read.
    """
    with readable(warehouse):
        return _explain(warehouse, what, source=source)


def _explain(warehouse: str, what: str, *, source: bool) -> int:
    session = connect(open_store(warehouse))

    def rows(sql: str, *values: Any) -> list[dict[str, Any]]:
        answer = session.execute(sql, list(values))
        names = [column[0] for column in answer.description]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]

    console = screen()
    if found := rows(_FIND, what):
        _explain_item(rows, console, _only(rows, what, found), source=source)
    elif snapshots := rows(_SNAPSHOTS, what):
        for number, snapshot in enumerate(snapshots):
            if number:
                console.print()
            _explain_snapshot(rows, console, snapshot, source=source)
    elif found := rows(_FIND_IN_TITLE, what):
        _explain_item(rows, console, _only(rows, what, found), source=source)
    else:
        raise UsageError(f"{warehouse}: no item has this id, guid, URL or title, and no snapshot this name: {what}")
    return 0


def _only(rows: _Rows, what: str, found: list[dict[str, Any]]) -> str:
    if len(found) > 1:
        choices = rows(_CHOICES, [row["current_id"] for row in found], _SHOWN)
        told = [f"\n  {row['item_id']}  {_when(row['published_at'])}  {_named(row)}" for row in choices]
        more = f"\n  and {len(found) - _SHOWN:,} more" if len(found) > _SHOWN else ""
        raise UsageError(f"{what}: {len(found):,} items; name one by its id:{''.join(told)}{more}")
    return str(found[0]["current_id"])


def _explain_item(rows: _Rows, console: Console, item_id: str, *, source: bool) -> None:
    (item,) = rows(_ITEM, item_id)
    console.print(Text(plain(item["title"] or _start(item["body"])), style="bold green"))
    for name in ("item_id", "source_name", "authors", "url", "guid", "form", "lang"):
        if item[name]:
            console.print(Text(f"  {name:<12} {', '.join(item[name]) if name == 'authors' else item[name]}"))
    console.print(Text(f"  {'published':<12} {_when(item['published_at'])}" + _raw(item)))
    for merged in rows(_MERGED, item_id):
        console.print(Text(f"  {'merged':<12} {merged['id']} proved to be this item, by {merged['rule']}"))

    versions = rows(_REVISIONS, item_id)
    console.print(Text(f"\n{count(len(versions), 'version')}", style="bold"))
    for version in versions:
        console.print(Text(f"  {version['revision']}. first seen {_when(version['first_seen_at'])}", style="cyan"))
        if version["revision"] > 1:
            for line in changes(version):
                console.print(Text(f"     {line}", style="red" if line[0] == "−" else "green"))

    sightings = rows(_SIGHTINGS, item_id)
    console.print(Text(f"\n{count(len(sightings), 'sighting')}", style="bold"))
    for seen in sightings:
        console.print(Text(f"  {_when(seen['captured_at'])}  {_verdict(seen)}", style="cyan"))
        stands = f"story {seen['position'] + 1}, bytes {seen['byte_start']} to {seen['byte_end']}"
        place = f"{plain(seen['snapshot_uri'])}, {stands}"
        console.print(Text(f"     {place}", style="dim"))
        if source:
            console.print(Text(_source(seen), style="dim"))

    cluster = rows(_CLUSTER, item["story_id"], item_id)
    if cluster:
        console.print(
            Text(f"\nthe same story in {count(len(cluster), 'other item')} (story_id {item['story_id']})", style="bold")
        )
        for other in cluster:
            console.print(Text(f"  {other['item_id']}  {_named(other)}"))


def _explain_snapshot(rows: _Rows, console: Console, snapshot: dict[str, Any], *, source: bool) -> None:
    console.print(Text(plain(snapshot["snapshot_uri"]), style="bold green"))
    encoding = f", {snapshot['encoding']}" if snapshot["encoding"] else ""
    declared = snapshot["captured_from"]
    for name, told in (
        ("snapshot_id", snapshot["snapshot_id"]),
        ("source_name", snapshot["source_name"]),
        ("format", f"{snapshot['format']}{encoding}" if snapshot["format"] else None),
        ("captured", _when(snapshot["captured_at"]) + (f"  (by {declared})" if declared else "")),
    ):
        if told:
            console.print(Text(f"  {name:<12} {told}"))
    parts = {kind: snapshot[f"bytes_{kind}"] for kind in BYTE_KINDS}
    console.print(Text(f"  {'bytes':<12} {sum_of(snapshot['size'], parts)}"))

    key = (snapshot["snapshot_id"], snapshot["snapshot_uri"])
    stories = rows(_STORIES, *key)
    console.print(Text(f"\n{count(len(stories), 'story', 'stories')}", style="bold"))
    for seen in stories:
        console.print(Text(f"  {seen['position'] + 1}. {_verdict(seen)}", style="cyan"))
        console.print(Text(f"     {seen['title'] or _start(seen['body'])}"))
        console.print(Text(f"     {seen['current_id']}, bytes {seen['byte_start']} to {seen['byte_end']}", style="dim"))
        if source:
            console.print(Text(_source(seen), style="dim"))
    for name, sql in (("taken out", _REMOVED), ("declined", _DECLINED)):
        if found := rows(sql, *key):
            console.print(Text(f"\n{len(found):,} {name}", style="bold"))
        for row in found:
            why = f"{row['kind']}: {_start(row['text'])}" if "kind" in row else f"{row['reason']}: {row['detail']}"
            console.print(Text(f"  bytes {row['byte_start']} to {row['byte_end']}, {why}"))


def changes(version: dict[str, Any]) -> list[str]:
    """Return what a version changed against the one before: lines that start with − or +.

    >>> changes({"title": "Rain", "previous_title": "Ran", "summary": "Wet.", "previous_summary": "Wet."})
    ['− Ran', '+ Rain']
    """

    def paragraphs(before: str) -> list[str]:
        parts = (version.get(f"{before}{part}") or "" for part in ("title", "summary", "body"))
        return [paragraph for part in parts for paragraph in part.split("\n\n")]

    before, after = paragraphs("previous_"), paragraphs("")
    told = [line for line in difflib.ndiff(before, after) if line[0] in "-+"]
    return [line.replace("-", "−", 1) if line[0] == "-" else line for line in told if line[2:].strip()]


def _verdict(seen: dict[str, Any]) -> str:
    if seen["outcome"] == "new":
        return "new"
    score = "" if seen["score"] is None else f", score {seen['score']:.2f}"
    if seen["outcome"] == "revision":
        return f"revision, by {seen['rule']}{score}"
    winner = f"story {seen['winner_position'] + 1} in {plain(seen['winner_snapshot_uri'])}"
    return f"duplicate, by {seen['rule']}{score}, of {winner}"


def _source(seen: dict[str, Any]) -> str:
    """Return the bytes of a sighting, if its file is still there and still the same."""
    uri = seen["snapshot_uri"]
    for found in read_snapshots(FileInfo(uri.partition("#")[0], 0, None)):
        if isinstance(found, Snapshot) and hashlib.sha256(found.data).hexdigest() == seen["snapshot_id"]:
            text = found.data[seen["byte_start"] : seen["byte_end"]].decode("utf-8", "replace")
            return "\n".join(f"     | {line}" for line in text.strip().splitlines())
    return "     | (the file is gone, or has other bytes now)"


def _named(item: dict[str, Any]) -> str:
    return plain(f"{item['source_name'] or '(no source shown)'}: {item['title'] or _start(item['body'])}")


def _raw(item: dict[str, Any]) -> str:
    if item["published_raw"] is None:
        return ""
    if item["published_at"] is None:
        return f"  (written {item['published_raw']!r}, which is no date that feedmill reads)"
    return f"  (written {item['published_raw']!r}, zone {item['published_zone']}, to the {item['published_precision']})"


def _when(moment: Any) -> str:
    return "unknown" if moment is None else moment.strftime("%Y-%m-%d %H:%M:%S UTC")


def _start(text: str | None) -> str:
    flat = " ".join((text or "(no text)").split())
    return flat if len(flat) <= 100 else flat[:99] + "…"
