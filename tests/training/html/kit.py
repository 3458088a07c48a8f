"""Write HTML pages piece by piece, each piece of a story marked, with the furniture that web programs put around."""

import html
import random
import re
from collections.abc import Callable, Sequence

from ..bank import BankStory, format_date
from ..page import mark

ROLES = ("home", "all", "unread", "starred", "settings", "search", "subscribe", "about", "help", "login", "privacy")
INLINE = ("em", "strong", "i", "b", 'a href="#ref"', "span", "code")
DATE_STYLES = (
    "iso", "iso_date", "iso_space", "rfc822", "short", "medium", "medium", "long", "full", "short_time", "medium_time",
    "medium_time", "long_time", "full_time", "weekday_short", "dotted", "slashes", "dashes", "month_first", "day_month",
    "12h", "24h", "time_first", "age_short", "age_short", "age_long", "age_long", "age_long", "time", "yesterday",
)  # fmt: skip
AGES = frozenset(("age_short", "age_long", "yesterday", "today"))
FEEDS = (
    "Daily Notes", "Lumen", "Il Faro", "Le Courrier du Lac", "Die Lupe", "El Mirador", "Kanal 9", "Тиждень", "新潮",
    "Code & Coffee", "The Slow Reader", "Wetterfrosch", "xkcd-ish", "Podcast: Late Desk", "Nordlys", "Kitchen Table",
)  # fmt: skip


def esc(text: str) -> str:
    """Escape `text` for an HTML document."""
    return html.escape(text, quote=True)


class Marks(list[tuple[str, int]]):
    """Hold the marks of a page, how far its dates tell each story's time (ISO texts by story), its interface words."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self.shown: dict[int, str] = {}
        self.words: set[str] = set()


class Kit:
    """Hold the page under construction: its random source, its stories, its interface words and its marks."""

    def __init__(
        self, rng: random.Random, stories: Sequence[BankStory], ui: dict[str, list[str]], lang_ui: str
    ) -> None:
        """Keep back some stories of a longer list: their titles are the page's "most read" and "related" lists."""
        self.rng, self.ui, self.lang = rng, ui, lang_ui
        spare = rng.randint(2, 4) if len(stories) > 8 else 0
        self.stories = list(stories[: len(stories) - spare])
        self.pool = list(stories[len(stories) - spare :])
        self.marks = Marks()
        self.style = rng.choice(DATE_STYLES)
        self.date_seed = rng.random()
        self.words: dict[str, str] = {}
        self.fresh = rng.random() < 0.2  # an interface word is drawn anew each time
        self.author_join = rng.choice((", ", " and ", " · ", ", ", "; ", " & ", " / "))
        self.salt = "".join(rng.choice("abcdefghijklmnop0123456789") for _ in range(6))
        self.space = rng.choice(("keep", "keep", "squeeze", "deep", "tabs"))

    # -- words of the interface -------------------------------------------------------------------------------------
    def w(self, role: str, n: int | None = None) -> str:
        """Give an interface word (escaped) for `role`; the same one all over the page."""
        if role not in self.words or self.fresh:
            self.words[role] = self.rng.choice(self.ui.get(role) or [role.replace("_", " ").capitalize()])
        word = self.words[role]
        if "{n}" in word:
            word = word.replace("{n}", str(self.rng.randint(1, 9) if n is None else n))
        self.marks.words.add(word)
        return esc(word)

    def maybe(self, chance: float, text: str | Callable[[], str], other: str = "") -> str:
        """Give `text` with this chance (a function is called only then)."""
        if self.rng.random() >= chance:
            return other
        return text() if callable(text) else text

    def pick(self, *options: str) -> str:
        """Give one of the options."""
        return self.rng.choice(options)

    def icon(self, alt: str, name: str = "icon") -> str:
        """Give an image with its alternative text."""
        return f'<img class="icon" src="/i/{name}.svg" alt="{esc(alt)}">'

    # -- fields of a story ------------------------------------------------------------------------------------------
    def m(self, label: str, story: int, text: str) -> str:
        """Mark a field; give its HTML."""
        return esc(mark(label, story, text, self.marks))

    def title(self, i: int) -> str:
        """Give the marked title."""
        return self.m("title", i, self.stories[i].title)

    def source(self, i: int) -> str:
        """Give the marked source."""
        return self.m("source", i, self.stories[i].source)

    def author(self, i: int, before: str = "", after: str = "", cut: int = 4) -> str:
        """Give the marked authors between `before` and `after`, or nothing where the story has none."""
        who = [self.m("author", i, name) for name in self.stories[i].authors[:cut]]
        return f"{before}{esc(self.author_join).join(who)}{after}" if who else ""

    def date(self, i: int, style: str | None = None, lang: str | None = None) -> str:
        """Give the marked date; one style serves the whole page."""
        style, when = style or self.style, self.stories[i].published
        draw = self.rng if style in AGES else random.Random(self.date_seed)  # one pattern all over the page
        text, told = format_date(draw, when, lang or self.lang, style)
        if told in ("second", "minute"):
            self.marks.shown[i] = when.isoformat()
        elif told == "day" and i not in self.marks.shown:
            self.marks.shown[i] = when.date().isoformat()
        return self.m("date", i, text)

    def day(self, text: str) -> str:
        """Give a heading that dates the stories below it."""
        return self.m("day", -1, text)

    def link(self, i: int) -> str:
        """Give the story's address as visible text."""
        return self.m("link", i, self.stories[i].url)

    def href(self, i: int) -> str:
        """Give the story's address for an attribute."""
        return esc(self.stories[i].url)

    def teaser(self, i: int, size: int = 0, end: str = "…") -> str:
        """Give the marked teaser, cut at `size` characters where that is set; nothing where there is none."""
        text = self.stories[i].teaser or " ".join(self.stories[i].paragraphs[:2])
        if size and len(text) > size:
            text = text[:size].rstrip() + end
        return self.m("teaser", i, text) if text else ""

    def tags(self, i: int, join: str = ", ", before: str = "", after: str = "", sign: str = "") -> str:
        """Give the marked tags as links, or nothing."""
        tags = self.stories[i].tags
        if not tags:
            return ""
        return (
            before
            + join.join(f'<a href="/t/{k}" rel="tag">{self.m("tags", i, sign + t)}</a>' for k, t in enumerate(tags))
            + after
        )

    def caption(self, i: int, wrap: str = "figcaption") -> str:
        """Give the marked caption, and the credit beside it, or nothing."""
        s = self.stories[i]
        out = f"<{wrap}>{self.m('caption', i, s.caption)}</{wrap}>" if s.caption else ""
        if s.credit and self.rng.random() < 0.6:
            out += f'<p class="credit">{self.m("caption", i, s.credit)}</p>'
        return out

    def dress(self, text: str, chance: float = 0.25) -> str:
        """Set inline tags around words of escaped text now and then."""
        if self.rng.random() > chance:
            return text
        words = text.split(" ")
        for _ in range(self.rng.randint(1, 2)):
            k = self.rng.randrange(len(words))
            if re.fullmatch(r"[\w,.]+", words[k]) and not re.search("[\ue000-\uf8ff]", words[k]):
                tag = self.rng.choice(INLINE)
                words[k] = f"<{tag}>{words[k]}</{tag.split()[0]}>"
        return " ".join(words)

    def figure(self, i: int) -> str:
        """Give the story's picture with its caption."""
        s = self.stories[i]
        if not s.caption and self.rng.random() < 0.5:
            return ""
        alt = esc(s.caption[:40]) if self.rng.random() < 0.3 else ""
        img = f'<img src="/m/{i}.jpg" alt="{alt}">'
        kind = self.rng.randrange(4)
        if kind == 0:
            return f"<figure>{img}{self.caption(i)}</figure>"
        if kind == 1:
            return f'<figure class="enclosure"><p class="enclosure-content">{img}</p>{self.caption(i)}</figure>'
        if kind == 2:
            return f'<div class="image">{img}{self.caption(i, "div")}</div>'
        return f"<p>{img}</p>{self.caption(i, 'p')}"

    def body(self, i: int, limit: int = 12, how: str | None = None) -> str:
        """Give the marked paragraphs as the publisher's HTML would have them."""
        paragraphs = self.stories[i].paragraphs[:limit]
        how = how or self.rng.choice(("p", "p", "p", "p", "br", "div", "list", "heads"))
        parts = [self.dress(self.m("body", i, p)) for p in paragraphs]
        if how == "br":
            return self.rng.choice(("<br><br>", "<br/>\n<br/>\n", "<br>")).join(parts)
        if how == "div":
            return "".join(f"<div>{p}</div>" for p in parts)
        out = []
        heads = self.rng.choice(("h2", "h3", "h4", "strong", "p", "p><b"))
        for k, part in enumerate(parts):
            text = paragraphs[k]
            if how == "list" and k >= 2 and k % 3 == 2:
                out.append(f"<ul><li>{part}</li></ul>")
            elif how == "heads" and k and len(text) < 90:
                out.append(f"<h3>{part}</h3>")
            elif len(text) < 70 and k and text[-1:].isalnum() and self.rng.random() < 0.6:
                close = "b></p" if heads == "p><b" else heads
                out.append(f"<{heads}>{part}</{close}>")
            elif text.startswith("©") and self.rng.random() < 0.5:
                out.append(f"<figure><img src='/p/{k}.jpg'><figcaption>{part}</figcaption></figure>")
            elif self.rng.random() < 0.05:
                out.append(f"<blockquote><p>{part}</p></blockquote>")
            else:
                out.append(f"<p>{part}</p>")
        return ("" if self.rng.random() < 0.6 else "\n").join(out)

    def content(self, i: int, limit: int = 12) -> str:
        """Give picture and paragraphs in either order."""
        figure, body = self.figure(i), self.body(i, limit)
        return figure + body if self.rng.random() < 0.6 else body + figure

    # -- furniture --------------------------------------------------------------------------------------------------
    def feeds(self) -> list[str]:
        """List the feeds of the page and some others."""
        names = list(dict.fromkeys(s.source for s in self.stories))
        names += self.rng.sample(FEEDS, self.rng.randint(0, 6))
        self.rng.shuffle(names)
        return names[: self.rng.randint(3, 30)]

    def sections(self) -> list[str]:
        """List the sections that the stories name, without repeats."""
        return list(dict.fromkeys(s.section for s in self.stories if s.section)) or ["News"]

    def sidebar(self, mark_text: str = "", count: str = "{}", close: str = "li") -> str:
        """Give a nested list of folders and feeds with counts of unread stories."""
        rows, names = [], self.feeds()
        folders = self.sections()
        per = self.rng.randint(2, 8)
        plain = self.rng.random() < 0.3
        for k, name in enumerate(names):
            if not plain and k % per == 0:
                folder = esc(folders[(k // per) % len(folders)])
                rows.append(
                    f'<{close} class="folder"><a href="/c/{k}">{folder}</a> {count.format(self.rng.randint(1, 99))}</{close}>'
                )
            number = count.format(self.rng.randint(1, 400)) if self.rng.random() < 0.8 else ""
            rows.append(f'<{close} class="feed"><a href="/f/{k}">{mark_text}{esc(name)}</a> {number}</{close}>')
        return "\n".join(rows)

    def menu(self, roles: Sequence[str] = ROLES, low: int = 2, high: int = 8, tag: str = "li") -> str:
        """Give links with interface words."""
        some = self.rng.sample(list(roles), min(len(roles), self.rng.randint(low, high)))
        return "\n".join(f'<{tag}><a href="/{r}">{self.w(r)}</a></{tag}>' for r in some)

    def share(self) -> str:
        """Give a bar of share links."""
        names = self.rng.sample(("Facebook", "X", "Twitter", "WhatsApp", "E-mail", "Telegram", "LinkedIn", "Reddit"), 3)
        return (
            f'<div class="share"><span>{self.w("share")}</span> '
            + " ".join(f'<a href="#s">{n}</a>' for n in names)
            + "</div>"
        )

    def spare_list(self, role: str = "most_read", tag: str = "ol") -> str:
        """Give a list of other stories' titles: chrome."""
        if not self.pool:
            return ""
        rows = "".join(f'<li><a href="/o/{k}">{esc(s.title)}</a></li>' for k, s in enumerate(self.pool))
        return f'<div class="widget"><h3>{self.w(role)}</h3><{tag}>{rows}</{tag}></div>'

    def footer(self) -> str:
        """Give a footer."""
        year = self.rng.randint(2012, 2026)
        site = esc(self.stories[0].site or "example.org")
        return (
            f'<footer class="foot"><p>{self.pick("©", "&copy;", "Copyright ©")} {year} {site}</p>'
            f"<ul>{self.menu(('privacy', 'about', 'help', 'copyright', 'subscribe', 'login'), 1, 5)}</ul></footer>"
        )

    def doc(self, title: str, body: str, head: str = "") -> tuple[str, Marks]:
        """Give the whole document and the marks; blanks between tags as the page's maker leaves them."""
        if self.space == "squeeze":
            body = re.sub(r">\s*\n\s*<", "><", body)
        elif self.space in ("deep", "tabs"):
            unit = "  " if self.space == "deep" else "\t"
            body = re.sub(r">\s*\n\s*<", lambda m: ">\n" + unit * (1 + m.start() % 5) + "<", body)
        text = (
            f'<!DOCTYPE html>\n<html lang="{self.lang}">\n<head>\n<meta charset="utf-8">\n<title>{esc(title)}</title>\n{head}'
            f'<style>.a{{color:#123}}</style>\n</head>\n<body class="{self.salt}">\n{body}\n'
            f"<script>window.start('{self.salt}');</script>\n</body>\n</html>\n"
        )
        return text, self.marks


def each(kit: Kit, row: Callable[[int], str], join: str = "\n") -> str:
    """Join the rows of all stories, in order."""
    return join.join(row(i) for i in range(len(kit.stories)))


def days(kit: Kit, row: Callable[[int], str], head: Callable[[str, int], str], label: Callable[[int, int], str]) -> str:
    """Join the rows, with a heading wherever the day changes; `label(i, nth)` gives the heading's words."""
    out, last, nth = [], None, 0
    for i, story in enumerate(kit.stories):
        day = story.published.date()
        if day != last:
            out.append(head(label(i, nth), nth))
            last, nth = day, nth + 1
        out.append(row(i))
    return "\n".join(out)
