"""Damage pages as mail programs, editors, wrong charsets and cut files do, and keep their fields right.

Each damage is a function of (rng, sample) that returns a sample; most are edits of stretches of the text (`edit`), under
which fields move with their characters. What the text shows of the stories is told anew afterwards.
"""

from __future__ import annotations

import bisect
import random
import re
from collections.abc import Callable, Iterable

from tests.training.page import Field, Sample, pieces, truths

Edit = tuple[int, int, str]  # characters from, to, what stands there instead


def edit(sample: Sample, edits: Iterable[Edit]) -> Sample:
    """Return the sample with stretches of its text replaced; edits are in order and don't overlap.

    A field keeps what is left of it. Text put in at a field's edge is outside of it; within it, it is part of it.
    """
    text, out, at = sample.text, [], 0
    starts, ends, news, shifts = [], [], [], []  # of the edits in the old text, and of what they put in in the new
    size = 0
    for start, end, new in edits:
        out += [text[at:start], new]
        size += start - at
        starts.append(start)
        ends.append(end)
        news.append(size)
        size += len(new)
        shifts.append(size - end)
        at = end
    out.append(text[at:])
    clean = "".join(out)

    def first(place: int) -> int:
        """Where a field that started at `place` starts."""
        k = bisect.bisect_right(starts, place) - 1
        if k < 0:
            return place
        if starts[k] == place and ends[k] > place:
            return news[k]  # its first characters are replaced
        return shifts[k] + max(place, ends[k])

    def last(place: int) -> int:
        """Where a field that ended at `place` ends."""
        k = bisect.bisect_left(starts, place) - 1
        if k < 0:
            return place
        if ends[k] > place:
            return news[k]  # an edit over the field's end
        return shifts[k] + place

    moved = [(first(f.start), last(f.end), f.label, f.story) for f in sample.fields]
    return again(sample, clean, moved)


def again(sample: Sample, text: str, stretches: Iterable[tuple[int, int, str, int]]) -> Sample:
    """Return a sample of a text and its stretches: trimmed, told anew.

    A story that kept neither a title nor a word of its text is no story of the page any more.
    """
    found: list[Field] = []
    for start, end, label, story in stretches:
        if start < end:
            found.extend(pieces(text[start:end], label, story, start))
    kept_stories = {f.story for f in found if f.label in ("title", "teaser", "body")} | {-1}
    fields = [f for f in found if f.story in kept_stories]
    order: dict[int, int] = {}
    for f in fields:
        if f.story >= 0:
            order.setdefault(f.story, len(order))
    kept = tuple(f._replace(story=order[f.story]) if f.story >= 0 else f for f in fields)
    old = list(order)
    dated: set[int] = set()
    day = False
    for f in kept:
        day = day or f.label == "day"
        if f.label == "date" or (day and f.story >= 0):
            dated.add(f.story)
    told = truths(text, kept, [sample.stories[o]["published_at"] if n in dated else None for n, o in enumerate(old)])
    above: str | None = None
    for said, o in zip(told, old, strict=True):
        if said["source"] is None and sample.stories[o]["source"] is not None and above is not None:
            said["source"] = above  # named in a heading
        above = said["source"] or above
    return sample._replace(text=text, fields=kept, stories=told)


def replace(sample: Sample, pattern: str | re.Pattern[str], new: str | Callable[[re.Match[str]], str]) -> Sample:
    """Return the sample with each match of a pattern replaced."""
    found = []
    for hit in re.finditer(pattern, sample.text):
        text = new(hit) if callable(new) else new
        if text != hit.group():
            found.append((hit.start(), hit.end(), text))
    return edit(sample, found)


def crlf(rng: random.Random, sample: Sample) -> Sample:
    return replace(sample, "\n", "\r\n")


def old_mac(rng: random.Random, sample: Sample) -> Sample:
    return replace(sample, "\n", "\r")


def strip_indents(rng: random.Random, sample: Sample) -> Sample:
    return replace(sample, r"(?m)^[ \t\xa0]+", "")


def strip_ends(rng: random.Random, sample: Sample) -> Sample:
    return replace(sample, r"(?m)[ \t]+$", "")


def drop_blank_lines(rng: random.Random, sample: Sample) -> Sample:
    return replace(sample, r"\n[ \t]*(?:\n[ \t]*)*\n", "\n")


def one_blank_line(rng: random.Random, sample: Sample) -> Sample:
    return replace(sample, r"\n{3,}", "\n\n")


def double_spaced(rng: random.Random, sample: Sample) -> Sample:
    return replace(sample, "\n", "\n\n")


def blanks_with_space(rng: random.Random, sample: Sample) -> Sample:
    return replace(sample, r"\n(?=\n)", rng.choice(["\n ", "\n\xa0", "\n\t", "\n  "]))


def tabs_to_blanks(rng: random.Random, sample: Sample) -> Sample:
    return replace(sample, "\t", " " * rng.choice([1, 2, 4, 8]))


def blanks_to_tabs(rng: random.Random, sample: Sample) -> Sample:
    return replace(sample, r"(?m)^(?: {4}| {2})+", lambda m: "\t" * max(1, len(m.group()) // 4))


def squeeze_blanks(rng: random.Random, sample: Sample) -> Sample:
    return replace(sample, r"[ \t]{2,}", " ")


_BULLET = r"(?m)^([ \t]*)(?:[•*\-–—‣▸·◦+»→■□●✓☐★▪➤✇]|\d{1,3}[.)])[ \t]+(?=\S)"


def no_bullets(rng: random.Random, sample: Sample) -> Sample:
    return replace(sample, _BULLET, lambda m: m.group(1))


def other_bullets(rng: random.Random, sample: Sample) -> Sample:
    mark = rng.choice(["* ", "- ", "• ", "o ", "· ", "? ", "\uf0b7 ", "â€¢ ", "# "])
    return replace(sample, _BULLET, lambda m: m.group(1) + mark)


def nbsp(rng: random.Random, sample: Sample) -> Sample:
    every = rng.choice([1.0, 0.3, 0.05])
    return replace(sample, " ", lambda m: "\xa0" if rng.random() < every else " ")


def no_nbsp(rng: random.Random, sample: Sample) -> Sample:
    return replace(sample, "[\xa0\u202f\u2009]", " ")


_ASCII = {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "–": "-", "—": "--", "…": "...", "•": "*", "\xa0": " ", "·": "-"}  # fmt: skip


def ascii_marks(rng: random.Random, sample: Sample) -> Sample:
    return replace(sample, "[" + "".join(_ASCII) + "]", lambda m: _ASCII[m.group()])


def curly_marks(rng: random.Random, sample: Sample) -> Sample:
    return replace(sample, r"(?<=\w)'(?=\w)", "’")


def mojibake(rng: random.Random, sample: Sample) -> Sample:
    """Read UTF-8 as if it were cp1252 or latin-1."""
    charset = rng.choice(["cp1252", "latin-1", "cp1251", "cp437"])

    def wrong(hit: re.Match[str]) -> str:
        text = hit.group().encode("utf-8").decode(charset, "replace")
        return re.sub(r"[\x00-\x1f\x7f-\xa0]", "\ufffd", text)

    return replace(sample, r"[^\x00-\x7f]", wrong)


def question_marks(rng: random.Random, sample: Sample) -> Sample:
    return replace(sample, r"[^\x00-\xff]", rng.choice(["?", "\ufffd", "\ufffd"]))


def escaped(rng: random.Random, sample: Sample) -> Sample:
    names = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "’": "&#8217;", "“": "&ldquo;", "”": "&rdquo;", "é": "&eacute;", "–": "&ndash;", "\xa0": "&nbsp;", "'": "&#39;"}  # fmt: skip
    return replace(sample, "[" + re.escape("".join(names)) + "]", lambda m: names[m.group()])


def wrapped(rng: random.Random, sample: Sample) -> Sample:
    """Break lines at a width, as mail programs do."""
    width = rng.choice([60, 65, 72, 72, 72, 76, 78, 80])
    after = rng.choice(["\n", "\n", "\n", "\n  "])
    found: list[Edit] = []
    at = 0
    for line in sample.text.split("\n"):
        start = at
        while len(line) - (start - at) > width:
            piece = line[start - at : start - at + width + 1]
            blank = piece.rfind(" ", 1)
            if blank <= 0:
                blank = line.find(" ", start - at + width) - (start - at)
                if blank <= 0:
                    break
            found.append((start + blank, start + blank + 1, after))
            start += blank + 1
        at += len(line) + 1
    return edit(sample, found)


def wrapped_tight(rng: random.Random, sample: Sample) -> Sample:
    return drop_blank_lines(rng, wrapped(rng, sample))


def quoted(rng: random.Random, sample: Sample) -> Sample:
    mark = rng.choice(["> ", "> ", ">", ">> ", "| ", "    "])
    return edit(sample, [(m.start(), m.start(), mark) for m in re.finditer(r"(?m)^", sample.text)])


def quoted_wrapped(rng: random.Random, sample: Sample) -> Sample:
    return quoted(rng, wrapped(rng, sample))


def middle(rng: random.Random, sample: Sample) -> Sample:
    """Keep a third or more of the page from somewhere in it; a story cut keeps what is shown of it."""
    size = len(sample.text)
    share = rng.choice([0.33, 0.5, 0.7])
    start = rng.randint(0, int(size * (1 - share)))
    end = start + int(size * share)
    return edit(sample, [(0, start, ""), (end, size, "")])


def head_cut(rng: random.Random, sample: Sample) -> Sample:
    return edit(sample, [(0, rng.randint(0, max(0, len(sample.text) // 4)), "")])


def tail_cut(rng: random.Random, sample: Sample) -> Sample:
    size = len(sample.text)
    return edit(sample, [(rng.randint(size // 2, size), size, "")])


def no_header(rng: random.Random, sample: Sample) -> Sample:
    """Drop what stands before the first story."""
    first = next((f.start for f in sample.fields if f.story >= 0), 0)
    line = sample.text.rfind("\n", 0, first) + 1
    return edit(sample, [(0, line, "")])


def no_footer(rng: random.Random, sample: Sample) -> Sample:
    last = max((f.end for f in sample.fields if f.story >= 0), default=len(sample.text))
    return edit(sample, [(last, len(sample.text), "")])


def lines_joined(rng: random.Random, sample: Sample) -> Sample:
    """Lose some line breaks: the lines are joined with a blank or with nothing."""
    chance = rng.choice([0.05, 0.1, 0.3, 1.0])
    joint = rng.choice([" ", " ", ""])
    return replace(sample, r"(?<=\S)\n(?=\S)", lambda m: joint if rng.random() < chance else "\n")


def gaps_lost(rng: random.Random, sample: Sample) -> Sample:
    chance = rng.choice([0.1, 0.4])
    return replace(sample, r"\n\n+", lambda m: "\n" if rng.random() < chance else m.group())


def gaps_added(rng: random.Random, sample: Sample) -> Sample:
    chance = rng.choice([0.1, 0.4])
    return replace(sample, r"(?<!\n)\n(?!\n)", lambda m: "\n\n" if rng.random() < chance else "\n")


def twice(rng: random.Random, sample: Sample) -> Sample:
    """Save the page twice into one file, the second time perhaps with an address or a rule above it."""
    text, count = sample.text, len(sample.stories)
    joint = rng.choice(["\n", "\n\n", "\n\n\n", "\nhttps://example.org/page\n\n", "\n" + "-" * 30 + "\n", "\x0c\n"])
    start = len(text) + len(joint)
    stretches = [(f.start, f.end, f.label, f.story) for f in sample.fields]
    stretches += [(s + start, e + start, label, k + count if k >= 0 else -1) for s, e, label, k in stretches]
    both = sample._replace(stories=sample.stories + tuple(dict(s, authors=list(s["authors"])) for s in sample.stories))
    return again(both, text + joint + text, stretches)


NOTES = (
    "Notes from my reading\n\nCheck the trade figures again.\n\n", "TODO: send to Ann\n\n", "https://reader.example/i/?a=normal\n", "Saved on 2024-05-01 10:22\n\n", "See below.\n\n----\n\n", "# notes\n\n", "My notes\n- call back\n- print page 2\n\n", "(copied from the browser)\n\n",
)  # fmt: skip


def notes_before(rng: random.Random, sample: Sample) -> Sample:
    return edit(sample, [(0, 0, rng.choice(NOTES))])


def notes_after(rng: random.Random, sample: Sample) -> Sample:
    size = len(sample.text)
    return edit(sample, [(size, size, "\n\n" + rng.choice(NOTES))])


def zero_width(rng: random.Random, sample: Sample) -> Sample:
    """Put characters of no width between some words and at some lines' starts."""
    mark = rng.choice(["\u200b", "\ufeff", "\u00ad", "\u200e", "\u2060", "\u200c"])
    chance = rng.choice([0.01, 0.05])
    return replace(sample, r"(?<=\w) (?=\w)", lambda m: " " + mark if rng.random() < chance else " ")


def control(rng: random.Random, sample: Sample) -> Sample:
    mark = rng.choice(["\x00", "\x07", "\x08", "\x1b[0m", "\x01", "\x1a", "\x0c"])
    chance = rng.choice([0.02, 0.1])
    return replace(sample, r"\n", lambda m: "\n" + mark if rng.random() < chance else "\n")


def byte_order_mark(rng: random.Random, sample: Sample) -> Sample:
    return edit(sample, [(0, 0, "\ufeff")])


def upper(rng: random.Random, sample: Sample) -> Sample:
    return replace(sample, r"[^\W\d_]+", lambda m: m.group().upper())


def literal_breaks(rng: random.Random, sample: Sample) -> Sample:
    """Write some line breaks as a backslash and n, as unescaped exports do."""
    if rng.random() < 0.5:
        return replace(sample, "\n\n", "\\n\\n\n")
    return replace(sample, "\n", "\\n\n")


def numbered_lines(rng: random.Random, sample: Sample) -> Sample:
    """Number all lines, as printed source or cat -n does."""
    form = rng.choice(["{:6}\t", "{:4}: ", "{} "])
    found = [(m.start(), m.start(), form.format(k + 1)) for k, m in enumerate(re.finditer(r"(?m)^", sample.text))]
    return edit(sample, found)


def links_after(rng: random.Random, sample: Sample) -> Sample:
    """Number the titles as links, as text browsers do, and list the addresses at the end."""
    form = rng.choice(["[{}]", "[{}] ", "({})"])
    titles = [f for f in sample.fields if f.label in ("title", "source")]
    done = edit(sample, [(f.start, f.start, form.format(k + 1)) for k, f in enumerate(titles)])
    end = len(done.text)
    refs = "".join(f"{k + 1:4}. https://example.org/{k * 37 % 1000}\n" for k in range(len(titles)))
    return edit(done, [(end, end, "\n\nReferences\n\n" + refs)])


def printed(rng: random.Random, sample: Sample) -> Sample:
    """Put a sheet's foot and head between lines after each 40 or so lines."""
    every = rng.randint(20, 55)
    form = rng.choice(["\nPage {}\n\n", "\x0c{} \n", "\n{}/12  https://example.org/list\n\n", "\n\n\n- {} -\n\n"])
    found = []
    for k, line in enumerate(re.finditer("\n", sample.text)):
        if k % every == every - 1:
            found.append((line.end(), line.end(), form.format(1 + k // every)))
    return edit(sample, found)


def addresses_after(rng: random.Random, sample: Sample) -> Sample:
    """Write the address of each title's link behind it, as mail programs make text of HTML."""
    form = rng.choice(["<{}>", " <{}>", " [{}]", " ({})"])
    titles = [f for f in sample.fields if f.label == "title"]
    return edit(
        sample,
        [(f.end, f.end, form.format(f"https://l.example.org/c/{k * 7919 % 99991}")) for k, f in enumerate(titles)],
    )


DAMAGES: dict[str, tuple[float, Callable[[random.Random, Sample], Sample]]] = {
    "crlf": (2, crlf), "old_mac": (0.3, old_mac), "strip_indents": (3, strip_indents), "strip_ends": (1, strip_ends), "drop_blank_lines": (4, drop_blank_lines), "one_blank_line": (2, one_blank_line),
    "double_spaced": (2, double_spaced), "blanks_with_space": (1, blanks_with_space), "tabs_to_blanks": (1, tabs_to_blanks), "blanks_to_tabs": (1, blanks_to_tabs), "squeeze_blanks": (1, squeeze_blanks),
    "no_bullets": (2, no_bullets), "other_bullets": (2, other_bullets), "nbsp": (1, nbsp), "no_nbsp": (1, no_nbsp), "ascii_marks": (2, ascii_marks), "curly_marks": (0.5, curly_marks), "mojibake": (1.5, mojibake),
    "question_marks": (0.5, question_marks), "escaped": (1, escaped), "wrapped": (3, wrapped), "wrapped_tight": (1, wrapped_tight), "quoted": (1.5, quoted), "quoted_wrapped": (1, quoted_wrapped), "middle": (3, middle),
    "head_cut": (1, head_cut), "tail_cut": (1, tail_cut), "no_header": (2, no_header), "no_footer": (1, no_footer), "lines_joined": (1, lines_joined), "gaps_lost": (1, gaps_lost), "gaps_added": (1, gaps_added), "twice": (1.5, twice),
    "notes_before": (1, notes_before), "notes_after": (1, notes_after), "zero_width": (1, zero_width), "control": (0.7, control), "byte_order_mark": (0.5, byte_order_mark), "upper": (0.2, upper), "literal_breaks": (0.3, literal_breaks),
    "numbered_lines": (0.2, numbered_lines), "links_after": (0.7, links_after), "printed": (0.7, printed), "addresses_after": (0.7, addresses_after),
}  # fmt: skip


def damage(rng: random.Random, sample: Sample, most: int = 3) -> Sample:
    """Return the sample with one to `most` damages, as different hands leave a file."""
    names = list(DAMAGES)
    weights = [DAMAGES[n][0] for n in names]
    for _ in range(rng.choice([1] * 3 + list(range(1, most + 1)))):
        damaged = DAMAGES[rng.choices(names, weights)[0]][1](rng, sample)
        if damaged.text.strip():
            sample = damaged
    return sample
