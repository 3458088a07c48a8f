"""`feedmill report`: one page that tells a person what is in a warehouse.

The page is a function of the warehouse: no clock, no path of it, every list in a stated order. What is
counted is counted by DuckDB, so that a million items take seconds; Python sees the rows that are shown.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from feedmill.pipelines.report import page as html
from feedmill.pipelines.report.page import Raw
from feedmill.pipelines.wording import count, say
from feedmill.transforms import __version__
from feedmill.transforms.failures import UsageError
from feedmill.transforms.rows.story import BYTE_KINDS
from feedmill.transforms.storage.local import Store, open_store
from feedmill.transforms.warehouse.ledger import Ledger, total
from feedmill.transforms.warehouse.manifests import Manifest, live_files, read_manifests, state_of
from feedmill.transforms.warehouse.query import connect, unreadable

Ask = Callable[..., list[dict[str, Any]]]  # SQL and values in, rows out

_TOP = 30  # rows of a table before the rest is summed
_EXAMPLES = 10  # revisions, clusters and boilerplate texts that are shown

_WHY = {
    "guid": "the publisher gives both the same id",
    "url": "both have the same address, tracking parameters aside",
    "content": "both have the same text",
    "containment": "one is a teaser that lies within the other's text",
    "near": "both have nearly the same words, in one source",
}

# What the sections share: the ids that items go by now, and one slim row an item. A warehouse without
# items has no column `lang`.
_SHARED = """
CREATE OR REPLACE TEMP TABLE ids AS FROM item_ids;
CREATE OR REPLACE TEMP TABLE latest AS
SELECT item_id, story_id, sighting_id, form, source_name, {lang} AS lang,
  published_at, first_seen_at, word_count, revisions
FROM items_latest;
"""
_TOTALS = """
SELECT count(*) AS items, coalesce(sum(revisions), 0)::BIGINT AS versions, count(DISTINCT story_id) AS clusters,
  count(DISTINCT source_name) AS sources, count(DISTINCT nullif(lang, 'und')) AS languages,
  strftime(min(published_at), '%Y-%m-%d') AS first, strftime(max(published_at), '%Y-%m-%d') AS last,
  count(*) FILTER (published_at IS NULL) AS undated
FROM latest
"""
_CAPTURED = """
SELECT strftime(min(captured_at), '%Y-%m-%d') AS first, strftime(max(captured_at), '%Y-%m-%d') AS last FROM snapshots
"""
_BOOKS = f"""
SELECT count(*) AS snapshots, {
    ", ".join(
        f"coalesce(sum({name}), 0)::BIGINT AS {name}"
        for name in (
            "size",
            "stories",
            "new",
            "revisions",
            "duplicates",
            "dead",
            *(f"bytes_{kind}" for kind in BYTE_KINDS),
        )
    )
} FROM snapshots
"""
_DAYS = """
SELECT strftime(published_at, '%Y-%m-%d') AS day, count(*) AS items FROM latest
WHERE published_at IS NOT NULL GROUP BY ALL ORDER BY ALL
"""
_FORMS = "SELECT form, count(*) AS items FROM latest GROUP BY ALL"
_LANGUAGES = """
SELECT lang, count(*) AS items, count(DISTINCT source_name) AS sources, sum(word_count)::BIGINT AS words
FROM latest GROUP BY ALL ORDER BY items DESC, lang
"""
_SOURCES = """
SELECT source_name, count(*) AS items, sum(revisions - 1)::BIGINT AS later,
  list_sort(list(DISTINCT lang)) AS langs,
  strftime(min(published_at), '%Y-%m-%d') AS first, strftime(max(published_at), '%Y-%m-%d') AS last
FROM latest GROUP BY ALL ORDER BY items DESC, source_name NULLS LAST
"""
_INTERFACES = """
SELECT chrome_lang, count(*) AS snapshots, sum(stories)::BIGINT AS stories FROM snapshots
WHERE chrome_lang IS NOT NULL GROUP BY ALL ORDER BY snapshots DESC, chrome_lang
"""
_INTERFACE_STORIES = """
SELECT chrome_lang, lang, count(*) AS sightings
FROM snapshots JOIN sightings USING (snapshot_id, snapshot_uri, run_id) JOIN ids USING (item_id)
JOIN latest ON latest.item_id = current_id
WHERE chrome_lang IS NOT NULL GROUP BY ALL ORDER BY chrome_lang, sightings DESC, lang
"""
_RULES = """
SELECT rule, count(*) AS sightings, min(sighting_id, 200) AS some FROM sightings
WHERE outcome = 'duplicate' GROUP BY ALL ORDER BY sightings DESC, rule
"""
# Of each rule, among some, the one that shows most: with a title, another than the winner's, in another snapshot.
_DUPLICATES = """
SELECT *, strftime(captured_at, '%Y-%m-%d %H:%M') AS seen, strftime(winner_captured_at, '%Y-%m-%d %H:%M') AS winner_seen
FROM duplicates WHERE sighting_id IN (SELECT unnest($1))
QUALIFY row_number() OVER (PARTITION BY rule ORDER BY title IS NULL, winner_title IS NULL, title = winner_title,
  snapshot_uri = winner_snapshot_uri, sighting_id) = 1
"""
_REVISED = """
SELECT item_id FROM latest WHERE revisions > 1
ORDER BY first_seen_at DESC NULLS LAST, item_id LIMIT 50
"""
_VERSIONS = """
SELECT current_id AS item_id, title, summary, body, source_name, url, content_hash,
  strftime(first_seen_at, '%Y-%m-%d %H:%M') AS seen
FROM items JOIN ids USING (item_id) WHERE current_id IN (SELECT unnest($1))
ORDER BY first_seen_at, content_hash, sighting_id
"""
_CLUSTERS = """
SELECT story_id, count(*) AS items, count(DISTINCT source_name) AS sources, sum(count(*)) OVER ()::BIGINT AS all_items,
  count(*) OVER () AS clusters
FROM latest GROUP BY story_id HAVING count(DISTINCT source_name) > 1
ORDER BY sources DESC, items DESC, story_id LIMIT $1
"""
_CLUSTER_ITEMS = """
SELECT latest.story_id, title, latest.source_name, url, latest.lang,
  strftime(latest.published_at, '%Y-%m-%d %H:%M') AS published
FROM latest JOIN items USING (sighting_id) WHERE latest.story_id IN (SELECT unnest($1))
ORDER BY latest.published_at NULLS LAST, latest.item_id
"""
_DEAD = """
SELECT reason, count(*) AS dead, sum(byte_end - byte_start)::BIGINT AS bytes FROM dead_letter
GROUP BY ALL ORDER BY dead DESC, reason
"""
# Of each reason the details that came most often, with one place where each did.
_DEAD_EXAMPLES = """
SELECT reason, detail, count(*) AS times, min((snapshot_uri, byte_start, byte_end)) AS place FROM dead_letter
GROUP BY reason, detail QUALIFY row_number() OVER (PARTITION BY reason ORDER BY times DESC, detail) <= 3
ORDER BY reason, times DESC, detail
"""
_REMOVED = """
SELECT kind, count(*) AS stretches, sum(byte_end - byte_start)::BIGINT AS bytes FROM removed
GROUP BY ALL ORDER BY stretches DESC, kind
"""
_BOILERPLATE = """
SELECT left(text, 400) AS said, lang, count(*) AS times, count(DISTINCT snapshot_id) AS snapshots FROM removed
WHERE kind = 'boilerplate' GROUP BY ALL ORDER BY times DESC, snapshots DESC, said, lang LIMIT $1
"""
_FORMATS = """
SELECT format, count(*) AS snapshots, sum(size)::BIGINT AS size, sum(stories)::BIGINT AS stories,
  sum(dead)::BIGINT AS dead
FROM snapshots GROUP BY ALL ORDER BY snapshots DESC, format NULLS LAST
"""
_ENCODINGS = """
SELECT encoding, count(*) AS snapshots, sum(replaced_chars)::BIGINT AS replaced
FROM snapshots WHERE encoding IS NOT NULL GROUP BY ALL ORDER BY snapshots DESC, encoding
"""
_CAPTURED_FROM = """
SELECT captured_from, count(*) AS snapshots FROM snapshots
GROUP BY ALL ORDER BY snapshots DESC, captured_from NULLS LAST
"""


def report(warehouse: str, path: str) -> int:
    """Write the page to the file `path`, and say where it is. Return the exit status: 1 if the books do not balance.

    Raises:
        UsageError: there is no warehouse, its files cannot be read, or the page cannot be written.
    """
    import duckdb

    store = open_store(warehouse)
    try:
        page, problems = build(store)
    except duckdb.Error as error:
        raise unreadable(warehouse, error) from None
    try:
        with open(path, "wb") as file:
            written = file.write(page.encode())
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; give -o the file for the page") from None
    say(f"✓ {path}: {html.size(written)}; open it in a browser")
    for problem in problems:
        say(f"✗ {problem}")
    return 1 if problems else 0


def build(store: Store) -> tuple[str, list[str]]:
    """Return the page of a warehouse, and what does not balance. The same warehouse, the same page."""
    manifests = read_manifests(store)
    runs = sum(manifest.folds or 1 for manifest in manifests)
    with connect(store) as session:

        def ask(sql: str, *values: Any) -> list[dict[str, Any]]:
            answer = session.execute(sql, list(values))
            names = [column[0] for column in answer.description]
            return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]

        any_item = ask("SELECT 1 FROM items LIMIT 1")
        session.execute(_SHARED.format(lang="lang" if any_item else "NULL::VARCHAR"))
        books = _ledger(ask)
        problems = _problems(books, manifests)
        sections = [
            ("books", "The books", _books(books, problems, runs)),
            ("time", "Items over time", _time(ask)),
            ("languages", "Languages", _languages(ask)),
            ("sources", "Sources", _sources(ask)),
            ("interfaces", "Interface languages", _interfaces(ask)),
            ("duplicates", "Duplicates", _duplicates(ask)),
            ("revisions", "Latest revisions", _revisions(ask)),
            ("clusters", "Stories told by several sources", _clusters(ask)),
            ("dead", "Dead letters", _dead(ask)),
            ("removed", "Text taken out", _removed(ask)),
            ("formats", "Formats and encodings", _formats(ask)),
        ]
        lede = _lede(ask, books)
    foot = html.paragraph(
        f"feedmill {__version__}. {count(runs, 'run')}, "
        f"state {state_of(manifest.run_id for manifest in manifests)[:12]}. All times are UTC. ",
        Raw("<code>feedmill explain ITEM</code> tells all that is known of one item, "),
        Raw("<code>feedmill verify</code> reads every file again."),
    )
    return html.page("What is in this warehouse", lede, sections, foot), problems


def _lede(ask: Ask, books: Ledger) -> Raw:
    (totals,), (captured,) = ask(_TOTALS), ask(_CAPTURED)
    said = f"{count(books.snapshots, 'snapshot')} ({html.size(books.size)})"
    if captured["first"]:
        said += f", captured {_between(captured)},"
    said += f" {'holds' if books.snapshots == 1 else 'hold'} {count(totals['items'], 'item')}"
    if totals["first"]:
        said += f", published {_between(totals)}"
    return Raw(
        html.paragraph(said + ".", kind="lede")
        + html.tiles(
            (books.snapshots, "snapshot read", "snapshots read"),
            (totals["items"], "item", "items"),
            (totals["versions"], "version of it", "versions of them"),
            (totals["clusters"], "story told", "stories told"),
            (totals["sources"], "named source", "named sources"),
            (totals["languages"], "language", "languages"),
        )
    )


def _ledger(ask: Ask) -> Ledger:
    """Return the books as the snapshots tell them."""
    (row,) = ask(_BOOKS)
    return Ledger(
        **{name: row[name] for name in ("snapshots", "size", "stories", "new", "revisions", "duplicates", "dead")},
        bytes={kind: row[f"bytes_{kind}"] for kind in BYTE_KINDS},
    )


def _books(books: Ledger, problems: Sequence[str], runs: int) -> Raw:
    if problems:
        verdict = html.paragraph("✗ The books do not balance:", kind="balance bad") + html.bullets(problems)
    else:
        told = f"✓ The books balance: every story and every byte of {count(runs, 'run')} is accounted for."
        verdict = html.paragraph(told, kind="balance")
    return Raw(
        verdict
        + html.stacked(
            f"{count(books.stories, 'story', 'stories')} seen, and what became of them",
            {"new": books.new, "revisions": books.revisions, "duplicates": books.duplicates, "dead": books.dead},
        )
        + html.stacked(f"{count(books.size, 'byte')} read, by kind", books.bytes)
    )


def _problems(books: Ledger, manifests: Sequence[Manifest]) -> list[str]:
    """Return what does not add up in a run's books, or differs between the manifests, their files and the snapshots."""
    ledgers = [(m.run_id, Ledger(**m.ledger) - Ledger(**m.withdrawn)) for m in manifests]
    problems = [f"run {run_id}: {problem}" for run_id, ledger in ledgers for problem in ledger.imbalance()]
    rows: dict[str, int] = {}
    for file in live_files(manifests):
        rows[file.table] = rows.get(file.table, 0) + file.rows
    told = total(ledger for _, ledger in ledgers)
    problems += told.disagreements(rows)
    if told != books:
        problems.append(f"the manifests tell {told.as_dict()}, the snapshots {books.as_dict()}")
    return problems


def _time(ask: Ask) -> Raw:
    days = [(row["day"], row["items"]) for row in ask(_DAYS)]
    (totals,) = ask(_TOTALS)
    if not totals["items"]:
        return _nothing("no items")
    said = []
    drawn = Raw("")
    if days:
        told = html.axis(days)
        drawn = html.chart(told)
        if told.before:
            said.append(f"Not drawn: {count(told.before, 'earlier item')}, from {totals['first']} on. ")
        if told.after:
            said.append(f"Not drawn: {count(told.after, 'later item')}, up to {totals['last']}. ")
    if totals["undated"]:
        said.append(f"Without a date: {count(totals['undated'], 'item')}.")
    forms = {row["form"]: row["items"] for row in ask(_FORMS)}
    names = ("full", "teaser", "headline", "blurb")
    return Raw(
        html.paragraph("By the time of publication, UTC.", kind="dim")
        + drawn
        + (html.paragraph(*said, kind="dim") if said else "")
        + html.stacked("Items by how much of their text was seen", {name: forms.get(name, 0) for name in names})
    )


def _languages(ask: Ask) -> Raw:
    rows = ask(_LANGUAGES)
    if not rows:
        return _nothing("no items")
    note = ""
    if any(row["lang"] == "und" for row in rows):
        note = html.paragraph(Raw("<code>und</code>: the text does not tell its language."), kind="dim")
    return Raw(
        html.table(
            ["language", "items", "sources", "words"],
            [(r["lang"], r["items"], r["sources"], r["words"]) for r in rows[:_TOP]],
            share=1,
            last=_rest(rows, "language", lambda more: (*_sums(more, "items"), "", *_sums(more, "words"))),
        )
        + note
    )


def _sources(ask: Ask) -> Raw:
    rows = ask(_SOURCES)
    if not rows:
        return _nothing("no items")
    return html.table(
        ["source", "items", "later versions", "languages", "first", "last"],
        [
            (
                _name(r["source_name"]),
                r["items"],
                r["later"],
                _few(r["langs"], 6),
                html.day(r["first"]),
                html.day(r["last"]),
            )
            for r in rows[:_TOP]
        ],
        share=1,
        last=_rest(rows, "source", lambda more: (*_sums(more, "items", "later"), "", *_span(more))),
    )


def _interfaces(ask: Ask) -> Raw:
    rows = ask(_INTERFACES)
    if not rows:
        return _nothing("no page of a reader whose interface has a known language")
    langs: dict[str, list[str]] = {}
    for row in ask(_INTERFACE_STORIES):
        langs.setdefault(row["chrome_lang"], []).append(f"{row['lang']} {row['sightings']:,}")
    return Raw(
        html.paragraph(
            "The language of the reader's own words, beside the languages of the stories it shows.", kind="dim"
        )
        + html.table(
            ["interface", "snapshots", "stories", "languages of the stories"],
            [
                (r["chrome_lang"], r["snapshots"], r["stories"], _few(langs.get(r["chrome_lang"], []), 8))
                for r in rows[:_TOP]
            ],
            share=1,
            last=_rest(rows, "language", lambda more: (*_sums(more, "snapshots", "stories"), "")),
        )
    )


def _duplicates(ask: Ask) -> Raw:
    rows = ask(_RULES)
    if not rows:
        return _nothing("no duplicates")
    parts = [
        html.paragraph(
            "Each was counted, kept as a sighting and left out of the items. Of each rule one example.", kind="dim"
        )
    ]
    examples = {row["rule"]: row for row in ask(_DUPLICATES, [some for row in rows for some in row["some"]])}
    for row in rows:
        found = examples[row["rule"]]
        score = "" if found["score"] is None else f" (score {found['score']:.2f})"
        parts.append(html.heading(row["rule"], f"{row['sightings']:,}"))
        parts.append(
            html.facts(
                {
                    "left out": _sighting(found, ""),
                    "kept": _sighting(found, "winner_"),
                    "why": _WHY[row["rule"]] + score,
                }
            )
        )
    return Raw("".join(parts))


def _sighting(found: Mapping[str, Any], prefix: str) -> Raw:
    title = found[f"{prefix}title"] or "(no title)"
    place = f"{found[f'{prefix}snapshot_uri']}, story {found[f'{prefix}position'] + 1}"
    seen = found[f"{prefix}seen"]
    return Raw(f"{html.text(title)}<br><small>{html.text(place)}{f', captured {seen}' if seen else ''}</small>")


def _revisions(ask: Ask) -> Raw:
    ids = [row["item_id"] for row in ask(_REVISED)]
    if not ids:
        return _nothing("no item was seen to change")
    versions: dict[str, list[dict[str, Any]]] = {item_id: [] for item_id in ids}
    for row in ask(_VERSIONS, ids):
        versions[row["item_id"]].append(row)
    parts = []
    for of_item in versions.values():
        before, after = of_item[-2:]
        fields = [html.before_after(name, before[name], after[name]) for name in ("title", "summary", "body")]
        changes = [field for field in fields if field]
        if not changes:
            continue
        shown = html.link(after["title"] or "(no title)", after["url"])
        note = [_name(after["source_name"])]
        note += [html.text(f"version {len(of_item)}" + (f", first seen {after['seen']}" if after["seen"] else ""))]
        parts.append(html.heading(shown, Raw(" · ".join(note))) + "".join(changes))
        if len(parts) == _EXAMPLES:
            break
    if not parts:
        return _nothing("the latest changes are in no word of a title, summary or body")
    return Raw(html.paragraph("The newest version of an item, beside the one before it.", kind="dim") + "".join(parts))


def _clusters(ask: Ask) -> Raw:
    rows = ask(_CLUSTERS, _EXAMPLES)
    if not rows:
        return _nothing("no story is told by two named sources in much the same words")
    items: dict[str, list[dict[str, Any]]] = {row["story_id"]: [] for row in rows}
    for item in ask(_CLUSTER_ITEMS, list(items)):
        items[item["story_id"]].append(item)
    clusters = count(rows[0]["clusters"], "story is", "stories are")
    parts = [html.paragraph(f"{clusters} told by more than one source, in {rows[0]['all_items']:,} items.", kind="dim")]
    for row in rows:
        told = items[row["story_id"]]
        note = f"{count(row['items'], 'item')}, {count(row['sources'], 'source')}"
        parts.append(html.heading(html.text(told[0]["title"] or "(no title)"), note))
        lines = []
        for item in told[:8]:
            facts = " · ".join(html.text(said) for said in (item["lang"], item["published"]) if said)
            shown = html.link(item["title"] or "(no title)", item["url"])
            lines.append(Raw(f"{_name(item['source_name'])}: {shown} <small>{facts}</small>"))
        if len(told) > 8:
            lines.append(Raw(f"<small>and {len(told) - 8:,} more</small>"))
        parts.append(html.bullets(lines, "examples"))
    return Raw("".join(parts))


def _dead(ask: Ask) -> Raw:
    rows = ask(_DEAD)
    if not rows:
        return _nothing("nothing was declined")
    examples: dict[str, list[Raw]] = {}
    for row in ask(_DEAD_EXAMPLES):
        uri, start, end = row["place"]
        place = f"{html.text(uri)}, bytes {start:,} to {end:,}"
        times = "" if row["times"] == 1 else f"{row['times']:,} times, such as "
        said = Raw(f"{html.text(row['detail'])}<br><small>{times}{place}</small>")
        examples.setdefault(row["reason"], []).append(said)
    parts = [
        html.table(["reason", "dead letters", "bytes"], [(r["reason"], r["dead"], r["bytes"]) for r in rows], share=1)
    ]
    for row in rows:
        parts.append(html.heading(row["reason"], f"{row['dead']:,}"))
        parts.append(html.bullets(examples[row["reason"]], "examples"))
    return Raw("".join(parts))


def _removed(ask: Ask) -> Raw:
    rows = ask(_REMOVED)
    if not rows:
        return _nothing("no text was taken out")
    kinds = html.table(["kind", "stretches", "bytes"], [(r["kind"], r["stretches"], r["bytes"]) for r in rows], share=1)
    most = ask(_BOILERPLATE, _EXAMPLES)
    if not most:
        return Raw(kinds + _nothing("no publisher's boilerplate among it"))
    return Raw(
        kinds
        + html.heading("Boilerplate removed most often")
        + html.table(
            ["text", "language", "times", "snapshots"],
            [(r["said"], r["lang"], r["times"], r["snapshots"]) for r in most],
        )
    )


def _formats(ask: Ask) -> Raw:
    formats = ask(_FORMATS)
    if not formats:
        return _nothing("no snapshots")
    encodings = ask(_ENCODINGS)
    return Raw(
        html.table(
            ["format", "snapshots", "size", "stories", "dead"],
            [(_name(r["format"], "(declined)"), r["snapshots"], r["size"], r["stories"], r["dead"]) for r in formats],
            share=1,
        )
        + html.heading("Encodings")
        + (
            html.table(
                ["encoding", "snapshots", "characters that could not be read"],
                [(r["encoding"], r["snapshots"], r["replaced"]) for r in encodings[:_TOP]],
                share=1,
                last=_rest(encodings, "encoding", lambda more: _sums(more, "snapshots", "replaced")),
            )
            if encodings
            else _nothing("none is known")
        )
        + html.heading("Who says when it was captured")
        + html.table(
            ["from", "snapshots"],
            [(_name(r["captured_from"], "(not known)"), r["snapshots"]) for r in ask(_CAPTURED_FROM)],
            share=1,
        )
    )


def _nothing(said: str) -> Raw:
    return html.paragraph(f"Nothing here: {said}.", kind="dim")


def _name(value: str | None, absent: str = "(not shown)") -> Raw:
    return Raw(f'<span class="none">{absent}</span>') if value is None else html.text(value, 120)


def _between(row: Mapping[str, Any]) -> str:
    return f"on {row['first']}" if row["first"] == row["last"] else f"{row['first']} to {row['last']}"


def _few(words: Sequence[str], most: int) -> str:
    return ", ".join(words[:most]) + (f" and {len(words) - most} more" if len(words) > most else "")


def _rest(rows: Sequence[Mapping[str, Any]], noun: str, cells: Callable[[Sequence[Mapping[str, Any]]], tuple]) -> tuple:
    """Return the last row of a table: what is below its `_TOP` rows, named and summed."""
    more = rows[_TOP:]
    return (count(len(more), f"more {noun}"), *cells(more)) if more else ()


def _sums(rows: Sequence[Mapping[str, Any]], *names: str) -> tuple[int, ...]:
    return tuple(sum(row[name] for row in rows) for name in names)


def _span(rows: Sequence[Mapping[str, Any]]) -> tuple[Raw, Raw]:
    first = min((row["first"] for row in rows if row["first"]), default=None)
    last = max((row["last"] for row in rows if row["last"]), default=None)
    return html.day(first), html.day(last)
