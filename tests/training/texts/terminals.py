"""Readers in a terminal: newsboat, elfeed, gnus and their like; columns aligned by blanks, key help at the foot."""

from __future__ import annotations

import random
from typing import Any

from tests.training.page import Page, layout
from tests.training.texts.compose import Style, plain

KEYS = (
    "q:Quit ENTER:Open s:Save r:Reload n:Next Unread A:Mark All Read /:Search ?:Help",
    "i:Help -- <SPC>:Next page",
    "[q]uit [o]pen [m]ark [r]efresh",
    "-- INSERT --",
    "~",
    "(END)",
    "j/k move  enter open  q quit",
    ":",
)
HEADS = (
    "Newsboat {r:1-2}.{r:10-40} - Articles in feed '{name}' ({r:1-90} unread, {r:90-400} total)\n",
    "{name} ({total} unread)\n",
    "Your feeds ({r:1-90} unread, {total} total)\n",
    "",
)

plain(
    "newsboat_list",
    "newsboat",
    "<<   ¦  ¦>>{n}<< N ¦   ¦ N  >><< {monthday} ¦ {iso} ¦ >><< {kb} ¦>><<|{source}|  ¦ >>{title}",
    between="\n",
    head=HEADS[0],
    foot="\n" + KEYS[0],
    n=(3, 45),
)
plain(
    "newsboat_article",
    "newsboat",
    "Feed: {source}\nTitle: {title}[[\nAuthor: {author}]]\nLink: {link}\nDate: {rfc}\n\n{body}[[\n\nLinks:\n[1]: {link} (link)]]",
    between=("\n\n", "\n\n\n"),
    head="",
    foot="",
    n=(1, 10),
    wrap=[None, 72, 80],
)
plain(
    "elfeed_search",
    "elfeed",
    "{iso} {title}  <<{source}¦>> <<({tags})¦(unread)¦(unread, {section})>>",
    between="\n",
    head="<<@6-months-ago +unread  Updated {now}\n¦>>",
    foot="",
    n=(3, 45),
)
plain(
    "elfeed_show",
    "elfeed",
    "Title: {title}\n[[Author: {author}\n]]Date: {rfc}\nFeed: {source}\n<<Tags: {tags}\n¦>>Link: {link}\n\n{body}",
    between=("\n\n", "\n\n\n"),
    head="",
    foot="",
    n=(1, 10),
    wrap=[None, 70],
)
plain("gnus_summary", "gnus", "<<  ¦O ¦. >>[ {r:3-90}: <<{author1}¦{source}>> ] {title}", between="\n", chrome=0.3)
plain("snownews", "snownews", "<< * ¦ >>{title}", between="\n", head="<<{name}\n\n¦>>", foot="\n{prose}")
plain("canto", "canto", "<<[*] ¦* ¦ >>{title}", between="\n", by="source", by_form=("{} [5]", "\n{} [12]", "\n* {} *"))
plain(
    "tuir_list",
    "terminal_forum",
    "<<{n}. ¦>>{title}\n   <<{r:1-900} pts · ¦>>{age} · {r:0-300} {w:comments}\n   {author1} <</r/{section}¦{site}>>",
    between=("\n", "\n\n"),
)
plain(
    "rsstail",
    "rsstail",
    "<<{isotime} ¦>>Title: {title}[[\nLink: {link}]][[\nPub.date: {rfc}]][[\nDescription: {teaser}]]",
    between=("\n", "\n\n"),
    chrome=0.1,
)
plain(
    "sfeed_plain",
    "sfeed",
    "<<N ¦  >>{isotime}  <<{source}  ¦>>{title}  {link}",
    between="\n",
    chrome=0.1,
    by="source",
    by_form=("{}", "\n{}"),
)
plain(
    "feedr_log", "feed_log", "[{isotime}] <<INFO ¦¦{source}: >>{title}<< <{link}>¦ {link}¦>>", between="\n", chrome=0.1
)
plain(
    "irc_bot",
    "irc_bot",
    "<<[{time}] ¦{time} >><<<newsbot> ¦-news- ¦* >>[{source}] {title}<< - {link}¦ -> {link}¦>>",
    between="\n",
    chrome=0.2,
)
plain(
    "slack_bot",
    "chat_feed",
    "<<{source}¦RSS>>\nAPP  {time}\n{title}[[\n{teaser}]]<<\n{site}¦>>",
    between=("\n", "\n\n"),
    days=0.6,
)
plain(
    "discord_feed",
    "chat_feed",
    "<<{source} BOT — ¦{source}\nAPP\n — >>{date}\n{title}\n{link}[[\n{teaser}]]",
    between=("\n", "\n\n"),
    chrome=0.3,
)
plain(
    "slrn_article",
    "usenet",
    "From: <<{author1} <news@{domain}>¦{source}>>\nNewsgroups: gwene.{section}\nSubject: {title}\nDate: {rfc}\nMessage-ID: <{id}@{domain}>\n\n{body}[[\n\n{link}]]",
    between=("\n\n\n", "\n\n"),
    n=(1, 10),
    chrome=0.1,
)


@layout("columns_aligned", "aligned_columns", weight=1.5)
def columns(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """Rows of columns padded with blanks, titles cut at the column's width or not; sometimes a head row and rules."""
    st = Style(rng, stories, ui, lang_ui)
    names = ["title"] + rng.sample(["source", "date", "author1", "n", "kb", "section", "minutes"], rng.randint(1, 4))
    if rng.random() < 0.6:
        rng.shuffle(names)
    cell = rng.choice([0, 40, 60, 80])
    joint = rng.choice(["  ", " ", " | ", " │ ", "   "])
    rows = []
    for i, story in enumerate(stories):
        row = []
        for name in names:
            label, text = st.value(name, story, i)
            if cell and name in ("title", "source", "author1", "section"):
                size = cell if name == "title" else 18
                text = text[: size - 1].rstrip() + "…" if len(text) > size else text
            row.append((label, text))
        rows.append(row)
    sizes = [max(len(r[c][1]) for r in rows) for c in range(len(names))]
    page = Page()
    page.chrome = lang_ui
    if rng.random() < 0.5:
        page.put(joint.join(st.w(x).ljust(k)[: max(k, 1)] for x, k in zip(names, sizes, strict=True)).rstrip()).nl()
        if rng.random() < 0.6:
            page.put(rng.choice("-=─") * min(100, sum(sizes))).nl()
    left = rng.choice(["", "", " ", "| "])
    for i, row in enumerate(rows):
        page.put(left)
        for c, (label, text) in enumerate(row):
            page.put(joint if c else "").put(text, label, i if label else -1)
            if c + 1 < len(row):
                page.put(" " * (sizes[c] - len(text)))
        page.nl()
    if rng.random() < 0.4:
        page.put(rng.choice(KEYS)).nl()
    page.shown |= st.shown
    return page
