"""Compose pages from templates of records: a template is a distribution, of which one page is a draw.

Template language:

- `{name}` a stretch of the story (see `Style.value`), `{w:role}` a word of the interface, `{r:a-b}` a number,
  `{n}` the story's number on the page; `⟦` and `⟧` stand for two brackets;
- `<<a¦b¦c>>` a setting, drawn once for the page;
- `[[...]]` a part that is left out where a stretch in it is empty, `[[30%...]]` one that only 30 in 100 stories have.
"""

from __future__ import annotations

import random
import re
import textwrap
import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from babel.dates import format_date as babel_date

from tests.training.bank import format_date
from tests.training.page import Page, layout

WORDS = {
    "share": "Share", "read_more": "Read more", "mark_read": "Mark as read", "mark_all_read": "Mark all as read",
    "search": "Search", "settings": "Settings", "all": "All", "unread": "Unread", "starred": "Starred",
    "subscribe": "Subscribe", "unsubscribe": "Unsubscribe", "next": "Next", "previous": "Previous", "by": "By",
    "published": "Published", "posted_in": "Posted in", "tags": "Tags", "comments": "comments",
    "yesterday": "Yesterday", "today": "Today", "login": "Log in", "help": "Help", "about": "About",
    "copyright": "Copyright", "privacy": "Privacy", "home": "Home", "reply": "Reply", "forward": "Forward",
    "view_in_browser": "View in browser", "sponsored": "Sponsored", "most_read": "Most read", "related": "Related",
    "open_original": "Open original", "sort": "Sort", "newest": "Newest first", "oldest": "Oldest first",
    "hide": "hide", "save": "Save", "points": "points", "source": "Source", "title": "Title", "date": "Date",
    "author": "Author", "link": "Link",
}  # fmt: skip
NAV = [
    "all",
    "unread",
    "starred",
    "search",
    "settings",
    "mark_all_read",
    "newest",
    "oldest",
    "sort",
    "home",
    "help",
    "about",
    "login",
    "subscribe",
    "most_read",
    "today",
]
BUTTONS = [
    "share",
    "mark_read",
    "save",
    "reply",
    "forward",
    "hide",
    "open_original",
    "comments",
    "related",
    "starred",
    "read_more",
]
FOOT = [
    "privacy",
    "about",
    "help",
    "copyright",
    "unsubscribe",
    "view_in_browser",
    "next",
    "previous",
    "subscribe",
    "home",
    "settings",
]
PROSE_OF = {
    "en": ("You are receiving this because you subscribed.", "Thank you for reading. Tell a friend.", "This page uses cookies to measure how it is used.", "No more articles.", "You have reached the end of the list.", "Send tips and corrections to the editors.", "Sign up to keep reading without limits.", "Was this forwarded to you? Get your own copy each morning.", "There are new articles available, click to refresh the page.", "Use j and k to move between entries, o to open one.", "All times are in UTC.", "Sorted by date, newest at the top.", "The opinions are those of the authors.", "You have 3 free articles left this month.", "Loading more stories…", "Are you sure that you want to mark all entries as read?", "Nothing else here for now.", "The server took 0.21 seconds to make this page.", "Skip to content", "Javascript must be enabled to use this reader.", "We value your privacy. Choose which cookies you allow."),
    "fr": ("Vous recevez ce message parce que vous êtes abonné à notre lettre.", "Ce site utilise des cookies pour mesurer son audience.", "Il n’y a plus d’articles à afficher.", "Cet article est réservé aux abonnés.", "Aller au contenu", "Merci de nous lire chaque matin."),
    "de": ("Sie erhalten diese E-Mail, weil Sie unseren Newsletter abonniert haben.", "Diese Seite verwendet Cookies.", "Es gibt keine weiteren Artikel.", "Zum Inhalt springen", "Alle Angaben ohne Gewähr.", "Vielen Dank, dass Sie uns lesen."),
    "es": ("Este sitio utiliza cookies propias y de terceros.", "Recibes este correo porque te has suscrito.", "No hay más artículos.", "Saltar al contenido", "Gracias por leernos."),
    "it": ("Ricevi questa email perché sei iscritto alla newsletter.", "Questo sito utilizza i cookie.", "Non ci sono altri articoli.", "Vai al contenuto"),
    "pt": ("Este site usa cookies para melhorar a sua experiência.", "Recebe este e-mail porque se inscreveu.", "Não há mais artigos.", "Ir para o conteúdo"),
    "nl": ("Deze website maakt gebruik van cookies.", "U ontvangt deze e-mail omdat u zich hebt aangemeld.", "Er zijn geen artikelen meer.", "Ga naar de inhoud"),
    "pl": ("Ta strona korzysta z plików cookie.", "Otrzymujesz tę wiadomość, ponieważ zapisałeś się na newsletter.", "Nie ma więcej artykułów."),
    "sv": ("Den här sidan använder kakor.", "Du får det här brevet för att du prenumererar.", "Det finns inga fler artiklar.", "Hoppa till innehållet"),
    "da": ("Denne side bruger cookies.", "Du modtager denne mail, fordi du er tilmeldt.", "Der er ikke flere artikler."),
    "nb": ("Denne siden bruker informasjonskapsler.", "Du får denne e-posten fordi du abonnerer.", "Ingen flere artikler."),
    "fi": ("Tämä sivusto käyttää evästeitä.", "Saat tämän viestin, koska olet tilannut uutiskirjeen.", "Ei enempää artikkeleita."),
    "cs": ("Tato stránka používá soubory cookie.", "Tento e-mail dostáváte, protože jste se přihlásili k odběru.", "Žádné další články."),
    "sk": ("Táto stránka používa súbory cookie.", "Žiadne ďalšie články."),
    "hu": ("Ez az oldal sütiket használ.", "Ezt a levelet azért kapta, mert feliratkozott.", "Nincs több cikk."),
    "ro": ("Acest site folosește module cookie.", "Primiți acest mesaj pentru că v-ați abonat.", "Nu mai sunt articole."),
    "bg": ("Този сайт използва бисквитки.", "Няма повече статии."),
    "ru": ("Вы получили это письмо, потому что подписаны на рассылку.", "Этот сайт использует файлы cookie.", "Больше статей нет.", "Перейти к содержанию"),
    "uk": ("Цей сайт використовує файли cookie.", "Ви отримали цей лист, бо підписані на розсилку.", "Більше статей немає."),
    "sr": ("Овај сајт користи колачиће.", "Нема више чланака."),
    "el": ("Αυτός ο ιστότοπος χρησιμοποιεί cookies.", "Δεν υπάρχουν άλλα άρθρα."),
    "tr": ("Bu site çerez kullanır.", "Bu e-postayı abone olduğunuz için aldınız.", "Başka yazı yok."),
    "ar": ("يستخدم هذا الموقع ملفات تعريف الارتباط.", "تصلك هذه الرسالة لأنك مشترك في النشرة.", "لا توجد مقالات أخرى."),
    "fa": ("این سایت از کوکی استفاده می‌کند.", "مقاله دیگری نیست."),
    "he": ("אתר זה משתמש בעוגיות.", "אין עוד כתבות."),
    "hi": ("यह साइट कुकी का उपयोग करती है।", "और कोई लेख नहीं है।"),
    "bn": ("এই সাইট কুকি ব্যবহার করে।", "আর কোনো নিবন্ধ নেই।"),
    "th": ("เว็บไซต์นี้ใช้คุกกี้", "ไม่มีบทความเพิ่มเติม"),
    "vi": ("Trang này sử dụng cookie.", "Không còn bài viết nào."),
    "id": ("Situs ini menggunakan kuki.", "Anda menerima surel ini karena berlangganan.", "Tidak ada artikel lagi."),
    "zh": ("本网站使用 Cookie 以改善您的体验。", "您收到此邮件是因为您已订阅。", "没有更多文章了。"),
    "ja": ("本サイトではクッキーを使用しています。", "このメールは購読者の方にお送りしています。", "記事は以上です。"),
    "ko": ("이 사이트는 쿠키를 사용합니다.", "구독하셔서 이 메일을 보내 드립니다.", "더 이상 글이 없습니다."),
    "ca": ("Aquest lloc web fa servir galetes.", "Rebeu aquest correu perquè hi esteu subscrit.", "No hi ha més articles."),
    "eu": ("Webgune honek cookieak erabiltzen ditu.", "Ez dago artikulu gehiagorik."),
}  # fmt: skip
PROSE = PROSE_OF["en"]


RULES = ("-" * 3, "-" * 20, "-" * 40, "-" * 60, "-" * 72, "=" * 40, "=" * 70, "_" * 40, "* * *", "***", "---", "~" * 30, "─" * 40, "━" * 30, "• • •", "#", "⁂", "+" * 30, "-- ", "§", "═" * 50, ". . .", "-=-=-=-=-=-")  # fmt: skip
BULLETS = ("• ", "* ", "- ", "– ", "— ", "‣ ", "▸ ", "· ", "◦ ", "o ", "+ ", "» ", "> ", "→ ", "■ ", "□ ", "● ", "✓ ", "☐ ", "★ ", "▪ ", "➤ ")  # fmt: skip
ENDS = ("…", "...", " [...]", " […]", "", " ...", "… ", "[…]", " (…)", "..")
_TOKEN = re.compile(r"\{([a-zA-Z][\w:-]*)\}|(<<)|(>>)(?!>)|(¦)|(\[\[)(?:(\d+)%)?|(\]\])")

DATE_STYLES = (
    ["iso", "iso_date", "iso_space", "rfc822", "short", "medium", "long", "full", "short_time", "medium_time", "long_time", "full_time", "weekday_short", "dotted", "slashes", "dashes", "month_first", "day_month", "month_year", "12h", "24h", "time_first", "compact", "ctime", "age"],
    (2, 3, 3, 3, 3, 4, 4, 2, 4, 4, 3, 2, 2, 4, 3, 2, 4, 4, 1, 3, 3, 2, 1, 1, 14),
)  # fmt: skip
Node = Any  # str, ("field", name), ("part", chance or None, [nodes])
Values = dict[str, tuple[str | None, Callable[[Any, int], str]]]


def wide(text: str) -> bool:
    """Return whether a text is written without blanks between words, in characters of two columns."""
    return sum(unicodedata.east_asian_width(c) in "WF" for c in text[:60]) > 10


def fill(text: str, width: int, indent: str = "", hanging: str = "") -> str:
    """Return each line of the text wrapped at a width; text of wide characters at half of it."""
    return "\n".join(
        "\n".join(
            textwrap.wrap(
                line,
                max(10, width // 2 if wide(line) else width),
                initial_indent=indent,
                subsequent_indent=hanging,
                break_on_hyphens=False,
            )
        )
        for line in text.split("\n")
    )


def cut(text: str, size: int, end: str, at_word: bool) -> str:
    """Return a text of at most `size` characters, with an end mark where something was cut."""
    if len(text) <= size:
        return text
    head = text[:size]
    if at_word and " " in head[size // 2 :]:
        head = head[: head.rindex(" ")]
    return (head.rstrip() + end).rstrip()


class Style:
    """Settings of one page, drawn once."""

    def __init__(self, rng: random.Random, stories: Sequence[Any], ui: dict[str, list[str]], lang_ui: str) -> None:
        self.rng, self.stories, self.ui, self.lang = rng, stories, ui, lang_ui
        self.words: dict[str, str] = {}
        self.date_seed = rng.getrandbits(32)
        self.local = rng.random() < 0.2  # dates in the stories' language, not in the interface's
        self.date_style = rng.choices(*DATE_STYLES)[0]
        self.size = rng.choice([80, 110, 140, 160, 200, 250, 300, 400, 500, 500, 700, 10_000, 10_000, 10_000, 10_000])
        self.end = rng.choice(ENDS)
        self.at_word = rng.random() < 0.6
        self.wrap: int | None = None
        self.wrap_titles = rng.random() < 0.4
        self.para = rng.choice(["\n\n", "\n\n", "\n\n", "\n", "\n\n\n"])
        self.most = rng.choice([1, 2, 3, 5, 12, 12])  # paragraphs of a body
        self.hang = rng.random() < 0.5
        self.upper_source = rng.random() < 0.08
        self.joint = rng.choice([", ", ", ", " / ", "; ", " and ", " | ", ","])
        self.tag_joint = rng.choice([", ", " ", " | ", " · ", "; ", " / ", " #"])
        self.ids = rng.randrange(10**3, 10**8)
        self.drop = {"author": rng.choice([0, 0, 0.2, 0.5]), "teaser": rng.choice([0, 0, 0, 0.1, 0.3])}
        self.extra: Values = {}
        self.shown: dict[int, str | None] = {}
        self.memo: dict[tuple[str, int], str] = {}
        self.number = 0

    def w(self, role: str) -> str:
        """Return the page's word for a role of the interface."""
        if role not in self.words:
            known = self.ui.get(role) or [WORDS.get(role, role.replace("_", " ").capitalize())]
            self.words[role] = self.rng.choice(known)
        return self.words[role]

    def prose(self) -> str:
        """Return a sentence as programs and publishers put on their pages, mostly in the interface's language."""
        if self.lang in PROSE_OF and self.rng.random() < 0.9:
            self.words["prose"] = self.words["prose2"] = ""
            return self.rng.choice(PROSE_OF[self.lang])
        return self.rng.choice(PROSE)

    def date(self, story: Any, i: int, style: str | None = None) -> str:
        """Return the story's date as the page writes dates; note what it tells."""
        lang = story.lang if self.local else self.lang
        style = style or self.date_style
        if style == "age":
            return _age(self, story, i)
        text, precision = format_date(random.Random(self.date_seed), story.published, lang, style)
        self.tell(i, story, precision)
        return text

    def tell(self, i: int, story: Any, precision: str) -> None:
        """Note what the page tells of a story's date: the whole of it, its day, or none that holds without a clock."""
        iso = story.published.isoformat()
        told = iso if precision in ("second", "minute") else iso[:10] if precision == "day" else None
        if precision == "time" and self.shown.get(i):
            told = iso  # a day's heading says the rest
        if told and len(told) > len(self.shown.get(i) or ""):
            self.shown[i] = told
        self.shown.setdefault(i, None)

    def long(self, text: str) -> str:
        return cut(text, self.size, self.end, self.at_word)

    def value(self, name: str, story: Any, i: int) -> tuple[str | None, str]:
        """Return the label and the text of a stretch, the same however often it is asked for."""
        if name in self.extra:
            label, make = self.extra[name]
        else:
            label, make = VALUES[name][0], lambda s, j: VALUES[name][1](self, s, j)
        if (name, i) not in self.memo:
            self.memo[name, i] = make(story, i)
        return label, self.memo[name, i]

    def dropped(self, what: str, i: int) -> bool:
        if ("-" + what, i) not in self.memo:
            self.memo["-" + what, i] = "1" if self.rng.random() < self.drop[what] else ""
        return bool(self.memo["-" + what, i])


def _authors(st: Style, s: Any, i: int) -> str:
    return "" if st.dropped("author", i) else st.joint.join(s.authors)


def _teaser(st: Style, s: Any, i: int) -> str:
    return "" if st.dropped("teaser", i) else st.long(s.teaser)


def _body(st: Style, s: Any, i: int) -> str:
    return st.para.join(s.paragraphs[: st.most])


def _first(s: Any) -> str:
    return str(s.paragraphs[0] if s.paragraphs else s.teaser or s.title)


def _two(s: Any) -> str:
    return " ".join(s.paragraphs[:2]) or str(s.teaser or s.title)


def _sentence(s: Any) -> str:
    text = s.teaser or _first(s)
    found = re.match(r".{40,}?[.!?。！？؟।](?=\s|$|[^\x00-\x7f])", text)
    return found.group() if found else str(text)


def _handle(s: Any) -> str:
    plain_name = re.sub(r"[^a-z0-9]", "", s.source.lower())
    parts = s.site.split(".")
    return "@" + (plain_name if len(plain_name) > 3 else parts[-2] if len(parts) > 1 else parts[0])[:24]


def _age(st: Style, s: Any, i: int) -> str:
    """Return how long before the page was made the story came: in short marks or in words of the interface."""
    newest = max(x.published for x in st.stories)
    minutes = int((newest - s.published).total_seconds() // 60) + 1 + st.date_seed % 50
    st.tell(i, s, "relative")
    for unit, size, mark in (("minutes_ago", 60, "m"), ("hours_ago", 1440, "h"), ("days_ago", 10**9, "d")):
        if minutes < size:
            number = max(1, minutes // {"m": 1, "h": 60, "d": 1440}[mark])
            form = st.date_seed % 7
            if form < 3 and st.ui.get(unit):
                known = st.ui[unit]
                return known[st.date_seed % len(known)].replace("{n}", str(number))
            if form < 5:
                return f"{number}{mark}"
            if form == 5:
                return f"{number} { {'m': 'min', 'h': 'h', 'd': 'd'}[mark] }"
            return f"{number}{ {'m': ' min', 'h': 'h', 'd': 'd'}[mark] } ago"
    return ""


def _time(st: Style, s: Any, i: int) -> str:
    twelve = st.date_seed % 4 == 0
    when = s.published
    st.tell(i, s, "time")
    if twelve:
        return f"{(when.hour + 11) % 12 + 1}:{when.minute:02}{' ' if st.date_seed % 8 else ''}{'am' if when.hour < 12 else 'pm'}"
    return f"{when.hour:02}{'.' if st.date_seed % 9 == 1 else ':'}{when.minute:02}"


def locale(lang: str) -> str:
    return {"zh": "zh_Hans", "nb": "nb", "no": "nb"}.get(lang, lang.replace("-", "_"))


def day(when: datetime, lang: str, form: str) -> str:
    """Return a day in words of a language: a Babel form or pattern."""
    return str(babel_date(when.date(), form, locale(lang)))


def _iso(st: Style, s: Any, i: int) -> str:
    st.tell(i, s, "day")
    return str(s.published.date())


def _isotime(st: Style, s: Any, i: int) -> str:
    st.tell(i, s, "minute")
    return s.published.strftime(["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y%m%d%H%M%S", "%Y/%m/%d %H:%M", "%d.%m.%Y %H:%M", "%m/%d/%Y %H:%M"][st.date_seed % 7])  # fmt: skip


def _rfc(st: Style, s: Any, i: int) -> str:
    st.tell(i, s, "minute")
    zone = ["+0000", "GMT", "UTC", "-0000"][st.date_seed % 4]
    days, months = (
        ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    )
    p = s.published
    return f"{days[p.weekday()]}, {p.day:0{1 + st.date_seed % 2}} {months[p.month - 1]} {p.year} {p:%H:%M:%S} {zone}"


def _longday(st: Style, s: Any, i: int) -> str:
    st.tell(i, s, "day")
    return day(
        s.published, s.lang if st.local else st.lang, ["long", "full", "medium", "short", "long"][st.date_seed % 5]
    )


def _monthday(st: Style, s: Any, i: int) -> str:
    st.tell(i, s, "day_no_year")
    forms = ["d MMM", "MMM d", "d. MMM", "d/M", "MMM dd", "d MMMM", "dd.MM.", "MMMM d"]
    return day(s.published, s.lang if st.local else st.lang, forms[st.date_seed % 8])


VALUES: dict[str, tuple[str | None, Callable[[Style, Any, int], str]]] = {
    "title": ("title", lambda st, s, i: s.title),
    "TITLE": ("title", lambda st, s, i: s.title.upper()),
    "source": ("source", lambda st, s, i: s.source.upper() if st.upper_source else s.source),
    "SOURCE": ("source", lambda st, s, i: s.source.upper()),
    "site": ("source", lambda st, s, i: s.site),
    "author": ("author", _authors),
    "AUTHOR": ("author", lambda st, s, i: _authors(st, s, i).upper()),
    "author1": ("author", lambda st, s, i: s.authors[0] if s.authors else ""),
    "handle": (None, lambda st, s, i: _handle(s)),
    "date": ("date", lambda st, s, i: st.date(s, i)),
    "age": ("date", _age),
    "time": ("date", _time),
    "iso": ("date", _iso),
    "isotime": ("date", _isotime),
    "rfc": ("date", _rfc),
    "longday": ("date", _longday),
    "monthday": ("date", _monthday),
    "teaser": ("teaser", _teaser),
    "lead": ("teaser", lambda st, s, i: st.long(_first(s))),
    "body": ("body", _body),
    "body1": ("body", lambda st, s, i: _first(s)),
    "body2": ("body", lambda st, s, i: _two(s)),
    "bodyrest": ("body", lambda st, s, i: st.para.join(s.paragraphs[1 : st.most + 1])),
    "glued": ("body", lambda st, s, i: "".join(s.paragraphs[: st.most])),
    "whole": ("body", lambda st, s, i: st.para.join(s.paragraphs)),
    "flat": ("body", lambda st, s, i: " ".join(s.paragraphs[: st.most])),
    "blurb": ("body", lambda st, s, i: st.long(s.teaser or _first(s))),
    "sentence": ("body", lambda st, s, i: _sentence(s)),
    "tags": ("tags", lambda st, s, i: st.tag_joint.join(s.tags)),
    "hashtags": ("tags", lambda st, s, i: " ".join("#" + t.replace(" ", "") for t in s.tags)),
    "section": ("tags", lambda st, s, i: s.section),
    "link": ("link", lambda st, s, i: s.url),
    "caption": ("caption", lambda st, s, i: s.caption),
    "credit": (None, lambda st, s, i: s.credit),
    "domain": (None, lambda st, s, i: s.site),
    "place": (None, lambda st, s, i: s.section),
    "isoday": (None, lambda st, s, i: str(s.published.date())),
    "guid": (None, lambda st, s, i: s.guid),
    "n": (None, lambda st, s, i: str(i + 1)),
    "n0": (None, lambda st, s, i: f"{i + 1:03}"),
    "left": (None, lambda st, s, i: str(len(st.stories) - i)),
    "total": (None, lambda st, s, i: str(len(st.stories))),
    "id": (None, lambda st, s, i: str(st.ids + i * 7)),
    "words": (None, lambda st, s, i: str(sum(len(p.split()) for p in s.paragraphs))),
    "kb": (None, lambda st, s, i: f"{sum(map(len, s.paragraphs)) / 1024:.1f}K"),
    "minutes": (None, lambda st, s, i: str(1 + sum(len(p.split()) for p in s.paragraphs) // 200)),
    "lang": (None, lambda st, s, i: s.lang),
}


def compile_template(template: str, rng: random.Random) -> list[Node]:
    """Return the nodes of a template with its settings drawn."""
    template = re.sub(r"(?<!\[\[)((?:\{w:by\}|\b[bB]y|\bin) \{author1\})", r"[[\1]]", template)  # some have no author
    at = 0

    def parse(until: str | None) -> tuple[list[list[Node]], bool]:
        nonlocal at
        ways: list[list[Node]] = [[]]
        while at < len(template):
            hit = _TOKEN.search(template, at)
            if hit is None:
                ways[-1].append(template[at:])
                at = len(template)
                break
            if hit.start() > at:
                ways[-1].append(template[at : hit.start()])
            at = hit.end()
            field, opens, closes, bar, part, chance, ends = hit.groups()
            if field:
                ways[-1].append(("field", field))
            elif opens:
                inner, _ = parse(">>")
                ways[-1].extend(rng.choice(inner))
            elif part:
                inner, _ = parse("]]")
                ways[-1].append(("part", int(chance) / 100 if chance else None, inner[0]))
            elif bar and until == ">>":
                ways.append([])
            elif bar:
                ways[-1].append("¦")
            elif (closes and until == ">>") or (ends and until == "]]"):
                return ways, True
            else:
                ways[-1].append(hit.group())
        return ways, False

    return parse(None)[0][0]


HEADS: dict[str, Callable[[Style], str]] = {  # what templates of heads and feet may name
    "total": lambda st: str(len(st.stories)),
    "today": lambda st: day(
        st.stories[0].published, st.lang, ["full", "long", "medium", "EEEE, d MMMM"][st.date_seed % 4]
    ),
    "now": lambda st: st.stories[0].published.strftime("%a, %d %b %Y %H:%M:%S +0000"),
    "name": lambda st: st.stories[-1].source,
    "person": lambda st: next((s.authors[0] for s in st.stories if s.authors), "Editor"),
    "topic": lambda st: st.stories[-1].title.split(" ")[0][:20],
    "host": lambda st: st.stories[-1].site,
    "feeds": lambda st: lay(st.rng, feeds(st)),
    "nav": lambda st: lay(st.rng, nav(st)),
    "foot": lambda st: lay(st.rng, nav(st, FOOT)),
    "prose": lambda st: st.prose(),
    "rule": lambda st: RULES[st.date_seed % len(RULES)],
    "first": lambda st: st.stories[0].title,
}


def write(page: Page, st: Style, nodes: Sequence[Node], story: Any, i: int) -> None:
    """Write a story's record, or with story None a stretch of chrome."""
    rng = st.rng
    for node in nodes:
        if isinstance(node, str):
            page.put(node.replace("⟦", "[[").replace("⟧", "]]"))
        elif node[0] == "part":
            if (node[1] is None or rng.random() < node[1]) and not empty(st, node[2], story, i):
                write(page, st, node[2], story, i)
        else:
            name = node[1]
            if story is None and name in HEADS:
                page.put(HEADS[name](st))
            elif name.startswith("w:"):
                page.put(st.w(name[2:]))
            elif name.startswith("r:"):
                low, high = name[2:].split("-")
                page.put(str(rng.randint(int(low), int(high))))
            elif story is not None:
                label, text = st.value(name, story, i)
                put(page, st, text, label, i)


def put(page: Page, st: Style, text: str, label: str | None, i: int) -> None:
    """Write a stretch at the page's column: its further lines are indented as its first one is, wrapped if the page is."""
    line = ""
    for part in reversed(page.parts):
        line = part.rsplit("\n", 1)[-1] + line
        if "\n" in part:
            break
    indent = line if line.isspace() else (" " * len(line) if st.hang and len(line) < 8 else "")
    if st.wrap and (label in ("teaser", "body", "caption") or (label == "title" and st.wrap_titles)):
        width = max(10, st.wrap // 2) if wide(text) else st.wrap
        taken = " " * len(line) if len(line) < width - 20 else ""  # a line begun late is wrapped as if it began here
        lines: list[str] = []
        for paragraph in text.split("\n"):
            wrapped = fill(paragraph, st.wrap, indent if lines else taken, indent).split("\n")
            lines.extend(wrapped if lines else [wrapped[0].lstrip(), *wrapped[1:]])
        text = "\n".join(lines)
    elif indent and "\n" in text:
        text = "\n".join(indent + x if x and k else x for k, x in enumerate(text.split("\n")))
    page.put(text, label, i if label not in (None, "day", "chrome") else -1)


def empty(st: Style, nodes: Sequence[Node], story: Any, i: int) -> bool:
    """Return whether a stretch named in a part (not in parts of it) is empty."""
    return any(
        not isinstance(node, str)
        and node[0] == "field"
        and not node[1].startswith(("w:", "r:"))
        and (story is None or not st.value(node[1], story, i)[1])
        for node in nodes
    )


# Chrome: what stands round the stories


def nav(st: Style, roles: Sequence[str] = NAV) -> list[str]:
    """Return words of the interface, some with counts."""
    rng = st.rng
    words = [st.w(r) for r in rng.sample(list(roles), rng.randint(2, min(8, len(roles))))]
    style = rng.random()
    if style < 0.3:
        words = [f"{x} ({rng.randint(1, 400)})" if rng.random() < 0.5 else x for x in words]
    elif style < 0.4:
        words = [f"{x} {rng.randint(1, 400)}" if rng.random() < 0.5 else x for x in words]
    return words


def feeds(st: Style) -> list[str]:
    """Return the sources of the page as a reader lists subscriptions."""
    rng = st.rng
    names = list(dict.fromkeys(s.source for s in st.stories))
    rng.shuffle(names)
    form = rng.choice(["{}", "{} ({n})", "{} {n}", "{}\n{n}", "{n} {}", "[{n}] {}", "{}\t{n}"])
    return [form.format(x, n=rng.randint(0, 300)) for x in names]


def lay(rng: random.Random, items: Sequence[str]) -> str:
    """Return items as a menu: one a line, on one line, bulleted, tabbed."""
    kind = rng.random()
    if kind < 0.45:
        return "\n".join(items)
    if kind < 0.75:
        return rng.choice([" | ", " · ", "  ", " ", "\t", " / ", " » ", " • ", " - ", ", "]).join(items)
    mark = rng.choice(BULLETS)
    indent = rng.choice(["", "", "  ", "    "])
    return "\n".join(indent + mark + x for x in items)


def block(st: Style, foot: bool = False) -> str:
    """Return one block of chrome."""
    rng = st.rng
    kind = rng.random()
    if kind < 0.4:
        return lay(rng, nav(st, FOOT if foot else NAV))
    if kind < 0.55:
        return lay(rng, feeds(st))
    if kind < 0.75:
        return st.prose()
    if kind < 0.85:
        n = rng.randint(2, 90)
        return rng.choice([f"1–{n} / {n * rng.randint(2, 40)}", f"{st.w('previous')} 1 2 3 4 … {n} {st.w('next')}", f"{st.w('next')} »", f"({n})", f"{st.w('unread')}: {n}", f"{n} {st.w('all')}", f"© {rng.randint(2009, 2026)} {rng.choice(st.stories).source}" if st.stories else "©", f"v{n}.{n % 7}"])  # fmt: skip
    if kind < 0.93 and st.stories:
        when = st.stories[0].published + timedelta(hours=rng.randint(0, 5))
        return day(when, st.lang, rng.choice(["full", "long", "medium"]))
    return st.w(rng.choice(FOOT if foot else NAV))


def blocks(st: Style, chance: float = 0.75, foot: bool = False) -> str:
    """Return some blocks of chrome as head or foot of a page, often none."""
    rng = st.rng
    if rng.random() > chance:
        return ""
    gap = rng.choice(["\n", "\n\n", "\n\n", "\n\n\n"])
    return gap.join(block(st, foot) for _ in range(rng.choice([1, 1, 2, 2, 3, 4])))


DAY_FORMS = ("full", "long", "medium", "EEEE", "EEEE d MMMM", "d MMMM", "EEE d MMM", "MMMM d", "yyyy-MM-dd", "short")
SURROUND = ("{}", "{}", "{}", "{}:", "— {} —", "== {} ==", "## {}", "*** {} ***", "[{}]", "-- {}", "{} ▾", "### {}", "▼ {}", "= {} =", "**{}**", "{}\n-----")  # fmt: skip


class Days:
    """Headings that date the stories below them."""

    def __init__(self, st: Style) -> None:
        self.form = st.rng.choice(DAY_FORMS)
        self.around = st.rng.choice(SURROUND)
        self.relative = st.rng.random() < 0.4
        self.both = st.rng.choice([None, None, None, " — ", ", ", " ", " ("])  # beside the word, the date
        self.tail = st.w("all") if st.rng.random() < 0.1 else ""  # glued to the heading
        self.st = st
        self.year = self.form in ("full", "long", "medium", "yyyy-MM-dd", "short") and not self.relative
        self.newest = max((s.published for s in st.stories), default=None)
        self.last: Any = None

    def heading(self, page: Page, story: Any) -> bool:
        """Write the heading of the story's day where it differs from the day before."""
        when = story.published.date()
        if when == self.last:
            return False
        self.last = when
        st = self.st
        text = day(story.published, st.lang, self.form)
        if self.relative and self.newest is not None:
            age = (self.newest.date() - when).days
            if age < 2:
                word = st.w("today" if age == 0 else "yesterday")
                text = word if self.both is None else word + self.both + text + (")" if self.both == " (" else "")
        head, tail = self.around.split("{}")
        page.put(head).put(text, "day").put(self.tail).put(tail)
        return True


def groups_of(rng: random.Random, stories: Sequence[Any], key: Callable[[Any], Any]) -> list[Any]:
    """Return the stories sorted by a key's first appearance, in their order within it."""
    order = {k: i for i, k in enumerate(dict.fromkeys(key(s) for s in stories))}
    return sorted(stories, key=lambda s: order[key(s)])


def compose(
    rng: random.Random,
    stories: list[Any],
    ui: dict[str, list[str]],
    lang_ui: str,
    record: str,
    *,
    between: str | Sequence[str] = "\n\n",
    head: str | None = None,
    foot: str | None = None,
    chrome: float = 0.75,
    days: float = 0.0,
    by: str | None = None,
    by_form: Sequence[str] = SURROUND,
    promo: float = 0.1,
    wrap: int | Sequence[int | None] | None = None,
    tune: Callable[[Style], None] | None = None,
) -> Page:
    """Return a page of records.

    `between` is what stands between two records (one of several, drawn once); `head` and `foot` are templates of chrome
    (None: blocks drawn with the chance `chrome`); `days` is the chance of headings by day; `by` groups the stories by
    "source" or "section" under headings; `promo` the chance that a page has blocks of chrome between some records.
    """
    if by:
        stories[:] = groups_of(rng, stories, lambda s: getattr(s, by))
    st = Style(rng, stories, ui, lang_ui)
    st.wrap = wrap if isinstance(wrap, int) or wrap is None else rng.choice(list(wrap))
    if tune:
        tune(st)
    page = Page()
    gap = between if isinstance(between, str) else rng.choice(list(between))
    nodes = compile_template(record, rng)
    top = blocks(st, chrome) if head is None else None
    if head is not None:
        write(page, st, compile_template(head, rng), None, 0)
    elif top:
        page.put(top).put(rng.choice(["\n", "\n\n", "\n\n", "\n\n\n"]))
    marks = Days(st) if rng.random() < days else None
    around = rng.choice(list(by_form))
    promos = rng.choice([0.05, 0.15, 0.3]) if rng.random() < promo else 0.0
    day_gap = rng.choice(["\n", "\n", "\n\n"])
    last: Any = None
    for i, story in enumerate(stories):
        if i:
            page.put(gap)
        if promos and rng.random() < promos:
            page.put(block(st)).put(gap)
        if marks:
            if marks.heading(page, story):
                page.put(day_gap)
            st.tell(i, story, "day" if marks.year else "relative")
        if by and getattr(story, by) != last:
            last = getattr(story, by)
            before, behind = around.split("{}")
            page.put(before)
            if by == "source":
                page.put(last, "source", i)
            else:
                page.put(last)
            page.put(behind).put(day_gap)
        if by == "source":
            page.sources[i] = last
        write(page, st, nodes, story, i)
    if foot is not None:
        write(page, st, compile_template(foot, rng), None, 0)
    else:
        bottom = blocks(st, chrome * 0.8, foot=True)
        if bottom:
            page.put(rng.choice(["\n", "\n\n", "\n\n\n"])).put(bottom)
    if rng.random() < 0.7:
        page.nl()
    page.chrome = lang_ui if len(st.words) > 1 else None  # else too few words of it to tell
    page.shown |= st.shown
    return page


def plain(
    name: str, family: str, record: str, weight: float = 1.0, n: tuple[int, int] = (2, 30), **settings: Any
) -> None:
    """Register a layout that is one template of a record and settings of `compose`."""

    def draw(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
        return compose(rng, stories, ui, lang_ui, record, **settings)

    layout(name, family, weight=weight, between=n)(draw)
