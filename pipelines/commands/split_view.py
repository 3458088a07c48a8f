"""A snapshot as a person checks it: stories in colour, the rest dimmed, what was taken out and why.

How sure each story is stands at its left, for the eye to run down: nothing for one that is sure, `~` for one that may
be wrong in part, `?` for one that should be looked at; and below it in numbers, its bounds apart from its fields.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from feedmill.pipelines.wording import count, iso, plain, screen
from feedmill.transforms.rows.story import DeadSpan, Snapshot, Split, Story
from feedmill.transforms.text.language.story import detect_story
from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:  # what reads dumps needs numpy, which takes a tenth of a second to import
    from feedmill.transforms.formats.dumps.why import Line, Template

_EXCERPT = 160  # characters of a body, and of each stretch between stories
_SURE, _FAIR = 0.9, 0.7  # confidences from which a story is called sure, and fair
_SIGNS = {
    "sure": (" ", "green"),
    "fair": ("~", "yellow"),
    "unsure": ("?", "red"),
}  # how a story is marked, and its colour
_ALL = 0.995  # a confidence from which nothing is said of it
_DOUBT = 0.2  # likelihood of another label from which it is told, too
_ORDERS = 5  # orders of labels that are shown


def show(snapshot: Snapshot, outcome: Split | DeadSpan) -> None:
    """Print a snapshot to the terminal, or without colour to a file."""
    console = screen()
    console.print(Text(plain(snapshot.uri), style="bold"), Text(f"{len(snapshot.data):,} bytes", style="dim"))
    if isinstance(outcome, DeadSpan):
        _reject(console, outcome)
        return
    facts = [
        f"{outcome.format}, in {outcome.envelope}" if outcome.envelope else outcome.format,
        outcome.encoding,
        count(len(outcome.stories), "story", "stories"),
    ]
    if outcome.chrome_lang:
        facts.append(f"interface in {outcome.chrome_lang}")
    if outcome.source_name:
        facts.append(outcome.source_name)
    if outcome.replaced_chars:
        facts.append(f"{count(outcome.replaced_chars, 'character')} could not be decoded")
    console.print(Text("  " + " · ".join(facts), style="dim"))
    if any(story.confidence < _ALL for story in outcome.stories):
        _shares(console, outcome.stories)
    taken: dict[int, list[str]] = {}
    for gone in outcome.removed:
        if gone.story is not None:
            taken.setdefault(gone.story, []).append(f"{gone.kind}: {_excerpt(gone.text, 90)}")
    loose = [gone for gone in outcome.removed if gone.story is None]
    events: list[tuple[int, int]] = [(s.byte_start, n) for n, s in enumerate(outcome.stories)]
    events += [(gone.start, -1 - n) for n, gone in enumerate(loose)]
    for _, n in sorted(events):
        if n < 0:
            gone = loose[-1 - n]
            console.print(Text(f"   {gone.kind:>11}  {_excerpt(gone.text)}", style="dim"))
        else:
            _story(console, n, outcome.stories[n], taken.get(n, []))
    for reject in outcome.rejects:
        _reject(console, reject)
    console.print()


def _story(console: Console, number: int, story: Story, taken: list[str]) -> None:
    lang = detect_story(story.title, story.body or story.summary, story.lang_declared).lang
    sign, colour = _SIGNS[_called(story.confidence)]
    title = Text(plain(story.title or "(no title)"), style=f"bold {colour}" if story.title else f"italic {colour}")
    console.print(Text(f"{sign}{number + 1:>3}  ", style=f"bold {colour}") + title)
    facts = [story.source_name, ", ".join(story.authors), iso(story.published_at), lang, story.form, story.url]
    console.print(Text(f"      {' · '.join(fact for fact in facts if fact)}", style="yellow"))
    if story.confidence < _ALL:
        parts = {"bounds": story.confidence_bounds, "fields": story.confidence_fields}
        told = {name: sure for name, sure in parts.items() if sure is not None} or {"it": story.confidence}
        line = Text("      sure of ", style="dim")
        for name, sure in told.items():
            line += Text(f"{name} {sure:.0%}", style=_SIGNS[_called(sure)][1]) + Text("  ")
        console.print(line)
    if story.summary:
        console.print(Text(f"      {_excerpt(story.summary)}", style="italic"))
    if story.body:
        console.print(Text(f"      {_excerpt(story.body)} ({len(story.body):,} characters)"))
    for what in taken:
        console.print(Text(f"      − {what}", style="dim red"))


def _called(confidence: float) -> str:
    return "sure" if confidence >= _SURE else "fair" if confidence >= _FAIR else "unsure"


def _shares(console: Console, stories: Sequence[Story]) -> None:
    """Say how many stories are sure, fair and unsure."""
    told = Text("  ")
    for name, (sign, colour) in _SIGNS.items():
        many = sum(_called(story.confidence) == name for story in stories)
        if many:
            told += Text(
                f"{', ' if len(told) > 2 else ''}{many:,} {name}{f' ({sign})' if sign.strip() else ''}", colour
            )
    console.print(told)


def show_why(template: "Template", lines: "Sequence[Line]", confidence: float) -> None:
    """Print what the stories of a page share, and for each of its lines the label, how likely it is, and by what."""
    console = screen()
    console.print(
        Text(f"  why: {count(template.stories, 'story', 'stories')}, {confidence:.0%} sure on the whole", "bold")
    )
    for name, share in template.shares:
        console.print(Text(f"    {share:>4.0%}  {name}", style="green" if share >= _SURE else "yellow"))
    for labels, stories in template.orders[:_ORDERS]:
        console.print(Text(f"    {stories:>4,} × {' '.join(labels)}", style="dim"))
    if len(template.orders) > _ORDERS:
        rest = sum(stories for _, stories in template.orders[_ORDERS:])
        console.print(Text(f"    {rest:>4,} × {count(len(template.orders) - _ORDERS, 'other order')}", style="dim"))
    for line in lines:
        colour = "dim" if line.story is None else _SIGNS[_called(line.likely)][1]
        number = f"{line.story + 1:>4}" if line.begins and line.story is not None else "    "
        told = Text(f"  {number} {line.likely:>4.0%} {line.label:<7} ", style=colour)
        told += Text(plain(_excerpt(line.text, 70)))
        if line.less >= _DOUBT:
            told += Text(f"  (or {line.other}, {line.less:.0%})", style="yellow")
        console.print(told)
        if line.evidence:
            by = ", ".join(f"{kind} {weight:.1f}" for kind, weight in line.evidence)
            console.print(Text(f"{'':20}by {by}", style="dim"))
    console.print()


def _reject(console: Console, reject: DeadSpan) -> None:
    console.print(Text(f"  ✗ bytes {reject.start:,} to {reject.end:,}: {reject.reason}: {reject.detail}", style="red"))


def _excerpt(text: str, length: int = _EXCERPT) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= length else flat[: length - 1] + "…"
