"""Layouts of no program: records composed at random of rows, fields, separators, marks, labels, indents and buttons.

Each family below draws another part of the space, so that some of it can be held out.
"""

from __future__ import annotations

import random
from typing import Any

from tests.training.page import Page, layout
from tests.training.texts.archives import LABELS
from tests.training.texts.compose import BULLETS, BUTTONS, RULES, Style, compose

JOINTS = (
    " - ",
    " – ",
    " — ",
    " | ",
    " · ",
    " • ",
    ", ",
    ": ",
    " / ",
    "  ",
    "\t",
    " ",
    " :: ",
    " // ",
    "; ",
    " > ",
    " » ",
    " ~ ",
    "   ",
    " (",
    " [",
)
TITLES = (
    "{title}",
    "{title}",
    "{title}",
    "{title}",
    "{TITLE}",
    "**{title}**",
    "*{title}*",
    "“{title}”",
    '"{title}"',
    "[{title}]",
    "# {title}",
    "## {title}",
    "<{title}>",
    "«{title}»",
    "_{title}_",
    "{title}:",
    "{title}.",
    "== {title} ==",
    "{title}\n=====",
    "{title} »",
    "> {title}",
    "→ {title}",
    "【{title}】",
    "{title} ({minutes} min)",
)
SOURCES = (
    "{source}",
    "{source}",
    "{source}",
    "{site}",
    "{SOURCE}",
    "[{source}]",
    "({source})",
    "via {source}",
    "@{source}",
    "*{source}*",
    "{source}:",
    "— {source}",
    "✇{source}",
    "From {source}",
    "{source} ({r:1-90})",
    "{source} >",
    "{w:source}: {source}",
)
DATES = (
    "{date}",
    "{date}",
    "{date}",
    "{age}",
    "{age}",
    "{time}",
    "{iso}",
    "{longday}",
    "{monthday}",
    "{isotime}",
    "{rfc}",
    "({date})",
    "[{date}]",
    "{w:published} {date}",
    "{w:date}: {date}",
    "<{date}>",
    "{w:published}: {date}",
    "on {date}",
    "{time} • {longday}",
    "{age} ago",
)
AUTHORS = (
    "[[{w:by} {author}]]",
    "[[{author}]]",
    "[[by {author}]]",
    "[[({author})]]",
    "[[{w:author}: {author}]]",
    "[[– {author}]]",
    "[[By: {AUTHOR}]]",
    "[[✍ {author}]]",
    "[[{author} | {section}]]",
)
TAGS = (
    "[[{tags}]]",
    "[[{hashtags}]]",
    "{section}",
    "[[{w:tags}: {tags}]]",
    "[{section}]",
    "in {section}",
    "[[Filed under: {tags}]]",
    "/{section}/",
)
LINKS = ("{link}", "<{link}>", "({link})", "{w:link}: {link}", "{w:read_more}: {link}", "[{link}]", "→ {link}")
CAPTIONS = ("[[{caption}]]", "[[{caption} {credit}]]", "[[Image: {caption}]]", "[[[{caption}]]]")
NOISES = (
    "{r:0-99} {w:comments}",
    "{r:1-999} {w:points}",
    "{minutes} min",
    "{words} words",
    "★",
    "☆",
    "#{id}",
    "{r:0-9}",
    "•",
    "...",
    "×",
    "▾",
    "{kb}",
    "{w:read_more}",
    "{w:sponsored}",
    "{n}",
    "{w:open_original}",
)
TEXTS = ("{teaser}", "{teaser}", "{lead}", "{body}", "{body}", "{body2}", "{whole}", "{glued}", "{flat}", "{body1}")
STARTS = ("", "", "", "", "", "{n}. ", "{n}) ", "[{n}] ", "#{n} ", "{n}\t", "{n}\n", "{n}/{total} ", "({n}) ", *BULLETS)


def _pick(rng: random.Random, what: str) -> str:
    return rng.choice(
        {
            "title": TITLES,
            "source": SOURCES,
            "date": DATES,
            "author": AUTHORS,
            "tags": TAGS,
            "link": LINKS,
            "caption": CAPTIONS,
            "noise": NOISES,
        }[what]
    )


def _perhaps(rng: random.Random, part: str) -> str:
    """Return a part of a template as one that some stories lack, or as it is."""
    if part.startswith("[["):
        return part if rng.random() < 0.7 else f"[[{rng.choice([20, 50, 80])}%{part}]]"
    return part if rng.random() < 0.85 else f"[[{rng.choice([30, 60, 90])}%{part}]]"


def _rows(rng: random.Random, with_title: bool = True) -> list[list[str]]:
    """Return the fields of a record's head as rows: which share a line, and in which order."""
    fields = ["title"] if with_title else []
    fields += [
        x
        for x, p in (
            ("source", 0.75),
            ("date", 0.8),
            ("author", 0.3),
            ("tags", 0.15),
            ("link", 0.15),
            ("noise", 0.3),
            ("caption", 0.06),
        )
        if rng.random() < p
    ]
    rng.shuffle(fields)
    rows: list[list[str]] = []
    together = rng.choice([0.0, 0.2, 0.5, 0.5, 0.8, 1.0])
    for x in fields:
        alone = x in ("caption",) or rng.random() > together
        if not rows or alone or len(rows[-1]) > 3:
            rows.append([x])
        else:
            rows[-1].append(x)
    return rows


def _line(rng: random.Random, row: list[str]) -> str:
    """Return a row's template, its optional fields with the separator before them."""
    joint = rng.choice(JOINTS)
    same = rng.random() < 0.7
    out = ""
    for k, what in enumerate(row):
        part = _pick(rng, what)
        if k == 0:
            # a row that starts with an optional field must not start with a separator
            out += part
            continue
        sep = joint if same else rng.choice(JOINTS)
        close = {" (": ")", " [": "]"}.get(sep, "")
        inner = part[2:-2] if part.startswith("[[") and part.endswith("]]") else part
        if part.startswith("[["):
            out += f"[[{sep}{inner}{close}]]"
        elif what != "title" and rng.random() < 0.12:
            out += f"[[{rng.choice([40, 70])}%{sep}{part}{close}]]"
        else:
            out += f"{sep}{part}{close}"
    return out


def _buttons(rng: random.Random) -> str:
    """Return a story's buttons: words on one line or a line each, with an indent and marks."""
    roles = rng.sample(BUTTONS, rng.randint(1, 5))
    indent = rng.choice(["", "", "    ", "\t"])
    form = rng.choice(["{}", "{}", "{} ({{r:0-99}})", "[{}]", "{{r:0-99}} {}", "• {}"])
    words = [form.format("{w:" + r + "}").replace("{{", "{").replace("}}", "}") for r in roles]
    return indent + rng.choice(["\n" + indent, "\n" + indent, " | ", " ", " · ", "\t", "  "]).join(words)


def template(
    rng: random.Random, with_title: bool = True, with_text: float = 0.65, text_first: float = 0.08
) -> tuple[str, bool]:
    """Return the template of a record, and whether it holds blank lines."""
    rows = [_line(rng, row) for row in _rows(rng, with_title)]
    indent = rng.choice(["", "", "", "", "  ", "    ", "\t"])
    only_later = rng.random() < 0.5
    loose = rng.random() < 0.25
    text = rng.choice(TEXTS) if rng.random() < with_text or not with_title else ""
    if not with_title:
        text = text.replace("{teaser}", "{blurb}").replace("{lead}", "{blurb}")  # without a title it is the story
    label = rng.choice(["", "", "", "", "> ", "    ", "\t", "{w:read_more}: ", "» ", "Summary: "]) if text else ""
    lines: list[str] = []
    for k, row in enumerate(rows):
        front = indent if k or not only_later else ""
        optional = row.startswith("[[") and row.endswith("]]") and row.count("[[") == 1
        if optional and k:
            lines.append(f"[[{chr(10)}{front}{row[2:-2]}]]")
        else:
            first = rng.choice([60, 90]) if k and "title}" not in row.lower() and rng.random() < 0.08 else 0
            body = f"{front}{row}"
            lines.append(f"[[{first}%\n{body}]]" if first else ("\n" if k else "") + body)
    head = "".join(line.replace("\n", "\n\n", 1) if loose and k else line for k, line in enumerate(lines))
    if text:
        gap = rng.choice(["\n", "\n", "\n\n", "\n\n\n"]) if lines else ""
        inline = lines and rng.random() < 0.12
        if rng.random() < text_first and lines:
            head = f"{label}{text}{gap}{head}"
        elif inline and "{title}" in (rows[-1] if rows else ""):
            head += rng.choice([" - ", " — ", ": ", " ", "  "]) + text
        else:
            optional_text = rng.random() < 0.5
            head += f"[[{gap}{label}{text}]]" if optional_text else f"{gap}{label}{text}"
    if rng.random() < 0.3:
        head += rng.choice(["\n", "\n", "\n\n"]) + _perhaps(rng, _buttons(rng))
    start = rng.choice(STARTS)
    return start + head, "\n\n" in head or loose


def _gap(rng: random.Random, record: str, loose: bool) -> str:
    if loose or text_of_paragraphs(record):
        options = [
            "\n\n",
            "\n\n\n",
            "\n\n\n",
            "\n\n\n\n",
            "\n" + rng.choice(RULES) + "\n",
            "\n\n" + rng.choice(RULES) + "\n\n",
        ]
    elif "\n" in record:
        options = ["\n", "\n\n", "\n\n", "\n\n\n", "\n" + rng.choice(RULES) + "\n"]
    else:
        options = ["\n", "\n", "\n", "\n\n", "\n\n"]
    return rng.choice(options)


def text_of_paragraphs(record: str) -> bool:
    return any(x in record for x in ("{body}", "{whole}"))


def drawn(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str, **how: Any) -> Page:
    """Return a page of a template drawn for it."""
    record, loose = template(rng, **how)

    def tune(st: Style) -> None:
        if rng.random() < 0.25 and not loose:
            st.para = rng.choice(["\n", "\n", " "])

    return compose(
        rng,
        stories,
        ui,
        lang_ui,
        record,
        between=_gap(rng, record, loose),
        days=rng.choice([0, 0, 0, 0.5]),
        by=rng.choice([None] * 8 + ["section"]),
        chrome=rng.choice([0, 0.5, 0.9]),
        promo=0.15,
        wrap=rng.choice([None, None, None, None, 60, 72, 80]),
        tune=tune,
    )


def _register(name: str, weight: float, n: tuple[int, int], **how: Any) -> None:
    def draw(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
        return drawn(rng, stories, ui, lang_ui, **how)

    layout(name, name, weight=weight, between=n)(draw)


_register("random_layout", 60.0, (2, 24))
_register("random_titles", 9.0, (3, 45), with_text=0.0)
_register("random_bodies", 9.0, (2, 12), with_text=1.0)
_register("random_untitled", 9.0, (2, 20), with_title=False)
_register("random_text_first", 4.0, (2, 14), with_text=1.0, text_first=1.0)


@layout("random_source_groups", "random_source_groups", between=(4, 30), weight=2)
def source_groups(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """Stories under the headings of their sources, the rest drawn."""
    title = rng.choice(TITLES)
    record = (
        rng.choice(STARTS)
        + title
        + rng.choice(
            [
                "",
                "\n{date}",
                " {age}",
                "\n{teaser}",
                " ({date})",
                "\n{lead}\n{date}",
                " - {teaser}",
                "\t{date}",
                "\n{date}\n\n{body}",
            ]
        )
    )
    loose = "{body}" in record
    return compose(
        rng,
        stories,
        ui,
        lang_ui,
        record,
        between=rng.choice(["\n\n\n"] if loose else ["\n", "\n", "\n\n"]),
        by="source",
        by_form=(
            "\n{}",
            "\n{} ({n})".replace("{n}", "9"),
            "\n\n{}",
            "\n## {}\n",
            "\n{}:",
            "\n=== {} ===\n",
            "\n[{}]",
            "{}",
        ),
    )


@layout("random_labelled", "random_labelled", between=(2, 16), weight=7)
def labelled(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """Rows in which some fields have a label and others none."""
    names = LABELS.get(lang_ui, LABELS["en"])
    fields = {
        "title": names[0],
        "source": names[1],
        "date": names[2],
        "author": names[3],
        "link": names[5],
        "tags": names[6],
    }
    chosen = ["title"] + [x for x in ("source", "date", "author", "link", "tags") if rng.random() < 0.5]
    rng.shuffle(chosen)
    joint = rng.choice([": ", ": ", " : ", " = ", "\t", " – "])
    share = rng.choice([0.3, 0.6, 0.9])
    rows = []
    for x in chosen:
        label = rng.choice(fields[x])
        rows.append(f"{label}{joint}{{{x}}}" if rng.random() < share else f"{{{x}}}")
    row_gap = rng.choice(["\n", "\n", "\n\n", " | ", "; "])
    record = row_gap.join(rows) + rng.choice(
        ["", "\n{body}", "\n\n{body}", "\n" + rng.choice(names[4]) + joint + "{lead}", "\n\n{whole}"]
    )
    apart = rng.choice(
        ["\n\n\n", "\n\n\n\n", "\n\n" + rng.choice(RULES) + "\n\n"]
        if "\n\n" in record or text_of_paragraphs(record)
        else ["\n\n", "\n\n\n", "\n" + rng.choice(RULES) + "\n"]
    )
    return compose(rng, stories, ui, lang_ui, record, between=apart, chrome=rng.choice([0, 0.6]))


@layout("random_one_line", "random_one_line", between=(3, 45), weight=7)
def one_line(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """All fields of a story on one line, with separators of their own."""
    row = ["title"] + [
        x
        for x, p in (("source", 0.7), ("date", 0.7), ("author", 0.2), ("tags", 0.15), ("link", 0.15), ("noise", 0.15))
        if rng.random() < p
    ]
    rng.shuffle(row)
    record = rng.choice(STARTS).replace("\n", " ") + _line(rng, row).replace("\n", " ")
    if rng.random() < 0.35:
        record += rng.choice([" - ", ": ", " — ", "  ", " ", " | ", "\t"]) + rng.choice(
            ["{teaser}", "{lead}", "{flat}"]
        )
    return compose(
        rng,
        stories,
        ui,
        lang_ui,
        record,
        between=rng.choice(["\n", "\n", "\n", "\n\n"]),
        chrome=rng.choice([0, 0.5, 0.9]),
        days=rng.choice([0, 0, 0.5]),
    )


ROWS = (
    "<<  • ¦* ¦¦- ¦    >>{source}\n<<  • ¦* ¦¦- ¦    >>{title}[[\n    {teaser}]]",
    "{source}\n{title}[[\n{teaser}]]\n{date}",
    "{title}[[\n{teaser}]]",
    "{source}<<  ¦\t¦ · >>{title}<<  ¦\t¦ · >>{date}",
    "{mark}{source}\n{mark}{title}[[\n{mark}{teaser}]]\n{mark}{date}",
    "{mark}{source}\n{mark}{title} {teaser}\n{mark}{date}",
    "{mark}{title}\n{mark}{date}",
    "{source}",
)
OPENED = (
    "{title}",
    "{source}\n{title}",
    "{title}\n{source}",
    "[{title}]({link})",
    "## [{title}]({link})",
    "# {title}",
)


@layout("random_opened", "random_opened", between=(2, 20), weight=14)
def opened(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """Entries of a reader, some as a row and opened below it, some only opened, some only a row."""
    mark = rng.choice(["  • ", "* ", "- ", "    ", "\t", "  * ", "> "])
    row = rng.choice(ROWS).replace("{mark}", mark)
    gap = rng.choice(["\n", "\n\n", "\n\n", "\n\n\n"])
    rows = rng.choice([0, 20, 50, 80, 100])
    date = rng.choice(["{date}", "{date}", "{age}", "{w:published} {date}", "{longday}"])
    by = rng.choice(["", "", "[[{author}{gap}]]", "[[{w:by} {author}{gap}]]", "[[{w:by} :{author}{gap}]]"])
    after = rng.choice(["", "", "[[40%{caption}{gap}]]", "[[30%{tags}{gap}]]", "[[50%{credit}{gap}]]"])
    text = rng.choice(["{whole}", "{whole}", "{body}", "{lead}", "{teaser}{gap}{whole}"])
    head = rng.choice(OPENED).replace("\n", rng.choice(["\n", gap]))
    foot = rng.choice(["", "", "", "{gap}[[{hashtags}]]", "{gap}{date}", "{gap}" + _buttons(rng)])
    whole = f"{head}{{gap}}{by}{date}{{gap}}{after}{text}{foot}".replace("{gap}", gap)
    only = rng.choice([100, 100, 100, 70])  # the rest are rows alone
    if rows == 0:
        record = whole
    elif rows == 100 and only < 100:
        record = f"{row}[[{only}%{gap}{gap}{whole}]]"
    else:
        record = f"[[{rows}%{row}{gap}{gap}]]{whole}"
    apart = rng.choice(["\n\n\n", "\n\n\n", "\n\n"])
    if gap == "\n" and rng.random() < 0.3:
        apart = "\n"

    def tune(st: Style) -> None:
        st.most = 12
        if gap == "\n" and rng.random() < 0.5:
            st.para = "\n"
        elif rng.random() < 0.1:
            st.para = rng.choice(["\n", " "])

    return compose(
        rng,
        stories,
        ui,
        lang_ui,
        record,
        between=apart,
        days=rng.choice([0, 0.5, 0.9]),
        by=rng.choice([None] * 6 + ["source"]),
        chrome=rng.choice([0, 0.5, 0.9]),
        wrap=rng.choice([None, None, None, None, None, 72, 80]),
        tune=tune,
    )
