"""The parts of a report's page: HTML that needs no script, no network and no other file.

All text is escaped unless it is `Raw`, and isolated, so that no title can break the page or turn its
neighbours around. Nothing here depends on a clock, a locale or an order of hashing.
"""

import datetime as dt
import difflib
import html
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

_BUCKETS = 120  # columns of a chart that can still be told apart
_TAIL = 0.01  # of the items at either end may be left out, and said, if the chart gets finer by it
_UNITS: tuple[tuple[str, int], ...] = (("day", 10), ("month", 7), ("year", 4))  # and their characters of an ISO date

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_TOKENS = re.compile("[\u3040-\u30ff\u3400-\u9fff]|[^\\s\u3040-\u30ff\u3400-\u9fff]+ ?| ")  # kana and kanji by one
_CONTEXT = 14  # tokens shown around what changed
_CHANGED = 120  # tokens of a change that are compared; difflib is cubic at its worst
_ALIKE = 0.4  # texts that share less are told as another text, not word by word


class Raw(str):
    """Text that is markup already."""


def text(value: str | None, most: int = 300) -> Raw:
    """Escape and isolates a text, cut to its first `most` characters.

    >>> text("<script> & co")
    '<bdi>&lt;script&gt; &amp; co</bdi>'
    >>> text(None)
    '<span class="none">–</span>'
    """
    if value is None:
        return Raw('<span class="none">–</span>')
    flat = value if len(value) <= most else value[: most - 1] + "…"
    return Raw(f"<bdi>{_escape(flat)}</bdi>")


def link(value: str | None, url: str | None) -> Raw:
    """Return a text that leads to its page, if the URL is one of the web.

    >>> link("News", "javascript:alert(1)")
    '<bdi>News</bdi>'
    """
    shown = text(value)
    if url is None or not re.match(r"https?://", url, re.IGNORECASE):
        return shown
    return Raw(f'<a href="{_escape(url)}" rel="noopener noreferrer">{shown}</a>')


def size(count: int) -> str:
    """
    >>> size(999), size(23390), size(5_000_000_000)
    ('999 bytes', '23.4 kB', '5.0 GB')
    """
    if count < 1000:
        return f"{count} bytes"
    scaled = float(count)
    for unit in ("kB", "MB", "GB"):
        scaled /= 1000
        if scaled < 999.95:
            return f"{scaled:.1f} {unit}"
    return f"{scaled / 1000:,.1f} TB"


def percent(part: int, whole: int) -> str:
    """
    >>> percent(1, 3), percent(1, 100000), percent(0, 0)
    ('33.3 %', '<0.1 %', '')
    """
    if not whole:
        return ""
    return "<0.1 %" if 0 < part < whole / 1000 else f"{100 * part / whole:.1f} %"


def paragraph(*parts: str, kind: str = "") -> Raw:
    return Raw(f"<p{_class(kind)}>{''.join(map(_markup, parts))}</p>")


def heading(title: str, note: str = "") -> Raw:
    return Raw(f"<h3>{_markup(title)}{f' <small>{_markup(note)}</small>' if note else ''}</h3>")


def bullets(lines: Iterable[str], kind: str = "") -> Raw:
    return Raw(f"<ul{_class(kind)}>{''.join(f'<li>{_markup(line)}</li>' for line in lines)}</ul>")


def facts(rows: Mapping[str, str]) -> Raw:
    """Names and what is said of them, as a list of two columns."""
    told = "".join(f"<dt>{_markup(name)}</dt><dd>{_markup(said)}</dd>" for name, said in rows.items())
    return Raw(f"<dl>{told}</dl>")


def tiles(*rows: tuple[int, str, str]) -> Raw:
    """Return numbers to see at a glance, each with what it counts: one, several."""
    told = "".join(
        f"<li><b>{number:,}</b><span>{one if number == 1 else several}</span></li>" for number, one, several in rows
    )
    return Raw(f'<ul class="tiles">{told}</ul>')


def day(value: str | None) -> Raw:
    """Return a date, which does not wrap."""
    return text(None) if value is None else Raw(f'<span class="day">{_escape(value)}</span>')


def table(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], *, share: int | None = None, last: Sequence[Any] = ()
) -> Raw:
    """Return a table: numbers stand right, with thousands separators.

    Args:
        columns: their names.
        rows: cells: int, str (escaped), Raw or None.
        share: the number of a column of ints, which is followed by what share each is of all.
        last: a row set apart: the rest, summed.
    """
    rows = list(rows)
    numbers = [any(isinstance(row[n], int) for row in rows) for n in range(len(columns))]
    most = whole = 0
    if share is not None:
        most = max((row[share] for row in rows), default=0)
        whole = sum(row[share] for row in [*rows, *([last] if last else [])])
    head = []
    for n, name in enumerate(columns):
        head.append(f'<th scope="col"{_class("n" if numbers[n] else "")}>{_escape(name)}</th>')
        if n == share:
            head.append('<th scope="col">share</th>')

    def cells(row: Sequence[Any], kind: str) -> str:
        told = []
        for n, value in enumerate(row):
            shown = f"{value:,}" if isinstance(value, int) else _markup(value) if value != "" else ""
            told.append(f"<td{_class('n' if numbers[n] else '')}>{shown}</td>")
            if n == share:
                # no bar for the rest: a sum is not on the scale of one row
                bar = f'<i style="width:{100 * value / most:.1f}%"></i>' if most and not kind else ""
                part = f"<small>{_escape(percent(value, whole))}</small>"
                told.append(f'<td class="share"><i class="bar">{bar}</i>{part}</td>')
        return f"<tr{_class(kind)}>{''.join(told)}</tr>\n"

    body = "".join(cells(row, "") for row in rows) + (cells(last, "rest") if last else "")
    return Raw(
        f'<div class="scroll"><table><thead><tr>{"".join(head)}</tr></thead>\n<tbody>{body}</tbody></table></div>'
    )


def stacked(name: str, parts: Mapping[str, int]) -> Raw:
    """One bar that shows what a whole is made of, and its numbers below."""
    whole = sum(parts.values())
    bar = "".join(
        f'<i class="k-{kind}" style="flex-grow:{100 * number / whole:.3f}" title="{kind}: {number:,}"></i>'
        for kind, number in parts.items()
        if number
    )
    legend = "".join(
        f'<li{_class("" if number else "zero")}><i class="k-{kind}"></i><span>{kind}</span> <b>{number:,}</b>'
        f"{f' <small>{_escape(percent(number, whole))}</small>' if number else ''}</li>"
        for kind, number in parts.items()
    )
    return Raw(
        f'<figure><figcaption>{_markup(name)}</figcaption><div class="stack" aria-hidden="true">{bar}</div>'
        f'<ul class="legend">{legend}</ul></figure>'
    )


class Axis(NamedTuple):
    """How days are put together so that a chart can be read."""

    unit: str  # day | month | year
    labels: tuple[str, ...]  # of every bucket, empty ones too
    counts: tuple[int, ...]
    before: int  # items that are earlier than the first bucket
    after: int


def axis(days: Sequence[tuple[str, int]]) -> Axis:
    """Cut time into the finest unit that a chart has room for.

    Feeds hold strays: one date of 1970 would turn a month of days into half a century of years. So
    up to 1 % of the items at either end are counted apart, if what is left can be shown more finely.

    Args:
        days: ISO dates in order, at least one, and how many items each has.

    >>> axis([("2025-01-30", 2), ("2025-02-01", 1)])
    Axis(unit='day', labels=('2025-01-30', '2025-01-31', '2025-02-01'), counts=(2, 0, 1), before=0, after=0)
    >>> axis([("1970-01-01", 1), ("2025-01-01", 500)])[::3]
    ('day', 1)
    """
    whole = sum(number for _, number in days)
    first, last, seen = 0, len(days) - 1, 0
    while (seen := seen + days[first][1]) <= whole * _TAIL:
        first += 1
    seen = 0
    while (seen := seen + days[last][1]) <= whole * _TAIL:
        last -= 1
    kept = days if _unit(days) <= _unit(days[first : last + 1]) else days[first : last + 1]
    unit, chars = _UNITS[_unit(kept)]
    counts: dict[int, int] = {}
    for day, number in kept:
        counts[_bucket(day, unit)] = counts.get(_bucket(day, unit), 0) + number
    buckets = range(min(counts), max(counts) + 1)
    return Axis(
        unit,
        tuple(_label(bucket, unit)[:chars] for bucket in buckets),
        tuple(counts.get(bucket, 0) for bucket in buckets),
        sum(number for day, number in days if day < kept[0][0]),
        sum(number for day, number in days if day > kept[-1][0]),
    )


def chart(told: Axis) -> Raw:
    """Return columns of items over time. The drawing stretches to the page; what is written beside it does not."""
    top = _round_up(max(told.counts))
    slots = len(told.counts)
    slot = 1000 / slots
    width = min(slot * 0.84, 36)
    columns = "".join(
        f'<rect x="{slot * n + (slot - width) / 2:.2f}" y="{200 - 200 * number / top:.2f}" width="{width:.2f}"'
        f' height="{200 * number / top:.2f}"><title>{label}: {number:,}</title></rect>'
        for n, (label, number) in enumerate(zip(told.labels, told.counts, strict=True))
        if number
    )
    marks = range(slots) if slots <= 4 else [round(n * (slots - 1) / 3) for n in range(4)]
    ticks = "".join(f'<span style="left:{100 * (n + 0.5) / slots:.2f}%">{told.labels[n]}</span>' for n in marks)
    peak = max(range(slots), key=lambda n: told.counts[n])
    summary = f"Items by {told.unit}, {told.labels[0]} to {told.labels[-1]}. "
    summary += f"Most: {told.counts[peak]:,} {'on' if told.unit == 'day' else 'in'} {told.labels[peak]}."
    numbers = table(
        [told.unit, "items"],
        [(label, number) for label, number in zip(told.labels, told.counts, strict=True) if number],
        share=1,
    )
    half = f"{top // 2:,}" if top % 2 == 0 else ""
    return Raw(
        f'<figure class="chart"><figcaption>{_escape(summary)}</figcaption><div class="plot">'
        f'<div class="y" aria-hidden="true"><span>{top:,}</span><span>{half}</span><span>0</span></div>'
        '<div class="area"><svg viewBox="0 0 1000 200" preserveAspectRatio="none" role="img"'
        f' aria-label="{_escape(summary)}">'
        '<path class="grid" d="M0 0H1000M0 100H1000M0 200H1000"/>'
        f'{columns}</svg><div class="x{" ends" if slots > 12 else ""}" aria-hidden="true">{ticks}</div></div></div>'
        f"<details><summary>the numbers</summary>{numbers}</details></figure>"
    )


def before_after(name: str, before: str | None, after: str | None) -> Raw | None:
    """Show what changed in a text, with some words around it; None if no word did.

    >>> "<del>rain</del>" in before_after("title", "It will rain", "It will snow")
    True
    """
    old, new = (_TOKENS.findall(" ".join((value or "").split())) for value in (before, after))
    if [token.strip() for token in old] == [token.strip() for token in new]:
        return None
    shorter = min(len(old), len(new))
    start = next((n for n in range(shorter) if old[n].strip() != new[n].strip()), shorter)
    end = next((n for n in range(shorter - start) if old[-1 - n].strip() != new[-1 - n].strip()), shorter - start)
    lead = old[max(0, start - _CONTEXT) : start]
    head = ("… " if start > _CONTEXT else "") + _escape("".join(lead))
    tail = _escape("".join(old[len(old) - end :][:_CONTEXT])) + (" …" if end > _CONTEXT else "")
    was, now = old[start : len(old) - end], new[start : len(new) - end]
    left, right = _marked(was[:_CHANGED], now[:_CHANGED])
    cells = []
    for kind, absent, marked, cut in (
        ("before", before is None, left, len(was) > _CHANGED),
        ("after", after is None, right, len(now) > _CHANGED),
    ):
        said = '<span class="none">(none)</span>' if absent else f"{head}{marked}{' … ' if cut else ''}{tail}"
        cells.append(f'<div><h4>{_escape(name)} {kind}</h4><p dir="auto">{said}</p></div>')
    return Raw(f'<div class="change">{"".join(cells)}</div>')


def page(title: str, lede: str, sections: Sequence[tuple[str, str, str]], foot: str) -> str:
    """Return the whole page. Sections: the name of their anchor, title, markup."""
    contents = "".join(f'<a href="#{anchor}">{_escape(name)}</a>' for anchor, name, _ in sections)
    body = "\n".join(
        f'<section id="{anchor}"><h2>{_escape(name)}</h2>\n{content}</section>' for anchor, name, content in sections
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light dark">\n'
        f"<title>{_escape(title)}</title>\n<style>{_STYLE}</style></head>\n<body>\n"
        f'<header><h1>{_escape(title)}</h1>{lede}</header>\n<nav aria-label="Contents">{contents}</nav>\n'
        f"<main>\n{body}\n</main>\n<footer>{foot}</footer>\n</body></html>\n"
    )


def _escape(value: str) -> str:
    return html.escape(_CONTROL.sub("\ufffd", value))


def _markup(value: str | None) -> str:
    return value if isinstance(value, Raw) else text(value)


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""


def _bucket(day: str, unit: str) -> int:
    year, month = int(day[:4]), int(day[5:7])
    return {"day": dt.date.fromisoformat(day).toordinal, "month": lambda: year * 12 + month - 1, "year": lambda: year}[
        unit
    ]()


def _label(bucket: int, unit: str) -> str:
    if unit == "day":
        return dt.date.fromordinal(bucket).isoformat()
    return f"{bucket // 12:04}-{bucket % 12 + 1:02}" if unit == "month" else f"{bucket:04}"


def _unit(days: Sequence[tuple[str, int]]) -> int:
    """Return the finest of `_UNITS` in which this stretch of time can be drawn."""
    for n, (unit, _) in enumerate(_UNITS):
        if _bucket(days[-1][0], unit) - _bucket(days[0][0], unit) < _BUCKETS:
            return n
    return len(_UNITS) - 1


def _round_up(number: int) -> int:
    """
    >>> [_round_up(n) for n in (1, 3, 41, 578)]
    [1, 4, 50, 600]
    """
    power = 1
    while True:
        for step in (1, 2, 4, 5, 6, 8):
            if step * power >= number:
                return step * power
        power *= 10


def _marked(was: list[str], now: list[str]) -> tuple[str, str]:
    """Both sides of a change, with the words that only one of them has marked."""
    match = difflib.SequenceMatcher(None, was, now, autojunk=False)
    operations: Sequence[tuple[str, int, int, int, int]] = match.get_opcodes()
    if match.ratio() < _ALIKE:
        operations = [("replace", 0, len(was), 0, len(now))]
    left, right = [], []
    for kind, a, b, c, d in operations:
        gone, come = "".join(was[a:b]), "".join(now[c:d])
        left.append(_escape(gone) if kind == "equal" else _mark("del", gone))
        right.append(_escape(come) if kind == "equal" else _mark("ins", come))
    return "".join(left), "".join(right)


def _mark(tag: str, said: str) -> str:
    words = said.rstrip()
    return (f"<{tag}>{_escape(words)}</{tag}>" if words else "") + said[len(words) :]


_STYLE = """
:root { color-scheme: light dark; --ground: #fff; --raised: #f6f5f2; --ink: #1d1f23; --dim: #62666f; --line: #dedcd5;
  --accent: #1f5f99; --good: #1d6b43; --good-ground: #e5f3ea; --bad: #a3271f; --bad-ground: #fbe7e4;
  --bar: #b5cfe8; --blue: #3b7dbd; --amber: #d9962e; --violet: #8d6bb8; --green: #3d9467; --red: #c9473c;
  --slate: #8a93a1; --pale: #c6ccd5; }
@media screen and (prefers-color-scheme: dark) { :root { --ground: #16181c; --raised: #1f2227; --ink: #e6e6e3;
  --dim: #9da2ab; --line: #343840; --accent: #86b9ea; --good: #86d3a5; --good-ground: #173324; --bad: #f3a199;
  --bad-ground: #421d1a; --bar: #35597f; --blue: #5b9bd8; --amber: #dba246; --violet: #a98ad2; --green: #55ad80;
  --red: #dd6a5f; --slate: #78818f; --pale: #4d5561; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 62rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
h1 { margin: 0 0 .5rem; font-size: 1.9rem; line-height: 1.2; letter-spacing: -.02em; }
h2 { margin: 0 0 .9rem; padding-top: 1.4rem; border-top: 1px solid var(--line); font-size: 1.3rem; line-height: 1.3; }
h3 { margin: 1.6rem 0 .5rem; font-size: 1rem; }
h3 small { display: inline-block; margin-left: .35rem; font-weight: 400; }
h3 a { text-decoration: none; }
h3 a:hover { text-decoration: underline; }
h4 { margin: 0 0 .15rem; color: var(--dim); font-size: .75rem; font-weight: 400; }
p, ul, dl, figure { margin: 0 0 1rem; }
ul { padding-left: 1.2rem; }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: .15em; }
bdi, h3, p { overflow-wrap: anywhere; }
small, .dim, .none { color: var(--dim); }
code { font: .875em ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.lede { font-size: 1.1rem; }
.day { white-space: nowrap; }
table, .legend, .tiles, .x, .y { font-variant-numeric: tabular-nums; }
nav { display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; margin: 1.25rem 0 2rem; font-size: .9rem; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
section { margin: 0 0 2.6rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .6rem; margin: 1.4rem 0;
  padding: 0; list-style: none; }
.tiles li, .balance, .change, dl { padding: .7rem .9rem; border-radius: .5rem; background: var(--raised); }
.tiles b { display: block; font-size: 1.45rem; font-weight: 600; line-height: 1.25; }
.tiles span { color: var(--dim); font-size: .85rem; }
.balance { background: var(--good-ground); color: var(--good); }
.balance.bad { background: var(--bad-ground); color: var(--bad); }
figcaption { margin-bottom: .45rem; }
.stack { display: flex; gap: 2px; height: 1.5rem; overflow: hidden; border-radius: .3rem; background: var(--raised); }
.stack i { flex: 0 1 0; min-width: 2px; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; margin: .5rem 0 1.6rem; padding: 0; list-style: none;
  font-size: .875rem; }
.legend i { display: inline-block; width: .7rem; height: .7rem; margin-right: .4rem; border-radius: .15rem; }
.zero { color: var(--dim); }
.zero b { font-weight: 400; }
.k-new, .k-story, .k-full { background: var(--blue); }
.k-revisions, .k-chrome, .k-headline { background: var(--amber); }
.k-boilerplate, .k-blurb { background: var(--violet); }
.k-teaser { background: var(--green); }
.k-duplicates, .k-markup { background: var(--slate); }
.k-space { background: var(--pale); }
.k-dead { background: var(--red); }
.scroll { overflow-x: auto; margin: 0 0 1rem; }
table { width: 100%; border-collapse: collapse; font-size: .9rem; }
th, td { padding: .32rem 1.1rem .32rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th:last-child, td:last-child { padding-right: 0; }
th { color: var(--dim); font-size: .8rem; font-weight: 400; white-space: nowrap; }
td { min-width: 4rem; }
td:first-child { min-width: 8rem; }
.n { min-width: 0; text-align: right; white-space: nowrap; }
.share { white-space: nowrap; }
.bar { display: inline-block; width: 6rem; height: .7rem; margin-right: .6rem; }
.bar i { display: block; min-width: 2px; height: 100%; border-radius: .15rem; background: var(--bar); }
.rest td { border-bottom: 0; color: var(--dim); }
.plot { display: flex; gap: .6rem; padding-top: .4rem; }
.y { display: flex; flex-direction: column; justify-content: space-between; height: 12rem; color: var(--dim);
  font-size: .75rem; line-height: 1; text-align: right; }
.y span:first-child { transform: translateY(-40%); }
.y span:last-child { transform: translateY(40%); }
.area { flex: 1; min-width: 0; }
.chart svg { display: block; width: 100%; height: 12rem; overflow: visible; }
.chart rect { fill: var(--blue); }
.chart rect:hover { fill: var(--amber); }
.grid { stroke: var(--line); stroke-width: 1px; vector-effect: non-scaling-stroke; }
.x { position: relative; height: 1.7rem; color: var(--dim); font-size: .75rem; }
.x span { position: absolute; top: .4rem; transform: translateX(-50%); white-space: nowrap; }
.x.ends span:first-child { left: 0 !important; transform: none; }
.x.ends span:last-child { right: 0; left: auto !important; transform: none; }
summary { color: var(--accent); font-size: .875rem; cursor: pointer; }
details table { max-width: 28rem; margin-top: .5rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; font-size: .9rem; }
dt { color: var(--dim); }
dd { min-width: 0; margin: 0; }
.change { display: grid; grid-template-columns: 1fr 1fr; gap: .8rem 1.4rem; margin: 0 0 .6rem; font-size: .9rem; }
.change div { min-width: 0; }
.change p { margin: 0; }
del { background: var(--bad-ground); color: var(--bad); text-decoration-thickness: 1px; }
ins { background: var(--good-ground); color: var(--good); text-decoration: none; }
.examples { font-size: .9rem; }
.examples li { margin-bottom: .3rem; }
footer { padding-top: 1rem; border-top: 1px solid var(--line); color: var(--dim); font-size: .875rem; }
@media (max-width: 40rem) {
  body { padding: 1.5rem 1rem 3rem; }
  .tiles { grid-template-columns: 1fr 1fr; }
  .change, dl { grid-template-columns: 1fr; }
  dd { margin-bottom: .4rem; }
  .bar { display: none; }
  th, td { padding-right: .8rem; }
  td:first-child { min-width: 6rem; }
}
@media print {
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav, details { display: none; }
  h2, h3, figcaption { break-after: avoid; }
  tr, figure, .change, dl, .tiles li, .examples li { break-inside: avoid; }
  .scroll { overflow: visible; }
  a { color: inherit; }
}
"""
