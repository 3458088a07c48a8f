"""`feedmill explain`: all that is known of an item, and of each time it was seen."""

import difflib
import hashlib
from typing import Any

from rich.text import Text

from pipelines.wording import count, screen
from transforms.failures import UsageError
from transforms.files import FileInfo, open_store
from transforms.inputs import read_snapshots
from transforms.rows import Snapshot
from transforms.warehouse.query import connect, readable

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


def explain(warehouse: str, what: str, *, source: bool) -> int:
    """Prints an item, its versions, its sightings in time order, and its cluster. Returns the exit status.

    Args:
        warehouse: the folder.
        what: an item id, a sighting id, a guid, a URL, a title, or words of a title.
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

    item_id = _find(rows, warehouse, what)
    (item,) = rows(_ITEM, item_id)
    console = screen()
    console.print(Text(item["title"] or _start(item["body"]), style="bold green"))
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
        place = (
            f"{seen['snapshot_uri']}, story {seen['position'] + 1}, bytes {seen['byte_start']} to {seen['byte_end']}"
        )
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
    return 0


def changes(version: dict[str, Any]) -> list[str]:
    """Returns what a version changed against the one before: lines that start with − or +.

    >>> changes({"title": "Rain", "previous_title": "Ran", "summary": "Wet.", "previous_summary": "Wet."})
    ['− Ran', '+ Rain']
    """

    def paragraphs(before: str) -> list[str]:
        parts = (version.get(f"{before}{part}") or "" for part in ("title", "summary", "body"))
        return [paragraph for part in parts for paragraph in part.split("\n\n")]

    before, after = paragraphs("previous_"), paragraphs("")
    told = [line for line in difflib.ndiff(before, after) if line[0] in "-+"]
    return [line.replace("-", "−", 1) if line[0] == "-" else line for line in told if line[2:].strip()]


def _find(rows: Any, warehouse: str, what: str) -> str:
    found = rows(_FIND, what) or rows(_FIND_IN_TITLE, what)
    if not found:
        raise UsageError(f"{warehouse}: no item has this id, guid, URL or title: {what}")
    if len(found) > 1:
        choices = rows(_CHOICES, [row["current_id"] for row in found], _SHOWN)
        told = [f"\n  {row['item_id']}  {_when(row['published_at'])}  {_named(row)}" for row in choices]
        more = f"\n  and {len(found) - _SHOWN:,} more" if len(found) > _SHOWN else ""
        raise UsageError(f"{what}: {len(found):,} items; name one by its id:{''.join(told)}{more}")
    return found[0]["current_id"]


def _verdict(seen: dict[str, Any]) -> str:
    if seen["outcome"] == "new":
        return "new"
    score = "" if seen["score"] is None else f", score {seen['score']:.2f}"
    if seen["outcome"] == "revision":
        return f"revision, by {seen['rule']}{score}"
    return (
        f"duplicate, by {seen['rule']}{score}, of story {seen['winner_position'] + 1} in {seen['winner_snapshot_uri']}"
    )


def _source(seen: dict[str, Any]) -> str:
    """The bytes of a sighting, if its file is still there and still the same."""
    uri = seen["snapshot_uri"]
    for found in read_snapshots(FileInfo(uri.partition("#")[0], 0, None)):
        if isinstance(found, Snapshot) and hashlib.sha256(found.data).hexdigest() == seen["snapshot_id"]:
            text = found.data[seen["byte_start"] : seen["byte_end"]].decode("utf-8", "replace")
            return "\n".join(f"     | {line}" for line in text.strip().splitlines())
    return "     | (the file is gone, or has other bytes now)"


def _named(item: dict[str, Any]) -> str:
    return f"{item['source_name'] or '(no source shown)'}: {item['title'] or _start(item['body'])}"


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
