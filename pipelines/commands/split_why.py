"""`feedmill split --why`: why a page was cut as it was, where what repeats on it decided."""

import collections
import re

import numpy as np
from feedmill.pipelines.wording import count, plain, screen
from feedmill.transforms.failures import Rejected
from feedmill.transforms.formats.dumps.decode import agreed
from feedmill.transforms.formats.dumps.evidence import find_evidence
from feedmill.transforms.formats.dumps.labeller import STATES, label
from feedmill.transforms.formats.dumps.split import Dump, read_dump
from feedmill.transforms.formats.dumps.units import Page, Unit
from feedmill.transforms.rows.story import DeadSpan, Snapshot, Split
from feedmill.transforms.text.decode import decode
from rich.text import Text

# formats that are read by what repeats; of the others their own grammar decides
LEARNED = frozenset(("page_html", "blurbs", "multi_story"))
_NEAR = 3  # units around a line that are shown to the labeller alone
_SHAPES = 4  # orders of a story's parts that are shown
_REASONS = 4
_EXCERPT = 70
_LEAST = 0.02  # a change of probability that is worth a line
_NAMES = np.array([name for name, _ in STATES])
_WORD = re.compile(r"[^\W\d_]")


def why(snapshot: Snapshot, outcome: Split | DeadSpan, line: int | None) -> None:
    """Print the template that was found on a page, and what each line is, or `line` (from 1) with its reasons."""
    console = screen()
    if isinstance(outcome, Split) and outcome.format not in LEARNED and not _unsure(outcome):
        console.print(Text(f"  {outcome.format} is read by its own grammar: nothing was guessed", style="dim"))
        return
    try:
        text = decode(snapshot).text
    except Rejected:
        return
    markup = outcome.format.endswith("html") if isinstance(outcome, Split) else text.lstrip()[:1] == "<"
    dump = read_dump(text, markup=markup)
    if not dump.page.units:
        console.print(Text("  nothing on it could be read", style="dim"))
        return
    for row in template_of(dump):
        console.print(Text(f"  {row}"))
    likely = np.exp(agreed(label(find_evidence(dump.page)), dump.page))
    numbers = line_numbers(dump)
    shown = [n for n, number in enumerate(numbers) if line is None or number == line]
    if not shown:
        console.print(Text(f"  line {line} holds nothing", style="dim"))
    first = {record.pieces[0].unit: k for k, record in enumerate(dump.reading.records)}
    for n in shown:
        if n in first:
            sure = dump.sure[first[n]]
            head = f"  story {first[n] + 1}: bounds {sure.bounds:.0%}, fields {sure.fields:.0%} sure"
            console.print(Text(head, style="bold cyan"))
        name, share, other, less = _told(likely[n], dump.reading.labels[n])
        row = f"{numbers[n]:>6}  {name:<8}{share:>5.0%}  {_cut(dump.page.units[n].text)}"
        if less >= 0.2:
            row += f"  (or {other}, {less:.0%})"
        console.print(Text(plain(row), style="red" if share < 0.6 else "dim" if name == "chrome" else ""))
        if line is not None:
            for reason in reasons_for(dump.page, n, dump.reading.labels[n]):
                console.print(Text(f"              {reason}", style="yellow"))
    console.print()


def _unsure(split: Split) -> bool:
    """Whether a page of a reader was read by what repeats on it, and not by the reader's marks."""
    return split.format.startswith("freshrss") and any(s.confidence_bounds is not None for s in split.stories)


def template_of(dump: Dump) -> list[str]:
    """Return in which order the stories of a page say what, and how many say each, in words."""
    records = dump.reading.records
    if not records:
        return ["no story was found on it"]
    orders = collections.Counter(tuple(dict.fromkeys(piece.label for piece in r.pieces)) for r in records)
    holders = collections.Counter(name for order, times in orders.items() for name in order * times)
    each = [f"{name} {times / len(records):.0%}" for name, times in holders.most_common()]
    out = [f"{count(len(records), 'story', 'stories')}, of which have: {', '.join(each)}"]
    for order, times in sorted(orders.items(), key=lambda item: (-item[1], item[0]))[:_SHAPES]:
        out.append(f"{times / len(records):>5.0%}  {' > '.join(order)}")
    if len(orders) > _SHAPES:
        out.append(f"       and {count(len(orders) - _SHAPES, 'other order')}")
    return out


def line_numbers(dump: Dump) -> list[int]:
    """Return the number of each unit's line in the text, from 1; of a web page, in its text as it is seen."""
    numbers, at, number = [], 0, 1
    for unit in dump.page.units:
        number += dump.text.count("\n", at, unit.start)
        at = unit.start
        numbers.append(number)
    return numbers


def _told(likely: np.ndarray, name: str) -> tuple[str, float, str, float]:
    """Return a unit's label and how likely it is, and the likeliest other."""
    shares = {one: float(likely[one == _NAMES].sum()) for one in dict.fromkeys(_NAMES.tolist())}
    other = max((one for one in shares if one != name), key=lambda one: (shares[one], one))
    return name, shares[name], other, shares[other]


def reasons_for(page: Page, n: int, name: str) -> list[str]:
    """Return what of a line and of what stands around it made it what it is, the strongest first.

    Each is left out in turn and the page is read again: what changes the label's probability most counted most.
    """
    whole = _share(page, n, name)
    found = []
    for what, units, at in _without(page.units, n):
        share = _share(page._replace(units=units), at, name)
        if abs(whole - share) >= _LEAST:
            found.append((abs(whole - share), f"{what}: {name} would be {share:.0%}, and not {whole:.0%}"))
    found.sort(key=lambda item: (-item[0], item[1]))
    return [reason for _, reason in found[:_REASONS]] or ["no single thing decides: all of it agrees"]


def _share(page: Page, n: int, name: str) -> float:
    return float(np.exp(label(find_evidence(page))[n][name == _NAMES]).sum())


def _without(units: list[Unit], n: int) -> list[tuple[str, list[Unit], int]]:
    """Return the page without one thing each: in words, the units, and which of them is the one asked about."""
    unit = units[n]

    def changed(**fields: object) -> list[Unit]:
        return [*units[:n], unit._replace(**fields), *units[n + 1 :]]  # type: ignore[arg-type]

    out = []
    if unit.blank_before:
        out.append(("without the gap above it", changed(blank_before=0), n))
    elif unit.part == 0:
        out.append(("with a gap above it", changed(blank_before=1), n))
    if unit.mark or unit.before.strip():
        out.append((f"without the mark {(unit.mark or unit.before).strip()!r}", changed(mark="", before=""), n))
    if unit.indent:
        out.append(("at the margin", changed(indent=0), n))
    if unit.when:
        out.append(("if its date were none", changed(when=0), n))
    hidden = _WORD.sub(lambda letter: "X" if letter[0].isupper() else "x", unit.text)
    out.append(("whatever its words are", changed(text=hidden), n))
    above = [i for i in range(n) if units[i].line == unit.line - 1]
    below = [i for i in range(n + 1, len(units)) if units[i].line == unit.line + 1]
    beside = [i for i in range(len(units)) if i != n and units[i].line == unit.line]
    for what, gone in (("line above", above), ("line below", below), ("rest of its line", beside)):
        if gone:
            left = [u for i, u in enumerate(units) if i not in set(gone)]
            out.append((f"without the {what}", left, n - sum(i < n for i in gone)))
    near = range(max(0, n - _NEAR), min(len(units), n + _NEAR + 1))
    if len(near) < len(units):
        out.append(("without what the rest of the page repeats", [units[i] for i in near], n - near[0]))
    return out


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _EXCERPT else flat[: _EXCERPT - 1] + "…"
