"""A snapshot as a person checks it: stories in colour, the rest dimmed, what was taken out and why."""

from feedmill.pipelines.wording import count, iso, plain, screen
from feedmill.transforms.rows.story import DeadSpan, Snapshot, Split, Story
from feedmill.transforms.text.language.story import detect_story
from rich.console import Console
from rich.text import Text

_EXCERPT = 160  # characters of a body, and of each stretch between stories


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
    title = Text(plain(story.title or "(no title)"), style="bold green")
    console.print(Text(f"{number + 1:>4}  ", style="bold cyan") + title)
    facts = [story.source_name, ", ".join(story.authors), iso(story.published_at), lang, story.form, story.url]
    line = " · ".join(fact for fact in facts if fact)
    if story.confidence < 0.995:
        line += f" · {story.confidence:.0%} sure"
    console.print(Text(f"      {line}", style="yellow"))
    if story.summary:
        console.print(Text(f"      {_excerpt(story.summary)}", style="italic"))
    if story.body:
        console.print(Text(f"      {_excerpt(story.body)} ({len(story.body):,} characters)"))
    for what in taken:
        console.print(Text(f"      − {what}", style="dim red"))


def _reject(console: Console, reject: DeadSpan) -> None:
    console.print(Text(f"  ✗ bytes {reject.start:,} to {reject.end:,}: {reject.reason}: {reject.detail}", style="red"))


def _excerpt(text: str, length: int = _EXCERPT) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= length else flat[: length - 1] + "…"
