"""Pages that are no list of stories: one story (an article in one of its shapes), or none at all.

One-story kinds label their title and body with story 0; kinds without a story are chrome from end to end.
"""

from __future__ import annotations

import json
import random
import re
import string
from collections.abc import Callable

from tests.training.bank import LANGS, format_date, make_stories, ui
from tests.training.page import Page, Sample
from tests.training.texts.compose import BULLETS, FOOT, RULES, Style, fill, lay, nav

NEGATIVE: dict[str, Callable[[Matter], Page]] = {}


class Matter:
    """What a page is made of: a language's stories cut to sentences, names, words."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.lang = rng.choice(LANGS) if rng.random() < 0.6 else "en"
        self.stories = make_stories(rng, 12, self.lang)
        self.st = Style(rng, self.stories, ui(self.lang), self.lang)
        self.story = max(self.stories[:6], key=lambda s: len(s.paragraphs))
        self.sentences = [
            x.strip()
            for s in self.stories
            for p in s.paragraphs
            for x in re.split(r"(?<=[.!?。！？।؟])\s*", p)
            if len(x.strip()) > 15
        ] or [self.story.teaser]
        self.names = [a for s in self.stories for a in s.authors] or ["Ana Ruiz", "Jonas Eck", "Maya Oduya"]
        self.wrap = rng.choice([None, None, 72, 80])

    def say(self, low: int = 1, high: int = 1) -> str:
        """Return some sentences in a row."""
        return " ".join(self.rng.choice(self.sentences) for _ in range(self.rng.randint(low, high)))

    def phrase(self) -> str:
        """Return a few words without a stop."""
        title = self.rng.choice(self.stories).title
        words = title.split(" ")
        return " ".join(words[: self.rng.randint(2, 6)]).strip(" ,:;–-") or title

    def name(self) -> str:
        return self.rng.choice(self.names)

    def word(self) -> str:
        found = re.findall(r"\w{4,}", self.rng.choice(self.sentences))
        return self.rng.choice(found) if found else "item"

    def date(self, style: str | None = None) -> str:
        return format_date(self.rng, self.rng.choice(self.stories).published, self.lang, style)[0]

    def flow(self, text: str) -> str:
        return fill(text, self.wrap) if self.wrap else text

    def top(self, page: Page) -> None:
        """Write a site's menu above, on some pages."""
        if self.rng.random() < 0.35:
            page.put(lay(self.rng, nav(self.st))).nl(2)
            page.chrome = self.lang

    def tail(self, page: Page) -> None:
        if self.rng.random() < 0.35:
            page.nl().put(self.rng.choice([lay(self.rng, nav(self.st, FOOT)), self.st.prose()])).nl()
            page.chrome = self.lang


def kind(name: str) -> Callable[[Callable[[Matter], Page]], Callable[[Matter], Page]]:
    def register(make: Callable[[Matter], Page]) -> Callable[[Matter], Page]:
        NEGATIVE[name] = make
        return make

    return register


def negative(rng: random.Random, name: str) -> Sample:
    """Return a page of a kind."""
    matter = Matter(rng)
    page = NEGATIVE[name](matter)
    return page.sample("negative_" + name, "negative_" + name, matter.lang, page.chrome, [matter.story])


def none(lines: list[str], gap: str = "\n") -> Page:
    """Return a page of chrome alone."""
    return Page().put(gap.join(lines)).nl()


# One story


def head_of(m: Matter, page: Page, byline: bool = True) -> None:
    """Write an article's title and what stands by it, in an order of its own."""
    s, rng = m.story, m.rng
    if rng.random() < 0.2:
        page.put(s.section).nl()
    page.put(rng.choice(["", "", "", "# "])).put(s.title, "title", 0).nl(rng.choice([1, 2]))
    if rng.random() < 0.3:
        page.put(s.teaser, "teaser", 0).nl(rng.choice([1, 2]))
    parts = [x for x in ("author", "date", "source") if rng.random() < 0.55]
    rng.shuffle(parts)
    for x in parts if byline else []:
        if x == "author" and s.authors:
            page.put(rng.choice(["By ", "", m.st.w("by") + " ", "Text: "])).put(s.authors[0], "author", 0)
        elif x == "date":
            page.put(rng.choice(["", "", m.st.w("published") + " "])).put(m.st.date(s, 0), "date", 0)
        elif x == "source":
            page.put(s.source, "source", 0)
        page.put(rng.choice(["\n", "\n", " | ", ", "]) if x != parts[-1] else "\n")
    page.nl()


def paragraphs(m: Matter, low: int = 3, high: int = 14) -> list[str]:
    found = [p for s in m.stories for p in s.paragraphs]
    m.rng.shuffle(found)
    return [m.flow(p) for p in (list(m.story.paragraphs) + found)[: m.rng.randint(low, high)]]


@kind("article")
def article(m: Matter) -> Page:
    page, rng = Page(), m.rng
    m.top(page)
    head_of(m, page)
    gap = rng.choice(["\n\n", "\n\n", "\n"])
    for p in paragraphs(m):
        page.put(p, "body", 0).put(gap)
        if rng.random() < 0.05:
            page.put(m.st.w("related") + ": " + rng.choice(m.stories).title).put(gap)
    if m.story.caption and rng.random() < 0.3:
        page.put(m.story.caption, "caption", 0).nl()
    if rng.random() < 0.3:
        page.put(lay(rng, [m.st.w(x) for x in ("share", "save", "comments")])).nl()
    if rng.random() < 0.3:
        page.put(m.st.w("most_read")).nl().put(lay(rng, [s.title for s in m.stories[:5] if s is not m.story])).nl()
    m.tail(page)
    return page


@kind("article_no_title")
def untitled(m: Matter) -> Page:
    page = Page()
    for p in paragraphs(m, 2, 10):
        page.put(p, "body", 0).nl(2)
    return page


@kind("article_subheads")
def subheads(m: Matter) -> Page:
    page, rng = Page(), m.rng
    head_of(m, page)
    mark = rng.choice(["", "", "## ", "### ", "**"])
    for k, p in enumerate(paragraphs(m, 6, 18)):
        if k and k % rng.choice([2, 3]) == 0:
            page.put(mark).put(m.phrase(), "body", 0).put("**" if mark == "**" else "").nl(rng.choice([1, 2]))
        page.put(p, "body", 0).nl(2)
    m.tail(page)
    return page


@kind("listicle")
def listicle(m: Matter) -> Page:
    page, rng = Page(), m.rng
    m.top(page)
    n = rng.randint(4, 15)
    page.put(rng.choice([f"{n} ways to {m.word()}", f"{n} × {m.phrase()}", m.story.title]), "title", 0).nl(2)
    if rng.random() < 0.7:
        page.put(m.flow(m.say(1, 3)), "body", 0).nl(2)
    form = rng.choice(["{}. ", "{}) ", "#{} ", "{}\n", "## {}. ", "No. {}: ", "{} – "])
    for k in range(n):
        number = n - k if rng.random() < 0.02 else k + 1
        page.put(form.format(number)).put(m.phrase(), "body", 0).nl(rng.choice([1, 1, 2]))
        page.put(m.flow(m.say(1, 3)), "body", 0).nl(2)
    m.tail(page)
    return page


@kind("interview")
def interview(m: Matter) -> Page:
    page, rng = Page(), m.rng
    head_of(m, page)
    ask, answer = rng.choice(
        [
            ("Q: ", "A: "),
            ("", ""),
            ("Q. ", "A. "),
            (m.story.source + ": ", m.name() + ": "),
            ("— ", "— "),
            ("**", ""),
            ("F: ", "A: "),
            ("INTERVIEWER\n", m.name().upper() + "\n"),
            ("问：", "答："),
            ("В: ", "О: "),
        ]
    )
    for _ in range(rng.randint(4, 14)):
        page.put(ask).put(re.sub(r"[.。]?$", "?", m.say(), count=1), "body", 0).put("**" if ask == "**" else "").nl(
            rng.choice([1, 2])
        )
        page.put(answer).put(m.flow(m.say(1, 4)), "body", 0).nl(2)
    return page


@kind("transcript")
def transcript(m: Matter) -> Page:
    page, rng = Page(), m.rng
    page.put(m.story.title, "title", 0).nl(2)
    people = [m.name().upper() for _ in range(3)]
    form = rng.choice(["{}: ", "[{t}] {}: ", "{t} {}\n", "{} ({t}): ", "{}\n"])
    for k in range(rng.randint(8, 30)):
        page.put(form.format(people[k % len(people)], t=f"{k // 6:02}:{k * 7 % 60:02}")).put(m.say(1, 3), "body", 0).nl(
            rng.choice([1, 2])
        )
    return page


@kind("press_release")
def release(m: Matter) -> Page:
    page, rng = Page(), m.rng
    page.put(
        rng.choice(
            ["FOR IMMEDIATE RELEASE\n\n", "PRESS RELEASE\n\n", "Pressemitteilung\n\n", "Communiqué de presse\n\n"]
        )
    )
    page.put(m.story.title, "title", 0).nl(2)
    for p in paragraphs(m, 3, 7):
        page.put(p, "body", 0).nl(2)
    page.put(
        f"Contact: {m.name()}, press@{m.story.site}, +1 555 0100\n\nAbout {m.story.source}\n{m.say(1, 2)}\n\n###\n"
    )
    return page


@kind("abstract")
def abstract(m: Matter) -> Page:
    page = Page()
    page.put(m.story.title, "title", 0).nl(2).put(", ".join(m.name() for _ in range(4)), "author", 0).nl()
    page.put("Department of Hydrology, University of Example").nl(2).put("Abstract").nl().put(
        m.flow(m.say(5, 9)), "body", 0
    ).nl(2)
    page.put("Keywords: " + ", ".join(m.word() for _ in range(5))).nl().put("doi:10.5555/12345678").nl()
    return page


@kind("blog_comments")
def blog(m: Matter) -> Page:
    page, rng = Page(), m.rng
    m.top(page)
    head_of(m, page)
    for p in paragraphs(m, 3, 8):
        page.put(p, "body", 0).nl(2)
    page.put(f"{rng.randint(2, 20)} {m.st.w('comments')}").nl(2)
    for _ in range(rng.randint(2, 12)):
        page.put(
            rng.choice(["{} says:\n{}\n{}\nReply\n\n", "{} · {}\n{}\n\n", "{}\n{}\n\n{}\n\n"]).format(
                m.name(), m.date(), m.say(1, 3)
            )
        )
    return page


@kind("essay_numbered")
def essay(m: Matter) -> Page:
    page, rng = Page(), m.rng
    head_of(m, page, byline=False)
    for k in range(rng.randint(3, 9)):
        page.put(
            rng.choice(["I", "II", "III", "IV", "V"])
            if rng.random() < 0.1
            else ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"][k]
        ).nl(2)
        for _ in range(rng.randint(1, 3)):
            page.put(m.flow(m.say(3, 6)), "body", 0).nl(2)
    return page


@kind("review")
def review(m: Matter) -> Page:
    page = Page()
    head_of(m, page)
    for label in m.rng.sample(["Design", "Performance", "Battery", "Verdict", "Price", "Camera", "Pros", "Cons"], 5):
        page.put(label, "body", 0).nl().put(m.say(2, 4), "body", 0).nl(2)
    page.put(f"Rating: {m.rng.randint(1, 10)}/10").nl()
    return page


@kind("one_mail")
def one_mail(m: Matter) -> Page:
    page = Page()
    page.put(f"From: {m.name()} <{m.word().lower()}@{m.story.site}>\nTo: you@example.org\nDate: ").put(
        m.st.value("rfc", m.story, 0)[1], "date", 0
    )
    page.put("\nSubject: ").put(m.story.title, "title", 0).nl(2)
    for p in paragraphs(m, 2, 6):
        page.put(p, "body", 0).nl(2)
    return page.put(f"-- \n{m.name()}\n{m.word()}, {m.word()}\n")


@kind("one_line")
def one_line(m: Matter) -> Page:
    return Page().put(m.say(1, 2), "body", 0).nl(m.rng.choice([0, 1]))


# No story


@kind("recipe")
def recipe(m: Matter) -> Page:
    rng = m.rng
    units = ["g", "ml", "tbsp", "cups", "EL", "cs", "kg"]
    lines = [
        m.phrase(),
        "",
        f"Serves {rng.randint(2, 8)} · {rng.randint(10, 90)} min",
        "",
        rng.choice(["Ingredients", "Zutaten", "Ingrédients", "Ingredientes"]),
    ]
    lines += [
        f"{rng.choice(['', '- ', '• '])}{rng.randint(1, 500)} {rng.choice(units)} {m.word().lower()}"
        for _ in range(rng.randint(5, 14))
    ]
    lines += ["", rng.choice(["Method", "Zubereitung", "Préparation", "Steps"])] + [
        f"{k + 1}. {m.say()}" for k in range(rng.randint(3, 9))
    ]
    return none(lines)


@kind("manual")
def manual(m: Matter) -> Page:
    rng = m.rng
    lines = []
    for k in range(rng.randint(3, 8)):
        lines += [f"{k + 1} {m.phrase()}", ""]
        for j in range(rng.randint(1, 4)):
            lines += [f"{k + 1}.{j + 1} {m.phrase()}", m.flow(m.say(1, 4)), ""]
            if rng.random() < 0.3:
                lines += [f"NOTE: {m.say()}", ""]
            if rng.random() < 0.3:
                lines += [f"  {i + 1}. {m.say()}" for i in range(rng.randint(2, 5))] + [""]
    return none(lines)


@kind("man_page")
def man_page(m: Matter) -> Page:
    rng = m.rng
    name = m.rng.choice(["grind", "mkfeed", "tarball", "lsx", "resync", "joinl"])
    lines = [
        f"{name.upper()}(1)    General Commands Manual    {name.upper()}(1)",
        "",
        "NAME",
        f"       {name} - {m.phrase().lower()}",
        "",
        "SYNOPSIS",
        f"       {name} [-abc] [--long=VALUE] FILE...",
        "",
        "DESCRIPTION",
        fill(m.say(2, 5), 70, "       ", "       "),
        "",
        "OPTIONS",
    ]
    for _ in range(rng.randint(4, 14)):
        letter = rng.choice(string.ascii_letters)
        lines += [
            f"       -{letter}, --{m.word().lower()}",
            fill(m.say(1, 2), 66, "              ", "              "),
            "",
        ]
    return none([*lines, "SEE ALSO", "       sort(1), uniq(1)"])


@kind("licence")
def licence(m: Matter) -> Page:
    lines = [
        m.rng.choice(["EXAMPLE PUBLIC LICENCE", "LICENSE AGREEMENT", "Copyright (c) 2019 Example Authors"]),
        "Version 2.0",
        "",
    ]
    for k in range(m.rng.randint(4, 12)):
        text = "Permission is granted to use, copy and distribute this work, provided that the notice above is kept. THE WORK IS PROVIDED AS IS, WITHOUT WARRANTY OF ANY KIND. "
        lines += [fill(f"{k + 1}. {m.phrase().upper()}. " + text[: m.rng.randint(60, len(text))] + m.say(), 74), ""]
    return none(lines)


@kind("source_code")
def code(m: Matter) -> Page:
    rng = m.rng
    w = lambda: re.sub(r"\W", "", m.word()).lower() or "x"  # noqa: E731
    lines = rng.choice(
        [
            ["import os", "import sys", ""],
            ["#include <stdio.h>", ""],
            ["package main", "", 'import "fmt"', ""],
            ["'use strict';", ""],
            ["<?php", ""],
        ]
    )[:]
    for _ in range(rng.randint(3, 12)):
        form = rng.choice(
            [
                "def {a}({b}, {c}):\n    # {t}\n    for {b} in {c}:\n        if {b} > {n}:\n            return {b}\n    return None\n",
                'int {a}(char *{b}) {{\n    int i = {n}; /* {t} */\n    while (i--) {{ printf("%s\\n", {b}); }}\n    return 0;\n}}\n',
                "function {a}({b}) {{\n  const {c} = {b}.map(x => x * {n});\n  return {c};\n}}\n",
                "SELECT {a}, {b} FROM {c} WHERE {a} > {n};\n",
                'class {a}:\n    """{t}"""\n\n    def __init__(self) -> None:\n        self.{b} = {n}\n',
            ]
        )
        lines.append(form.format(a=w(), b=w(), c=w(), n=rng.randint(1, 99), t=m.phrase()))
    return none(lines)


@kind("config")
def config(m: Matter) -> Page:
    rng = m.rng
    form = rng.choice(
        ["{k} = {v}", "{k}: {v}", "export {K}={v}", "{k}={v}", '  {k}: "{v}"', "set {k} {v}", "<{k}>{v}</{k}>"]
    )
    lines = []
    for _ in range(rng.randint(2, 6)):
        lines += [rng.choice(["[{}]", "# {}", "{}:", "; {}"]).format(m.word().lower())]
        lines += [
            form.format(
                k=(k := re.sub(r"\W", "", m.word()).lower()),
                K=k.upper(),
                v=rng.choice([rng.randint(0, 9000), "true", "/var/lib/x", m.word().lower(), "10.0.0.1"]),
            )
            for _ in range(rng.randint(3, 9))
        ] + [""]
    return none(lines)


@kind("log_file")
def log_file(m: Matter) -> Page:
    rng = m.rng
    form = rng.choice(
        [
            "2024-03-{d:02} 10:{a:02}:{b:02},{c:03} {l} [{w}] {t}",
            "Mar {d:2} 10:{a:02}:{b:02} host {w}[{c}]: {t}",
            '[{d:02}/Mar/2024:10:{a:02}:{b:02} +0000] "GET /{w} HTTP/1.1" 200 {c}',
            "{l}:{w}:{t}",
            '10.0.0.{d} - - [03/Mar/2024:10:{a:02}:{b:02} +0000] "GET /{w}/{c} HTTP/1.1" 304 {c}',
            "{a:02}:{b:02}:{c:03} {w} {t}",
        ]
    )
    return none(
        [
            form.format(
                d=1 + k // 9 % 28,
                a=k % 60,
                b=k * 7 % 60,
                c=rng.randint(1, 999),
                l=rng.choice(["INFO", "WARN", "ERROR", "DEBUG"]),
                w=m.word().lower(),
                t=m.phrase().lower() + " " + m.word(),
            )
            for k in range(rng.randint(10, 80))
        ]
    )


@kind("price_table")
def prices(m: Matter) -> Page:
    rng = m.rng
    sep = rng.choice([",", ";", "\t", " | "])
    rows = [sep.join(["date", "symbol", "open", "close", "volume"])] if rng.random() < 0.7 else []
    return none(
        rows
        + [
            sep.join(
                [
                    f"2024-{1 + k // 28 % 12:02}-{1 + k % 28:02}",
                    m.word().upper()[:4],
                    f"{rng.uniform(1, 300):.2f}",
                    f"{rng.uniform(1, 300):.2f}",
                    str(rng.randint(100, 99999)),
                ]
            )
            for k in range(rng.randint(10, 80))
        ]
    )


@kind("product_prices")
def products(m: Matter) -> Page:
    rng = m.rng
    form = rng.choice(
        [
            "{p}\n{e} €\nAdd to cart",
            "{p} ........ {e}",
            "{p}\t{e} USD\tin stock",
            "{i} {p} {e} kr",
            "{p}\n★★★★☆ ({i})\n${e}",
            "{p}; {i}; {e}",
        ]
    )
    return none(
        [
            form.format(
                p=" ".join(m.word() for _ in range(rng.randint(1, 4))),
                e=f"{rng.uniform(1, 900):.2f}",
                i=rng.randint(1, 9999),
            )
            for _ in range(rng.randint(6, 40))
        ],
        rng.choice(["\n", "\n\n"]),
    )


@kind("minutes")
def minutes(m: Matter) -> Page:
    rng = m.rng
    lines = [
        f"{rng.choice(['Minutes of the meeting', 'Protokoll', 'Procès-verbal', 'Acta de la reunión', 'Notulen'])} {m.date('long')}",
        "",
        "Present: " + ", ".join(m.name() for _ in range(6)),
        "Apologies: " + m.name(),
        "",
    ]
    for k in range(rng.randint(4, 9)):
        lines += [
            f"{k + 1}. {m.phrase()}",
            m.flow(m.say(1, 4)),
            *([f"Action: {m.name()}, {m.date('short')}"] if rng.random() < 0.5 else []),
            "",
        ]
    return none([*lines, "The meeting closed at 17:10."])


@kind("table_of_contents")
def contents(m: Matter) -> Page:
    rng = m.rng
    form = rng.choice(["{n} {t} {d} {p}", "{n}. {t}\t{p}", "{t} {d} {p}", "{n} {t}", "Chapter {n}: {t}", "{t}, {p}"])
    return none(
        [
            rng.choice(["Contents", "Inhalt", "Sommaire", "Índice"]),
            "",
            *(
                form.format(n=f"{k // 3 + 1}.{k % 3 + 1}", t=m.phrase(), d="." * rng.randint(5, 30), p=3 + k * 4)
                for k in range(rng.randint(8, 40))
            ),
        ]
    )


@kind("poem")
def poem(m: Matter) -> Page:
    lines = [m.phrase(), ""]
    for _ in range(m.rng.randint(3, 8)):
        lines += [m.phrase() + m.rng.choice([",", "", ".", ";"]) for _ in range(4)] + [""]
    return none(lines)


@kind("faq")
def faq(m: Matter) -> Page:
    rng = m.rng
    ask, reply = rng.choice([("", ""), ("Q: ", "A: "), ("{n}. ", ""), ("## ", ""), ("+ ", ""), ("▸ ", "")])
    lines = ["FAQ", ""]
    for k in range(rng.randint(4, 15)):
        lines += [ask.format(n=k + 1) + re.sub(r"[.。]?$", "?", m.phrase(), count=1), reply + m.flow(m.say(1, 3)), ""]
    return none(lines)


@kind("changelog")
def changelog(m: Matter) -> Page:
    rng = m.rng
    head = rng.choice(
        [
            "## [{v}] - {d}",
            "v{v} ({d})",
            "Version {v}\n=======",
            "{v}",
            "* {d} maintainer <m@example.org> - {v}-1",
            "{d}  {v}",
        ]
    )
    lines = ["# Changelog", ""] if rng.random() < 0.5 else []
    for k in range(rng.randint(4, 12)):
        lines += (
            [head.format(v=f"{9 - k // 4}.{9 - k % 9}.{k % 3}", d=f"2024-{12 - k % 12:02}-{1 + k:02}"), ""]
            + [
                rng.choice(["- ", "* ", "  - ", "- Fixed: ", "- Added "])
                + m.phrase()
                + rng.choice(["", f" (#{rng.randint(10, 900)})"])
                for _ in range(rng.randint(1, 6))
            ]
            + [""]
        )
    return none(lines)


@kind("commit_log")
def commits(m: Matter) -> Page:
    rng = m.rng
    hash_ = lambda n: "".join(rng.choice("0123456789abcdef") for _ in range(n))  # noqa: E731
    if rng.random() < 0.5:
        return none([f"{hash_(7)} {m.phrase()}" for _ in range(rng.randint(8, 50))])
    return none(
        [
            f"commit {hash_(40)}\nAuthor: {m.name()} <a@example.org>\nDate:   {m.date('ctime')}\n\n    {m.phrase()}\n"
            for _ in range(rng.randint(3, 20))
        ]
    )


@kind("mail_thread")
def thread(m: Matter) -> Page:
    rng, lines = m.rng, []
    for k in range(rng.randint(2, 6)):
        mark = "> " * k
        lines += [
            f"{mark}On {m.date('rfc822')}, {m.name()} wrote:",
            *(mark + "> " + x for x in fill(m.say(1, 4), 66).split("\n")),
            mark,
        ]
    return none([m.say(1, 2), "", m.name(), "", *lines])


@kind("terms")
def terms(m: Matter) -> Page:
    rng = m.rng
    lines = [
        rng.choice(
            [
                "Terms of Service",
                "Privacy Policy",
                "Allgemeine Geschäftsbedingungen",
                "Conditions générales",
                "Условия использования",
            ]
        ),
        f"Last updated: {m.date('long')}",
        "",
    ]
    for k in range(rng.randint(5, 14)):
        lines += [
            f"{rng.choice(['', f'{k + 1}. ', f'§ {k + 1} ', f'Article {k + 1}. '])}{m.phrase()}",
            m.flow(m.say(2, 6)),
            "",
        ]
    return none(lines)


@kind("glossary")
def glossary(m: Matter) -> Page:
    joint = m.rng.choice([": ", " – ", "\n    ", "\t", " - ", "\n"])
    return none(
        [f"{m.word().capitalize()}{joint}{m.say()}" for _ in range(m.rng.randint(8, 40))], m.rng.choice(["\n", "\n\n"])
    )


@kind("site_navigation")
def navigation(m: Matter) -> Page:
    rng = m.rng
    lines = []
    for _ in range(rng.randint(3, 9)):
        lines += [
            m.word().capitalize(),
            *(
                rng.choice(["", "  ", "• "]) + " ".join(m.word() for _ in range(rng.randint(1, 3))).capitalize()
                for _ in range(rng.randint(3, 9))
            ),
            "",
        ]
    return none([lay(rng, nav(m.st)), "", *lines, lay(rng, nav(m.st, FOOT))])


@kind("feed_list")
def feed_list(m: Matter) -> Page:
    """Subscriptions alone: names, counts, addresses of feeds."""
    rng = m.rng
    form = rng.choice(
        [
            "{s}",
            "{s} ({n})",
            "{s}\n{n}",
            "{s}\thttps://{h}/feed",
            'https://{h}/rss.xml "{s}"',
            "{s} <https://{h}/feed>",
            "{n} {s}",
        ]
    )
    names = [
        s
        for x in m.stories
        for s in (
            {"s": x.source, "h": x.site, "n": rng.randint(0, 99)},
            {"s": m.phrase(), "h": m.word().lower() + ".example", "n": rng.randint(0, 9)},
        )
    ]
    return none([form.format(**x) for x in names])


@kind("address_list")
def addresses(m: Matter) -> Page:
    rng = m.rng
    form = rng.choice(
        [
            "{n}\n{k} {w} Street\n{p} {c}\nTel. {t}",
            "{n}, {k} {w} St, {c} {p}, {t}",
            "{n}\t{t}\t{w}@example.org",
            "{n} <{w}@example.org>",
        ]
    )
    return none(
        [
            form.format(
                n=m.name(),
                k=rng.randint(1, 200),
                w=m.word(),
                p=rng.randint(10000, 99999),
                c=m.word(),
                t=f"+{rng.randint(1, 99)} {rng.randint(100, 999)} {rng.randint(1000, 9999)}",
            )
            for _ in range(rng.randint(5, 30))
        ],
        rng.choice(["\n", "\n\n"]),
    )


@kind("programme")
def programme(m: Matter) -> Page:
    rng = m.rng
    lines = [m.date("full"), ""]
    minute = 360
    for _ in range(rng.randint(8, 30)):
        minute += rng.choice([5, 15, 30, 45, 60, 90])
        lines.append(
            f"{minute // 60 % 24:02}:{minute % 60:02}{rng.choice([' ', ' ', ' – '])}{m.phrase()}"
            + (f"\n      {m.say()}" if rng.random() < 0.15 else "")
        )
    return none(lines)


@kind("agenda")
def agenda(m: Matter) -> Page:
    rng = m.rng
    return none(
        [
            f"{m.date()}{rng.choice([' - ', chr(10), ' '])}{m.phrase()}{rng.choice([', ', chr(10)])}Room {rng.randint(1, 400)}, {m.name()}"
            for _ in range(rng.randint(5, 25))
        ],
        rng.choice(["\n", "\n\n"]),
    )


@kind("sports_results")
def results(m: Matter) -> Page:
    rng = m.rng
    form = rng.choice(
        [
            "{a} {x}-{y} {b}",
            "{a} - {b} {x}:{y} ({z}:0)",
            "{d} {a} v {b}",
            "{n}. {a} {p} {x} {y} {z}",
            "{n}\t{a}\t{p}\t{x}\t{y}",
        ]
    )
    return none(
        [
            form.format(
                a=m.word().capitalize(),
                b=m.word().capitalize(),
                x=rng.randint(0, 6),
                y=rng.randint(0, 6),
                z=rng.randint(0, 2),
                d=m.date("short"),
                n=k + 1,
                p=90 - k * 2,
            )
            for k in range(rng.randint(6, 30))
        ]
    )


@kind("weather")
def weather(m: Matter) -> Page:
    rng = m.rng
    return none(
        [
            f"{m.date('weekday_short')}\n{rng.randint(-9, 33)}° / {rng.randint(-15, 20)}°\n{m.word()}\n{rng.randint(0, 100)} % {rng.randint(1, 60)} km/h"
            for _ in range(rng.randint(4, 12))
        ],
        "\n\n",
    )


@kind("timetable")
def timetable(m: Matter) -> Page:
    rng = m.rng
    return none(
        [
            m.word().capitalize().ljust(18)
            + "  ".join(f"{5 + h:02}:{rng.randint(0, 59):02}" for h in range(rng.randint(3, 9)))
            for _ in range(rng.randint(6, 25))
        ]
    )


@kind("form")
def form(m: Matter) -> Page:
    rng = m.rng
    return none(
        [
            f"{m.word().capitalize()}{rng.choice([': ________', ':', ' *', ' [ ]', ': ' + str(rng.randint(1, 999))])}"
            for _ in range(rng.randint(6, 25))
        ]
    )


@kind("error_page")
def error_page(m: Matter) -> Page:
    return none(
        [
            m.rng.choice(
                [
                    "404 Not Found",
                    "Access denied",
                    "Please enable JavaScript to continue.",
                    "Checking your browser before accessing",
                    "503 Service Unavailable",
                    "Sign in to continue",
                    "Are you a robot?",
                ]
            ),
            "",
            m.st.prose(),
            f"Ray ID: {m.rng.getrandbits(60):x}",
        ]
    )


@kind("interface_only")
def interface(m: Matter) -> Page:
    """A reader with no story on it: menus, feeds, an empty list."""
    page = none(
        [
            lay(m.rng, nav(m.st)),
            lay(m.rng, [s.source for s in m.stories]),
            m.st.prose(),
            lay(m.rng, nav(m.st, FOOT)),
        ],
        "\n\n",
    )
    page.chrome = m.lang
    return page


@kind("subtitles")
def subtitles(m: Matter) -> Page:
    return none(
        [
            f"{k + 1}\n00:{k // 12:02}:{k * 5 % 60:02},000 --> 00:{k // 12:02}:{k * 5 % 60 + 3:02},500\n{m.phrase()}\n"
            for k in range(m.rng.randint(8, 40))
        ]
    )


@kind("chat")
def chat(m: Matter) -> Page:
    rng = m.rng
    people = [m.name().split(" ")[0] for _ in range(3)]
    form = rng.choice(["[{t}] {p}: {x}", "{p}: {x}", "<{p}> {x}", "{p} {t}\n{x}", "{t} - {p}: {x}"])
    return none(
        [
            form.format(
                t=f"{8 + k // 10:02}:{k * 3 % 60:02}",
                p=rng.choice(people),
                x=rng.choice([m.phrase().lower(), m.say(), "ok", "yes", "lol", m.word() + "?"]),
            )
            for k in range(rng.randint(10, 50))
        ]
    )


@kind("curriculum")
def curriculum(m: Matter) -> Page:
    rng = m.rng
    lines = [m.name(), f"{m.word()}@example.org", ""]
    for part in ("Experience", "Education", "Languages"):
        lines += [part, ""]
        for k in range(rng.randint(2, 5)):
            lines += [
                f"{2020 - 3 * k}–{2023 - 3 * k}  {m.phrase()}, {rng.choice(m.stories).source}",
                f"  - {m.say()}",
                "",
            ]
    return none(lines)


@kind("bibliography")
def bibliography(m: Matter) -> Page:
    """References of a paper: works, not news."""
    rng = m.rng
    return none(
        [
            rng.choice(["[{k}] ", "{k}. ", ""]).format(k=k + 1)
            + f"{m.name()}, {m.name()}. {m.phrase()}. Journal of {m.word()} {rng.randint(1, 60)}({rng.randint(1, 6)}):{rng.randint(1, 400)}–{rng.randint(401, 900)}, {rng.randint(1970, 2023)}."
            for k in range(rng.randint(6, 30))
        ]
    )


@kind("dictionary")
def dictionary(m: Matter) -> Page:
    return none(
        [
            f"{w} {m.rng.choice(['n.', 'v.', 'adj.'])} 1 {m.phrase().lower()}; 2 {m.phrase().lower()}"
            for w in sorted(m.word().lower() for _ in range(m.rng.randint(8, 40)))
        ]
    )


@kind("quiz")
def quiz(m: Matter) -> Page:
    lines = []
    for k in range(m.rng.randint(4, 12)):
        lines += [
            f"{k + 1}. {re.sub(r'[.。]?$', '?', m.phrase(), count=1)}",
            *(f"   {c}) {m.word()}" for c in "abcd"),
            "",
        ]
    return none(lines)


@kind("law")
def law(m: Matter) -> Page:
    rng = m.rng
    sign = rng.choice(["§ {}", "Article {}", "Art. {}.", "Section {}.", "Статья {}.", "第{}条"])
    lines = []
    for k in range(rng.randint(4, 15)):
        lines += [
            sign.format(k + 1) + rng.choice(["", " " + m.phrase()]),
            *(f"({j + 1}) {m.say()}" for j in range(rng.randint(1, 4))),
            "",
        ]
    return none(lines)


@kind("speech")
def speech(m: Matter) -> Page:
    return none(
        ["Ladies and gentlemen,", "", *(m.flow(m.say(3, 7)) + "\n" for _ in range(m.rng.randint(4, 10))), "Thank you."]
    )


@kind("novel")
def novel(m: Matter) -> Page:
    rng, lines = m.rng, []
    for k in range(rng.randint(1, 3)):
        lines += [f"CHAPTER {['I', 'II', 'III'][k]}", "", m.phrase(), ""]
        for _ in range(rng.randint(3, 9)):
            lines += [
                m.flow(rng.choice(["", "    "]) + m.say(2, 6)),
                *([f"— {m.say()}", ""] if rng.random() < 0.4 else [""]),
            ]
    return none(lines)


@kind("stack_trace")
def trace(m: Matter) -> Page:
    rng = m.rng
    w = lambda: re.sub(r"\W", "", m.word()).lower() or "x"  # noqa: E731
    return none(
        [
            "Traceback (most recent call last):",
            *(
                f'  File "/srv/{w()}/{w()}.py", line {rng.randint(1, 900)}, in {w()}\n    {w()}({w()})'
                for _ in range(rng.randint(4, 20))
            ),
            f"ValueError: {m.phrase().lower()}",
        ]
    )


@kind("data_rows")
def data_rows(m: Matter) -> Page:
    rng = m.rng
    if rng.random() < 0.5:
        return none(
            [
                json.dumps({"id": k, "value": rng.random(), "name": m.word(), "ok": rng.random() < 0.5})
                for k in range(rng.randint(5, 50))
            ]
        )
    return none(
        [" ".join(f"{rng.uniform(-9, 9):.4f}" for _ in range(rng.randint(3, 9))) for _ in range(rng.randint(8, 60))]
    )


@kind("job_adverts")
def classifieds(m: Matter) -> Page:
    rng = m.rng
    form = rng.choice(
        ["{p}. {s} Tel. {t}.", "{p}\n{c}\n{e} €/h\nApply now", "WANTED: {p}. {t}", "FOR SALE {p}, {e}. {t}"]
    )
    return none(
        [
            form.format(
                p=" ".join(m.word() for _ in range(3)),
                s=m.say(),
                c=m.word(),
                e=rng.randint(10, 900),
                t=rng.randint(100000, 999999),
            )
            for _ in range(rng.randint(5, 25))
        ],
        rng.choice(["\n", "\n\n"]),
    )


@kind("todo_list")
def todo(m: Matter) -> Page:
    mark = m.rng.choice(["[ ] ", "- [ ] ", "☐ ", "TODO ", "- ", *BULLETS[:4]])
    return none([mark + m.phrase().lower() for _ in range(m.rng.randint(5, 30))])


@kind("notes")
def notes(m: Matter) -> Page:
    """Somebody's notes: fragments, a rule, a list, a paragraph."""
    rng, lines = m.rng, []
    for _ in range(rng.randint(3, 9)):
        lines.append(
            rng.choice(
                [
                    m.say(1, 3),
                    m.phrase().lower(),
                    "- " + "\n- ".join(m.word() for _ in range(3)),
                    rng.choice(RULES),
                    m.date("short"),
                    "!!",
                    "→ " + m.phrase(),
                ]
            )
        )
    return none(lines, rng.choice(["\n", "\n\n"]))


@kind("letter")
def letter(m: Matter) -> Page:
    return none(
        [
            m.name(),
            f"{m.rng.randint(1, 99)} {m.word()} Street",
            "",
            m.date("long"),
            "",
            f"Dear {m.name()},",
            "",
            *(m.flow(m.say(2, 5)) + "\n" for _ in range(m.rng.randint(2, 5))),
            "Yours sincerely,",
            m.name(),
        ]
    )


@kind("encyclopedia")
def encyclopedia(m: Matter) -> Page:
    rng = m.rng
    lines = [
        m.phrase(),
        "From an encyclopedia",
        "",
        m.flow(m.say(3, 5)),
        "",
        "Contents",
        *(f"{k + 1} {m.word()}" for k in range(5)),
        "",
    ]
    for _ in range(rng.randint(3, 7)):
        lines += [m.word().capitalize() + "[edit]", m.flow(m.say(3, 7)) + "[1]", ""]
    return none(lines)


@kind("hex_dump")
def hex_dump(m: Matter) -> Page:
    return none(
        [
            f"{k * 16:08x}  " + " ".join(f"{m.rng.randrange(256):02x}" for _ in range(16))
            for k in range(m.rng.randint(5, 60))
        ]
    )
