"""Timelines: posts without titles, an account, an age, a body; chats and channels."""

from __future__ import annotations

import random
from typing import Any

from tests.training.page import Page, layout
from tests.training.texts.compose import Style, compose, plain

GAPS = ("\n\n", "\n\n", "\n\n\n", "\n")
COUNTS = "<<\n\n{r:0-40}\n{r:0-90}\n{r:0-999}¦\n{r:0-40} {r:0-90} {r:0-99}¦\n{w:reply} {w:share} {w:starred}¦¦\n{r:0-90} {w:comments}¦\n💬 {r:0-9} 🔁 {r:0-99} ♥ {r:0-99}>>"

plain(
    "mastodon_timeline",
    "mastodon",
    "{source}\n{handle}@{site2}\n\n{age}\n{blurb}[[60%\n\n{link}]][[30%\n{hashtags}]]" + COUNTS,
    between=GAPS,
    tune=lambda st: st.extra.update(site2=(None, lambda s, i: s.site)),
)
plain(
    "mastodon_boosts",
    "mastodon",
    "[[30%{source2} boosted\n]]<<{source}¦{author1}>> {handle} · {age}\n{blurb}\n[[50%{title2}\n]]" + COUNTS,
    between=GAPS,
    tune=lambda st: st.extra.update(
        source2=(None, lambda s, i: st.stories[-1].source), title2=(None, lambda s, i: s.site)
    ),
)
plain(
    "bluesky_timeline",
    "bluesky",
    "{source}<< ¦\n>>\u202a{handle}.example\u202c\n· {age}\n{blurb}[[40%\n{link}]]" + COUNTS,
    between=GAPS,
)
plain(
    "bluesky_cards",
    "bluesky",
    "{source}\n{handle} · {age}\n{sentence}\n{title}[[\n{teaser}]]\n{site2}" + COUNTS,
    between=GAPS,
    tune=lambda st: st.extra.update(site2=(None, lambda s, i: s.site)),
)
plain(
    "twitter_timeline",
    "microblog",
    "{source}\n{handle}\n·\n{age}\n{blurb}[[50%\n{site2}]]" + COUNTS,
    between=GAPS,
    tune=lambda st: st.extra.update(site2=(None, lambda s, i: "From " + s.site)),
)
plain(
    "twitter_flat",
    "microblog",
    "<<{source} {handle} · {age}¦{handle}: ¦{source} ({handle}) {date}>><<\n¦ >>{blurb}<< https://t.example/{id}¦ {hashtags}¦>>",
    between=("\n", "\n\n"),
)
plain(
    "tweet_lines",
    "post_lines",
    "<<BREAKING: ¦¦RT {handle}: ¦⚡ ¦🔴 ¦JUST IN: ¦#{section2} >>{sentence}<< https://t.example/{id}¦ {hashtags}¦ {link}¦>>",
    between=("\n", "\n\n"),
    chrome=0.2,
    n=(3, 40),
    tune=lambda st: st.extra.update(section2=(None, lambda s, i: s.section.replace(" ", ""))),
)
plain(
    "telegram_copied",
    "telegram",
    "{source}, [{isotime}]\n<<{title}\n\n¦>>{body}<<\n\n{link}¦¦\n\n{hashtags}>>",
    between=GAPS,
    chrome=0.1,
    n=(2, 14),
)
plain(
    "telegram_web",
    "telegram",
    "{source}\n{body2}[[\n{site2}\n{title2}]]\n{r:1-90}.{r:0-9}K <<edited ¦>>{time}",
    between=GAPS,
    days=0.7,
    n=(2, 16),
    tune=lambda st: st.extra.update(
        site2=(None, lambda s, i: s.site if i % 3 == 0 else ""), title2=("title", lambda s, i: s.title)
    ),
)
plain("telegram_export", "telegram", "{source}\n{date}\n{body2}", between=GAPS, n=(2, 16), chrome=0.3)
plain(
    "facebook_page",
    "facebook",
    "{source}\n{age} ·\n{blurb}... {w:read_more}\n<<{site2}\n{title}\n¦>>{r:1-900}\n{r:1-90} {w:comments}\n{r:1-40} shares\nLike\n{w:comments}\n{w:share}",
    between=GAPS,
    tune=lambda st: st.extra.update(site2=(None, lambda s, i: s.site.upper())),
)
plain(
    "linkedin_feed",
    "linkedin",
    "<<{source}¦{author1}>>\n{r:1000-90000} followers\n{age} •\n{body2}\n\n…{w:read_more}\n{r:1-900}\n{r:1-90} {w:comments}",
    between=GAPS,
)
plain("vk_wall", "vk", "{source}\n{date}\n{body2}\n{w:read_more}…\n{r:1-900}\n{r:1-90}\n{r:1-40}K", between=GAPS)
plain(
    "weibo_feed",
    "weibo",
    "{source}\n{date} 来自 微博\n<<【{title}】¦#{section2}# ¦>>{blurb} {w:read_more}\n{r:1-90} {r:1-90} {r:1-900}",
    between=GAPS,
    tune=lambda st: st.extra.update(section2=(None, lambda s, i: s.section)),
)
plain("tumblr_dash", "tumblr", "{handle}\n<<{title}\n¦>>{body2}\n{hashtags}\n{r:1-9000} notes", between=GAPS)
plain(
    "forum_threads",
    "forum_topics",
    "{title}\n<<{w:by} {author1}, {date}¦{author1} » {date}¦{author1}\n{date}>>\n{r:0-90} {w:reply}\n{r:1-9000}",
    between=("\n", "\n\n"),
)
plain(
    "forum_posts",
    "forum_posts",
    "{author1}\n<<#{n} · ¦>>{date}\n<<Re: {title2}\n¦>>{body2}\n<<{w:reply} {w:share}¦Top>>",
    between=GAPS,
    tune=lambda st: st.extra.update(title2=(None, lambda s, i: st.stories[0].title)),
)
plain(
    "whatsapp_export",
    "chat_export",
    "<<[{date}] {source}: ¦{date} - {source}: ¦[{isotime}] {source}: >><<{blurb}¦*{title}*\n{blurb}¦{title} {link}>>",
    between="\n",
    chrome=0.1,
)
plain(
    "sms_alerts",
    "sms",
    "<<{source}: ¦NEWS ALERT: ¦>>{sentence}<< {link}¦ Reply STOP to end.¦>><<\n{date}¦\n{time}¦>>",
    between=GAPS,
    chrome=0.2,
)
plain("push_notifications", "push", "{source}<< • ¦\n>>{age}\n{title}[[\n{teaser}]]", between=GAPS)


@layout("chat_days", "chat", between=(3, 25))
def chat(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """A channel in which one account posts several times in a row: its name stands only above the first."""
    page = Page()
    page.chrome = lang_ui
    st = Style(rng, stories, ui, lang_ui)
    gap = rng.choice(["\n", "\n\n"])
    last = None
    with_title = rng.random() < 0.5
    head = rng.choice(["{} — ", "{}\n", "{}  ", "<{}> "])
    for i, s in enumerate(stories):
        if s.source != last:
            last = s.source
            before, after = head.split("{}")
            page.put(before).put(s.source, "source", i).put(after)
        page.sources[i] = s.source
        label, text = st.value("time", s, i)
        page.put(text, label, i).nl()
        if with_title:
            page.put(s.title, "title", i).nl()
        page.put(st.value("blurb", s, i)[1], "body", i)
        if rng.random() < 0.3:
            page.nl().put(s.url, "link", i)
        if rng.random() < 0.2:
            page.nl().put(f"👍 {rng.randint(1, 40)}")
        page.put(gap)
    page.shown |= st.shown
    return page


@layout("timeline_mixed", "timeline", between=(3, 20), weight=1.5)
def timeline(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """Posts whose order of account, handle, age, body, counts is drawn: no real service's."""
    head = ["<<{source}¦{author1}>>", "<<{age}¦{date}>>"] + (["{handle}"] if rng.random() < 0.6 else [])
    rng.shuffle(head)
    joint = rng.choice(["\n", " · ", " ", " - ", "\n\n"])
    body = rng.choice(["{blurb}", "{body2}", "{sentence}", "{body1}"])
    parts = [joint.join(head), body]
    if rng.random() < 0.15:
        parts.reverse()
    record = (
        rng.choice(["\n", "\n", "\n\n", ": "]).join(parts)
        + rng.choice(["", "[[50%\n{link}]]", "[[\n{hashtags}]]"])
        + COUNTS
    )
    return compose(rng, stories, ui, lang_ui, record, between=rng.choice(GAPS), days=0.1)
