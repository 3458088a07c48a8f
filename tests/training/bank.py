"""Invents news stories, interface words and written dates in many languages, for pages whose truth is known.

Every word list was written for this bank (words/*.txt, one file a language): nothing is copied from a page or a feed.
All randomness comes from the generator that is handed in, so one seed gives the same stories on every machine.

A word list has a line a key, `key: choice | choice`. A choice may name other keys in braces; see `_fill`. Keys that
start with `u` give the interface words, in the order of `_UI_ROWS`, roles parted by `;`.
"""

import random
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import NamedTuple

_WORDS = Path(__file__).parent / "words"
LANGS: tuple[str, ...] = tuple(sorted(file.stem for file in _WORDS.glob("*.txt") if file.stem != "any"))

_UI_ROWS = {
    "u1": "share read_more mark_read mark_all_read save hide copy_link open_original reply forward",
    "u2": "search settings all unread starred home next previous login help about menu",
    "u3": "by published posted_in tags comments source updated photo sponsored most_read related latest",
    "u4": "minutes_ago hours_ago days_ago yesterday today min_read",
    "u5": "copyright privacy subscribe unsubscribe view_in_browser contact cookies archive newsletter advertisement",
    "u6": "sort newest oldest points categories feeds follow logout back_to_top loading",
}
ROLES: tuple[str, ...] = tuple(role for row in _UI_ROWS.values() for role in row.split())

_UNCASED = {"zh", "ja", "ko", "th", "ar", "fa", "he", "ur", "hi", "bn", "ta", "ka"}
_NO_SPACES = {"zh", "ja"}
_COMMA_GROUPS = {"en", "zh", "ja", "ko", "th", "he", "hi", "bn", "ar", "fa", "ur"}  # 12,000 and 4.5
_DOT_GROUPS = {"de", "es", "it", "nl", "pt", "id", "tr", "da", "ro", "el", "hr", "sl", "sr", "ca", "eu", "vi", "gl"}
_STOP = {"zh": "。", "ja": "。", "hi": "।", "bn": "।", "ur": "۔", "th": ""}
_ENDS = tuple('.!?…。！？।۔؟"”»')
_DIGITS = {"ar": ("٠١٢٣٤٥٦٧٨٩", 0.35), "fa": ("۰۱۲۳۴۵۶۷۸۹", 0.85), "hi": ("०१२३४५६७८९", 0.1), "bn": ("০১২৩৪৫৬৭৮৯", 0.9)}
_SLOT = re.compile(r"\{(\w+)\}")


class BankStory(NamedTuple):
    lang: str
    title: str
    source: str
    site: str
    url: str
    guid: str
    authors: tuple[str, ...]
    published: datetime  # aware, UTC, whole minutes
    section: str
    tags: tuple[str, ...]
    teaser: str
    paragraphs: tuple[str, ...]
    caption: str
    credit: str


class _Source(NamedTuple):
    name: str
    site: str
    authors: tuple[str, ...]
    titles: str  # how this source writes its titles: "plain", "title case", "lower", "caps"
    tail: str  # what it puts behind each title, most often nothing
    ids: int  # how it makes addresses and identifiers


@cache
def _lists(lang: str) -> dict[str, list[str]]:
    """Read one word list. Raise FileNotFoundError for a language that has none."""
    lists: dict[str, list[str]] = {}
    for line in (_WORDS / f"{lang}.txt").read_text(encoding="utf-8").splitlines():
        key, colon, rest = line.partition(":")
        if colon and not line.startswith("#"):
            lists.setdefault(key.strip(), []).extend(choice.strip() for choice in rest.split("|"))
    return lists


def _words(lang: str, key: str) -> list[str]:
    return _lists(lang).get(key) or _lists("any").get(key) or _lists("en")[key]


def _number(rng: random.Random, slot: str, lang: str) -> str:
    comma, dot = (",", ".") if lang in _COMMA_GROUPS else (".", ",") if lang in _DOT_GROUPS else ("\u00a0", ",")
    if slot == "n":
        return str(rng.choice((rng.randint(2, 12), rng.randint(13, 99))))
    if slot == "d":
        return str(rng.randint(1, 28))
    if slot == "f":
        return str(rng.randint(2024, 2040))
    if slot == "N":
        size = rng.choice((900, 9_000, 90_000, 900_000, 9_000_000))
        value = rng.randint(size // 9, size)
        value = value if rng.random() < 0.4 else round(value, -len(str(value)) + 2)
        return f"{value:,}".replace(",", comma)
    if slot == "p":
        return f"{rng.uniform(0.2, 48):.1f}".replace(".", dot)
    return str(rng.choice((rng.randint(1880, 1999), rng.randint(2000, 2026))))


def _fill(rng: random.Random, lang: str, text: str, bound: dict[str, str]) -> str:
    """Fill the slots of a template.

    {n} is a small number, {N} a large one, {p} one with a decimal, {d} a day of the month, {y} a year, {f} one to
    come, {Q} a quotation in the marks of the language, {Qc} one with the comma inside, {S} an {s} that begins with a
    capital; any other slot is a key of the word list, or bound by the caller (the name, family name and town of a
    story stay the same throughout it).
    """
    used: set[str] = set()

    def slot(found: re.Match[str]) -> str:
        key = found[1]
        if key in bound:
            return bound[key]
        if key in ("n", "N", "p", "d", "y", "f"):
            return _number(rng, key, lang)
        if key in ("Q", "Qc"):
            opening, closing = bound["marks"].split("~")
            said = _cap(_fill(rng, lang, rng.choice(_words(lang, "quote")), bound), lang)
            comma = "," if key == "Qc" and said[-1] not in _ENDS else ""
            return f"{opening}{said}{comma}{closing}"
        if key == "S":
            return _cap(slot_of("s"), lang)
        return slot_of(key)

    def slot_of(key: str) -> str:
        for _ in range(4):  # "the bridge – the bridge" is no title
            value = _fill(rng, lang, rng.choice(_words(lang, key)), bound)
            if value not in used:
                break
        used.add(value)
        return value

    return _SLOT.sub(slot, text)


def _cap(text: str, lang: str) -> str:
    if lang in _UNCASED:
        return text
    if lang == "tr" and text.startswith("i"):
        return "İ" + text[1:]
    return text[:1].upper() + text[1:]


def _upper(text: str, lang: str) -> str:
    return (text.replace("i", "İ") if lang == "tr" else text).upper()


def _sentence(rng: random.Random, lang: str, key: str, bound: dict[str, str], used: set[str]) -> str:
    """Write a sentence from a template that is not in `used` while there is one, and add it there."""
    choices = _words(lang, key)
    template = rng.choice([choice for choice in choices if choice not in used] or choices)
    used.add(template)
    text = _cap(_fill(rng, lang, template, bound), lang)
    return text if text.endswith(_ENDS) else text + _STOP.get(lang, ".")


def _name(rng: random.Random, lang: str) -> str:
    return _fill(rng, lang, rng.choice(_words(lang, "name")), {})


def _bind(rng: random.Random, lang: str) -> dict[str, str]:
    name = _name(rng, lang)
    parts = name.split(" ")
    family = parts[0] if lang in ("hu", "vi") else parts[-1]
    marks = rng.choice(_words(lang, "marks")) if rng.random() < 0.9 else '"~"'
    colon = "：" if lang in _NO_SPACES else rng.choice(("\u00a0: ", " : ")) if lang == "fr" else ": "
    bound = {"name": name, "last": family, "marks": marks, "colon": colon}
    bound["town"] = rng.choice(_words(lang, "town"))
    return bound


# Letters that do not fall apart into a plain one and its mark.
_PLAIN = str.maketrans({"ł": "l", "Ł": "l", "ø": "o", "Ø": "o", "æ": "ae", "ß": "ss", "đ": "d", "Đ": "d", "ı": "i"})


def _slug(text: str) -> str:
    text = text.translate(_PLAIN)
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-")


_TITLES: tuple[tuple[int, str], ...] = (
    (30, "{s}"),
    (12, "{long}"),
    (5, "{longer}"),
    (6, "{nom}{colon}{s}"),
    (3, "{town}{colon}{s}"),
    (7, "{q}"),
    (2, "{nom}{colon}{q}"),
    (3, "{Q}"),
    (4, "{name}{colon}{Q}"),
    (2, "{Q}{colon}{s}"),
    (2, "{s}{colon}{Q}"),
    (2, "{prefix}{colon}{s}"),
    (2, "{prefix}{colon}{S}"),
    (2, "{prefix} | {S}"),
    (1, "[{prefix}] {S}"),
    (1, "{s} ({prefix})"),
    (1, "{prefix} – {S}"),
    (1, "{prefix} - {q}"),
    (4, "{nom}"),
    (2, "{nom} – {nom}"),
    (1, "{nom} & {nom}"),
    (1, "{nom}, {nom}, {nom}"),
    (1, "{nom} ({y})"),
    (1, "{section}{colon}{nom}"),
    (1, "{name}, {job}"),
    (1, "{name}"),
    (5, "{list}"),
    (2, "{s} #{tag1} #{tag1}"),
    (1, "#{tag1}{colon}{s}"),
    (1, "{s} - {nom}"),
    (1, "{s} — {long}"),
    (3, "{tech}"),
    (1, "{tech} [{y}]"),
)


def _title(rng: random.Random, lang: str, bound: dict[str, str], style: str) -> str:
    shape = rng.choices([shape for _, shape in _TITLES], [weight for weight, _ in _TITLES])[0]
    title = _cap(_fill(rng, lang, shape, bound), lang)
    if style == "title case":
        small = {"a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"}
        title = re.sub(
            r"(?<![\w’'])[a-z][\w’']*",
            lambda word: word[0] if word[0] in small and word.start() else _cap(word[0], lang),
            title,
        )
    elif style == "lower":
        title = title.lower()
    luck = rng.random()
    if style == "caps" or luck < 0.02:
        title = _upper(title, lang)
    elif luck < 0.045 and len(title) > 30:
        title = title[: rng.randint(len(title) // 2, len(title) - 3)].rstrip(' ,:“«"') + rng.choice(("…", "...", " …"))
    elif luck < 0.06:
        title += rng.choice(("…", "...", "!", "!"))
    elif luck < 0.10 and not title.endswith(_ENDS):
        title += _STOP.get(lang, ".")
    return title


def _source(rng: random.Random, lang: str) -> _Source:
    bound = _bind(rng, lang)
    kind = rng.random()
    key = "paper" if kind < 0.6 else "blog" if kind < 0.72 else "anypaper" if kind < 0.9 else "handle"
    name = _fill(rng, lang, rng.choice(_words(lang, key)), bound)
    plain = _slug(name) if sum(char.isascii() for char in name) > len(name) // 2 else ""
    words = plain or _slug(_fill(rng, lang, "{W} {W}", {}))
    word = words[:24].strip("-")
    if rng.random() < 0.6:
        word = word.replace("-", "")
    host = rng.choice(("", "", "", "www.", "news.", "blog.", "m.")) + word + "." + rng.choice(_words(lang, "tld"))
    if key != "handle" and rng.random() < 0.08:
        name = host.removeprefix("www.")
    elif rng.random() < 0.06:
        name = _fill(
            rng,
            lang,
            rng.choice(
                (
                    name + " - {section}",
                    name + " | {section}",
                    name + ": {section}",
                    name + " » {section}",
                    name + " (" + lang.upper() + ")",
                    name + " RSS",
                )
            ),
            bound,
        )
    styles = ["plain"] * 12 + (["title case"] * 6 if lang == "en" else [])
    if lang not in _UNCASED:
        styles += ["lower", "caps"][: rng.randint(0, 2)]
    tail = rng.choice((f" - {name}", f" | {name}", f" – {name}")) if rng.random() < 0.04 else ""
    authors = tuple(_name(rng, lang) for _ in range(rng.choice((1, 3, 5))))
    return _Source(name, host, authors, rng.choice(styles), tail, rng.randrange(8))


def _address(
    rng: random.Random, source: _Source, title: str, when: datetime, section: str, lang: str
) -> tuple[str, str]:
    number = rng.randint(1_000, 99_999_999)
    slug = "-".join(_slug(title).split("-")[: rng.randint(3, 12)]) if lang not in _UNCASED else ""
    if len(slug) < 8:
        slug = _slug(_fill(rng, lang, "{W} {W} {W}", {})) + f"-{number % 1000}"
    part = _slug(section) or "news"
    path = (
        f"/{when:%Y/%m/%d}/{slug}/",
        f"/{slug}",
        f"/?p={number}",
        f"/{part}/{slug}-{number}.html",
        f"/article/{number}",
        f"/posts/{when:%Y-%m-%d}-{slug}.html",
        f"/{part}/{number}?utm_source=rss&utm_medium=feed",
        f"/{when:%Y/%m}/{slug}.html#comments",
    )[source.ids]
    url = f"{rng.choice(('https', 'https', 'https', 'http'))}://{source.site}{path}"
    guid = (
        url,
        url,
        f"https://{source.site}/?p={number}",
        f"tag:{source.site},{when:%Y}:{number}",
        f"urn:uuid:{rng.getrandbits(128):032x}",
        str(number),
        url,
        url,
    )[source.ids]
    return url, guid


def _paragraphs(rng: random.Random, lang: str, bound: dict[str, str]) -> tuple[str, ...]:
    gap = "" if lang in _NO_SPACES else " "
    count = rng.choices(range(1, 13), (10, 12, 14, 14, 12, 10, 8, 6, 5, 4, 3, 2))[0]
    # Of wires with a sentence a paragraph, of papers, and of essays with long ones.
    extra = rng.choice(((0, 0, 1), (0, 0, 1, 1, 2), (0, 1, 2, 3), (2, 3, 4), (2, 4, 6, 8)))
    paragraphs: list[str] = []
    used: set[str] = set()
    while len(paragraphs) < count:
        first = not paragraphs
        keys = ["lead"] if first else [rng.choices(("fact", "say", "lead"), (6, 3, 1))[0]]
        keys += rng.choices(("fact", "say", "lead"), (8, 2, 1), k=rng.choice(extra))
        sentences = [_sentence(rng, lang, key, bound, used) for key in keys]
        while len(gap.join(sentences)) < 20:
            sentences.append(_sentence(rng, lang, "fact", bound, used))
        while len(gap.join(sentences)) > 900:
            sentences.pop()
        paragraphs.append(gap.join(sentences))
    if rng.random() < 0.12:
        place = _fill(rng, lang, rng.choice(_words(lang, "dateline")), {**bound, "TOWN": _upper(bound["town"], lang)})
        paragraphs[0] = place + gap + paragraphs[0]
    return tuple(paragraphs)


def _cut(text: str, size: int, mark: str, whole: bool) -> str:
    if len(text) <= size:
        return text
    short = text[:size]
    if whole and " " in short:
        short = short.rsplit(" ", 1)[0]
    return short.rstrip() + mark


def _teaser(rng: random.Random, lang: str, paragraphs: tuple[str, ...], bound: dict[str, str]) -> str:
    gap = "" if lang in _NO_SPACES else " "
    luck = rng.random()
    if luck < 0.35:
        return paragraphs[0]
    if luck < 0.65:
        mark = rng.choice(("…", "...", " [...]", " […]", "", " …"))
        return _cut(
            gap.join(paragraphs), rng.choice((100, 140, 160, 200, 250, 280, 300, 500, 500)), mark, rng.random() < 0.6
        )
    keys = rng.choice((["fact"], ["lead"], ["lead", "fact"], ["say"], ["lead", "say", "fact"]))
    return gap.join(_sentence(rng, lang, key, bound, set()) for key in keys)


def make_stories(rng: random.Random, n: int, lang: str, sources: int = 8) -> list[BankStory]:
    """Invent n stories in one language, newest first, from at most `sources` sources that repeat unevenly.

    Titles differ within one call. Raise KeyError for a language that is not in LANGS.
    """
    if lang not in LANGS:
        raise KeyError(lang)
    pool: dict[str, _Source] = {}
    wanted = max(1, min(sources, 3 * n))
    while len(pool) < wanted:
        source = _source(rng, lang)
        pool.setdefault(source.name, source)
    weights = [1 / (rank + 1) ** rng.choice((0.3, 0.8, 1.3)) for rank in range(len(pool))]
    year = rng.choices((rng.randint(2005, 2021), rng.randint(2022, 2026)), (1, 4))[0]
    when = datetime(year, 1, 1, tzinfo=UTC) + timedelta(minutes=rng.randrange(365 * 24 * 60))
    pace = rng.choice((4, 30, 90, 400, 1500, 6000))  # minutes from one story to the next
    credited = rng.choice((0.5, 0.9, 1.0))
    stories: list[BankStory] = []
    titles: set[str] = set()
    for _ in range(n):
        source = rng.choices(list(pool.values()), weights)[0]
        bound = _bind(rng, lang)
        title = _title(rng, lang, bound, source.titles)
        for _try in range(20):
            if title not in titles:
                break
            title = _title(rng, lang, bound, source.titles)
        while title in titles:
            title += f" ({rng.randint(2, 9999)})"
        titles.add(title)
        section = rng.choice(_words(lang, "section"))
        paragraphs = _paragraphs(rng, lang, bound)
        teaser = _teaser(rng, lang, paragraphs, bound)
        tags = tuple(dict.fromkeys(_fill(rng, lang, "{tag}", bound) for _ in range(rng.choice((1, 2, 3, 5)))))
        caption = _cap(_fill(rng, lang, rng.choice(_words(lang, "caption")), bound), lang)
        credit = _fill(rng, lang, rng.choice(_words(lang, "credit")), bound)
        authors: tuple[str, ...] = ()
        if rng.random() < credited * 0.95:
            count = min(len(source.authors), rng.choices((1, 2, 3), (16, 3, 1))[0])
            authors = tuple(dict.fromkeys(rng.sample(source.authors, count)))
            if rng.random() < 0.06:
                authors = (_fill(rng, lang, rng.choice(_words(lang, "desk")), bound),)
        url, guid = _address(rng, source, title, when, section, lang)
        digits, share = _DIGITS.get(lang, ("", 0.0))
        if rng.random() < share:
            table = str.maketrans("0123456789", digits)
            title, teaser, caption = (text.translate(table) for text in (title, teaser, caption))
            paragraphs = tuple(text.translate(table) for text in paragraphs)
        stories.append(
            BankStory(
                lang,
                title + source.tail,
                source.name,
                source.site,
                url,
                guid,
                authors,
                when,
                section,
                tags,
                teaser,
                paragraphs,
                caption,
                credit,
            )
        )
        when -= timedelta(minutes=int(rng.expovariate(1 / pace)) + rng.choice((0, 1, 1)))
    return stories


def _short(text: str, lang: str, words: int) -> str:
    """Return the beginning of a text, without the mark at its end."""
    kept = text[: 2 * words] if lang in _NO_SPACES else " ".join(text.split()[:words])
    return kept.rstrip(" ,.;:!?。，、")


_MARKS = ("• ", "- ", "* ", "– ", "→ ", "", "", "1. ", "✅ ", "👉 ")
_MONTHS = ("January", "March", "May", "July", "August", "October", "December")


def _aside(rng: random.Random, kind: str, story: BankStory, other: BankStory, words: dict[str, list[str]]) -> list[str]:
    """Return paragraphs of one kind as publishers set them between those of an article."""
    lang = story.lang
    facts = [x for p in other.paragraphs for x in re.split(r"(?<=[.!?。])\s*", p) if len(x) > 15]
    if kind == "head":
        text = other.title if rng.random() < 0.3 else _short(rng.choice([other.title, *facts]), lang, rng.randint(2, 7))
        return [_upper(text, lang) if rng.random() < 0.15 else text]
    if kind == "list":
        mark = rng.choice(_MARKS)
        items = [_short(x, lang, rng.randint(2, 12)) for x in facts[:6]]
        return [f"{k}. {x}" if mark == "1. " else mark + x for k, x in enumerate(items, 1)]
    if kind == "credit":
        name = rng.choice([*story.authors, *other.authors, story.source, other.source])
        return [
            rng.choice(
                (
                    f"© {name}/{other.source}",
                    f"© {name}",
                    f"{name} / {other.source}",
                    other.credit,
                    other.caption,
                    f"{other.caption} {other.credit}",
                )
            )
        ]
    if kind == "quote":
        return [rng.choice(("“{}”", "« {} »", "> {}", '"{}"', "„{}“")).format(rng.choice(facts or [other.title]))]
    if kind == "related":
        lead = rng.choice(words.get(rng.choice(("related", "read_more", "most_read"))) or ["Related"])
        return [f"{lead}{rng.choice((': ', ' : ', ' – ', ' '))}{other.title}"]
    if kind == "post":
        handle = re.sub(r"[^a-z0-9]", "", other.source.lower())[:15] or "news"
        when = f"{rng.choice(_MONTHS)} {rng.randint(1, 28)}, {other.published.year}"
        return [rng.choice(facts or [other.title]), f"— {other.source} (@{handle}) {when}"]
    if kind == "notice":
        lead = rng.choice(
            words.get(rng.choice(("sponsored", "subscribe", "share", "comments", "read_more", "about")))
            or ["Advertisement"]
        )
        return [lead]
    if kind == "link":
        return [other.url]
    return [" ".join(_short(x, lang, rng.randint(1, 3)) for x in facts[:4]) or other.title]  # a row of a table


_ASIDES = ("head", "head", "head", "list", "credit", "credit", "quote", "related", "post", "notice", "link", "row")


def furnish(rng: random.Random, stories: list[BankStory]) -> list[BankStory]:
    """Return the stories with what stands between the paragraphs of real articles: subheads, lists, credits, posts.

    All of it is of the article. Half of the pages have none of it.
    """
    share = rng.choice((0, 0, 0, 0.1, 0.25, 0.5))
    if not share or not stories:
        return stories
    kinds = rng.sample(_ASIDES, rng.randint(1, 5))
    others = make_stories(rng, 6, stories[0].lang)
    words = ui(rng.choice((stories[0].lang, stories[0].lang, "en")))
    found = []
    for story in stories:
        out: list[str] = []
        for paragraph in story.paragraphs:
            if rng.random() < share and (out or rng.random() < 0.25):
                out += _aside(rng, rng.choice(kinds), story, rng.choice(others), words)
            out.append(paragraph)
        if rng.random() < share / 2:
            out += _aside(rng, rng.choice(kinds), story, rng.choice(others), words)
        found.append(story._replace(paragraphs=tuple(x for x in out if x.strip())))
    return found


@cache
def _interface(lang: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row, roles in _UI_ROWS.items():
        # A role's choices are parted by "|", as everywhere; roles by ";", which no interface word contains.
        cells = " | ".join(_lists(lang)[row]).split(";")
        names = roles.split()
        if len(cells) != len(names):
            raise ValueError(f"{lang}: row {row} has {len(cells)} cells for {len(names)} roles")
        for name, cell in zip(names, cells, strict=True):
            found[name] = tuple(choice.strip() for choice in cell.split("|"))
    return found


def ui(lang: str) -> dict[str, list[str]]:
    """Give the interface words of a language by role (ROLES), several choices a role.

    `minutes_ago`, `hours_ago`, `days_ago` and `min_read` hold "{n}". Raise FileNotFoundError for an unknown language.
    """
    return {role: list(choices) for role, choices in _interface(lang).items()}


# ---- Written dates

STYLES: tuple[str, ...] = (
    "iso", "iso_date", "iso_space", "rfc822", "short", "medium", "long", "full", "short_time", "medium_time",
    "long_time", "full_time", "weekday_short", "dotted", "slashes", "dashes", "month_first", "day_month", "month_year",
    "12h", "24h", "time_first", "age_short", "age_long", "time", "yesterday", "today", "epoch", "compact", "ctime",
)  # fmt: skip
_MACHINE = ("iso", "iso_date", "iso_space", "rfc822", "epoch", "compact", "ctime")  # ASCII in every language
_STYLE_WEIGHTS = (
    4, 5, 4, 3, 5, 8, 8, 4, 5, 7,
    6, 3, 4, 4, 4, 2, 5, 5, 1,
    4, 5, 2, 5, 6, 4, 3, 3, 0.5, 0.5, 0.5,
)  # fmt: skip
# The names that mail and C programs write, whatever the locale of the machine.
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LOCALES = {"zh": ("zh_Hans_CN", "zh_Hant_TW"), "en": ("en_US", "en_GB", "en_AU", "en_CA"), "pt": ("pt_BR", "pt_PT"), "no": ("nb",), "nb": ("nb",), "es": ("es_ES", "es_MX"), "de": ("de_DE", "de_AT"), "fr": ("fr_FR", "fr_CA"), "ar": ("ar_EG", "ar_MA", "ar_LB"), "sr": ("sr_Cyrl_RS", "sr_Cyrl_RS", "sr_Latn_RS")}  # fmt: skip


def format_date(rng: random.Random, when: datetime, lang: str, style: str | None = None) -> tuple[str, str]:
    """Write an aware time as a page in this language would; give the text and how much of the time it tells.

    The second value is "second", "minute", "day" or "month", where the text tells the date that far (in UTC unless
    the text names another offset); "day_no_year" for a day and month alone; "time" for a time of day alone;
    "relative" for an age ("3 h", "5 hours ago") or a yesterday or today, which tells a date only beside a clock.
    A style is one of STYLES; None takes one at random.
    """
    from babel import Locale
    from babel.dates import format_date as day_text
    from babel.dates import format_datetime, format_skeleton

    if style is None:
        style = rng.choices(STYLES, _STYLE_WEIGHTS)[0]
    when = when.astimezone(UTC)
    locale = Locale.parse(rng.choice(_LOCALES.get(lang, (lang,))))
    thin = rng.random() < 0.3

    def pattern(text: str) -> str:
        return str(format_datetime(when, text, tzinfo=UTC, locale=locale))

    def local_day() -> str:
        # Where the year comes first, "24 July 2026" with the words exchanged is rare, so it is written rarely.
        if lang in ("zh", "ja", "ko", "hu", "eu") and rng.random() < 0.8:
            return str(day_text(when, rng.choice(("medium", "long")), locale))
        return pattern(rng.choice(("d MMM y", "d MMMM y", "EEE d MMM y")))

    def zoned() -> datetime:
        return when.astimezone(
            timezone(timedelta(minutes=rng.choice((0, 0, 0, 60, 120, 180, 330, 480, 540, -180, -300, -420))))
        )

    def iso() -> tuple[str, str]:
        local = zoned()
        text = local.isoformat(timespec=rng.choice(("seconds", "seconds", "minutes", "milliseconds")))
        return (text.replace("+00:00", "Z") if rng.random() < 0.7 else text), "minute" if text.count(
            ":"
        ) == 2 else "second"

    def rfc822() -> tuple[str, str]:
        local = zoned()
        zone = f"{local:%z}" if local.utcoffset() or rng.random() < 0.6 else rng.choice(("GMT", "UTC"))
        day = f"{local.day:02d}" if rng.random() < 0.8 else str(local.day)
        return (
            f"{_DAYS[local.weekday()]}, {day} {_MONTHS[local.month - 1]} {local.year} {local:%H:%M:%S} {zone}",
            "second",
        )

    def day(width: str) -> tuple[str, str]:
        return str(day_text(when, width, locale)), "day"

    def both(width: str) -> tuple[str, str]:
        joint = rng.choice((" ", ", ", " - ", " · ", " | ", None))
        if joint is None:
            return str(
                format_datetime(when, width if width == "short" else "medium", tzinfo=UTC, locale=locale)
            ), "minute" if width == "short" else "second"
        return f"{day_text(when, width, locale)}{joint}{pattern(rng.choice(('HH:mm', 'HH:mm', 'H:mm')))}", "minute"

    def skeleton(name: str, precision: str) -> tuple[str, str]:
        return str(format_skeleton(name, when, tzinfo=UTC, locale=locale)), precision

    def clock() -> str:
        if lang == "en" and rng.random() < 0.5:
            half = rng.choice((" PM", "pm", " p.m.") if when.hour > 11 else (" AM", "am", " a.m."))
            return f"{when.hour % 12 or 12}:{when:%M}{half}"
        return f"{when:%H:%M}" if rng.random() < 0.9 else f"{when:%H.%M}"

    def age(short: bool) -> tuple[str, str]:
        unit = rng.choices(("minutes_ago", "hours_ago", "days_ago"), (3, 5, 3))[0]
        number = rng.randint(2, {"minutes_ago": 59, "hours_ago": 23, "days_ago": 13}[unit])
        if short:
            mark = {
                "minutes_ago": ("m", " min", "min", " m"),
                "hours_ago": ("h", " h", " hr", "h"),
                "days_ago": ("d", " d", "d", "d"),
            }[unit]
            return f"{number}{rng.choice(mark)}", "relative"
        return rng.choice(_interface(lang)[unit]).replace("{n}", str(number)), "relative"

    def named(role: str) -> tuple[str, str]:
        word = rng.choice(_interface(lang)[role])
        return word + rng.choice((f", {clock()}", f" {clock()}", f" · {clock()}", "")), "relative"

    writers: dict[str, Callable[[], tuple[str, str]]] = {
        "iso": iso,
        "iso_date": lambda: (f"{when:%Y-%m-%d}", "day"),
        "iso_space": lambda: rng.choice(((f"{when:%Y-%m-%d %H:%M}", "minute"), (f"{when:%Y-%m-%d %H:%M:%S}", "second"), (f"{when:%Y/%m/%d %H:%M}", "minute"), (f"{when:%Y-%m-%d %H:%M} UTC", "minute"))),
        "rfc822": rfc822,
        "short": lambda: day("short"),
        "medium": lambda: day("medium"),
        "long": lambda: day("long"),
        "full": lambda: day("full"),
        "short_time": lambda: both("short"),
        "medium_time": lambda: both("medium"),
        "long_time": lambda: both("long"),
        "full_time": lambda: both("full"),
        "weekday_short": lambda: skeleton("yMMMEd", "day"),
        "dotted": lambda: (rng.choice((f"{when:%d.%m.%Y}", f"{when.day}.{when.month}.{when.year}", f"{when:%d.%m.%y}", f"{when:%d.%m.%Y, %H:%M}", f"{when:%d.%m.%Y %H:%M}")), ""),
        "slashes": lambda: (rng.choice((f"{when:%d/%m/%Y}", f"{when:%d/%m/%y}", f"{when:%d/%m/%Y %H:%M}", f"{when:%d/%m/%Y - %H:%M}", f"{when:%d/%m/%Y à %H:%M}" if lang == "fr" else f"{when:%Y/%m/%d}")), ""),
        "dashes": lambda: (f"{when:%d-%m-%Y}" if rng.random() < 0.6 else f"{when:%d-%m-%Y %H:%M}", ""),
        "month_first": lambda: rng.choice(((pattern("MMMM d, y"), "day"), (pattern("MMM d, y"), "day"), (pattern("MMM. d, y" if lang == "en" else "MMM d y"), "day"), (f"{when:%m/%d/%Y}", "day"), (f"{pattern('MMM d, y')} {clock()}", "minute"), (f"{pattern('MMMM d, y')} at {clock()}" if lang == "en" else f"{pattern('MMMM d, y')}, {clock()}", "minute"))),
        "day_month": lambda: rng.choice((skeleton("MMMd", "day_no_year"), skeleton("MMMMd", "day_no_year"), (pattern("d MMM"), "day_no_year"), (pattern("MMM d"), "day_no_year"), skeleton("MEd", "day_no_year"))),
        "month_year": lambda: skeleton(rng.choice(("yMMM", "yMMMM")), "month"),
        "12h": lambda: rng.choice(((pattern("MMM d, y, h:mm a"), "minute"), (pattern("d MMM y h:mm a"), "minute"), (f"{when:%m/%d/%Y, }{when.hour % 12 or 12}:{when:%M} {'PM' if when.hour > 11 else 'AM'}", "minute"))),
        "24h": lambda: (f"{local_day()}{rng.choice((' ', ' ', ', ', ' | '))}{when:%H:%M}", "minute"),
        "time_first": lambda: rng.choice(((f"{when:%H:%M}, {day_text(when, 'medium', locale)}", "minute"), (f"{when:%H:%M} | {when:%d.%m.%Y}", "minute"), (f"{when:%H:%M} {day_text(when, 'long', locale)}", "minute"))),
        "age_short": lambda: age(True),
        "age_long": lambda: age(False),
        "time": lambda: (clock(), "time"),
        "yesterday": lambda: named("yesterday"),
        "today": lambda: named("today"),
        "epoch": lambda: (str(int(when.timestamp())), "second"),
        "compact": lambda: rng.choice(((f"{when:%Y%m%d}", "day"), (f"{when:%Y%m%dT%H%M%S}Z", "second"), (f"{when:%Y%m%d%H%M}", "minute"))),
        "ctime": lambda: (f"{_DAYS[when.weekday()]} {_MONTHS[when.month - 1]} {when.day:2d} {when:%H:%M:%S} {when.year}", "second"),
    }  # fmt: skip
    text, precision = writers[style]()
    if not precision:
        precision = "minute" if ":" in text else "day"
    digits, share = _DIGITS.get(lang, ("", 0.0))
    if style not in _MACHINE and rng.random() < share:
        text = text.translate(str.maketrans("0123456789", digits))
    if not thin:
        text = text.replace("\u202f", " ").replace("\u00a0", " ")
    return text.strip(), precision
