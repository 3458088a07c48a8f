"""Mail: alerts, digests of lists, newsletters plain and in Markdown, wire digests, clippings, mails within mails."""

from __future__ import annotations

import random
from typing import Any

from tests.training.page import Page, layout
from tests.training.texts.compose import Style, blocks, compile_template, compose, fill, plain, write

LOOSE = ("\n\n", "\n\n", "\n\n\n")
MAIL = "<<Subject: {name}, {today}\nFrom: {person} <news@{host}>\nTo: you@example.org\nDate: {now}\n\n¦From: {name} <digest@{host}>\nSubject: Digest\n\n¦¦>>"
BYE = "\n\n<<-- \n{person}¦{rule}\n{prose}\n{foot}¦{prose}¦{w:unsubscribe}: https://{host}/u/8842¦{foot}>>"

plain(
    "alerts_plain",
    "alert_mail",
    "{title}\n{source}\n{lead}\n<<<{link}>¦{link}¦See all stories on this topic: <{link}>>>",
    between=LOOSE,
    head=MAIL + "=== News - {total} new results for [{topic}] ===\n\n",
    wrap=[66, 70, None],
    foot="\n\n{rule}\n{w:unsubscribe}: <https://{host}/alerts/remove>\n",
)
plain(
    "alerts_dated",
    "alert_mail",
    "{title}\n{source} - {date}\n{lead}",
    between=LOOSE,
    head="<<Alert¦News¦Google Alert>> - {topic}\n\n",
    wrap=[None, 72],
)
plain(
    "talkwalker", "alert_mail", "{title}\n{site} | {date} | {lang}\n{teaser}\n{w:read_more} | {w:share}", between=LOOSE
)
plain(
    "news_digest_numbered",
    "numbered_links",
    "<<[{n}] {title}¦{title} [{n}]¦{n}. {title}>>[[\n{teaser}]]<<\n({source})¦¦\n{source}>>",
    between=LOOSE,
    head=MAIL + "{prose}\n\n",
    foot=BYE,
)
plain(
    "newsletter_caps",
    "newsletter_plain",
    "{TITLE}[[\n{teaser}]]\n<<{link}¦({link})¦<{link}>¦{w:read_more}: {link}¦>>",
    between=LOOSE,
    head=MAIL,
    foot=BYE,
    wrap=[None, None, 65, 72],
)
plain(
    "newsletter_sections",
    "newsletter_plain",
    "<<* ¦- ¦¦• >>{title}[[<<: ¦ - ¦\n  ¦ — >>{teaser}]]<< ({source})¦¦\n  {link}>>",
    between=("\n", "\n\n"),
    by="section",
    head=MAIL + "{prose}\n",
    foot=BYE,
    wrap=[None, 72],
)
plain(
    "newsletter_prose",
    "newsletter_plain",
    "{TITLE} — {flat}<< More from {source}¦ {w:read_more}: {source}¦ ({source})¦>>",
    between=LOOSE,
    head=MAIL + "<<GOOD MORNING. It's {today}.\n\n¦By {person}\n\n{prose}\n\n>>",
    foot=BYE,
    n=(3, 14),
)
plain(
    "newsletter_minutes",
    "newsletter_minutes",
    "{TITLE} ({minutes} MINUTE READ)<< [{n}]¦>>\n\n{body2}",
    between=LOOSE,
    head=MAIL,
    foot="\n\n" + "Links:\n------\n[1] https://example.org/a\n[2] https://example.org/b\n",
    wrap=[None, 74],
)
plain(
    "newsletter_axios",
    "newsletter_smart",
    "<<{n} big thing: ¦{n}. ¦>>{title}\n\n{body1}\n\n- <<Why it matters: ¦>>{bodyrest}\n<<{w:share} this story¦Go deeper¦>>",
    between=("\n\n", "\n\n---\n\n"),
    n=(2, 10),
    head=MAIL,
    foot=BYE,
)
plain(
    "newsletter_links_bracketed",
    "newsletter_links",
    "{title} ( {link} )[[\n\n{teaser}]]<<\n\n{source}¦>>",
    between=("\n\n", "\n\n\n"),
    head="{w:view_in_browser} ( https://{host}/v/1 )\n\n{name}\n\n",
    foot=BYE,
)
plain(
    "newsletter_md",
    "newsletter_markdown",
    "<<## {title}¦### [{title}]({link})¦**{title}**¦**[{title}]({link})**>>\n\n[[<<*{source}* · {date}\n\n¦¦_{source}_\n\n>>]]{body}<<\n\n[{w:read_more}]({link})¦>>",
    between=("\n\n", "\n\n---\n\n", "\n\n* * *\n\n"),
    head="# {name}\n\n{today}\n\n",
    foot="\n\n---\n\n[{w:unsubscribe}](https://{host}/u)\n",
    n=(2, 12),
)
plain(
    "newsletter_curated",
    "newsletter_curated",
    "{title}<<\n{site}¦ ({site})¦>>[[<<\n¦ — >>{teaser}]]",
    between=LOOSE,
    by="section",
    head=MAIL + "<<Issue #{r:20-600}\n\n¦>>",
    foot=BYE,
    by_form=("\n{}\n", "\n## {}\n", "\n= {} =", "\n>> {}"),
)
plain(
    "newsletter_tidbits",
    "newsletter_tidbits",
    "<<– ¦» ¦* ¦→ >>{sentence}<< {source}¦ ({source})¦ [{source}]>>",
    between=("\n", "\n\n"),
    head=MAIL,
    foot=BYE,
)
plain(
    "playbook",
    "playbook",
    "<<{TITLE} — ¦{TITLE}: ¦{title} … ¦— {title}: >>{body2}<< More from {source}¦ ({source})¦>>",
    between=LOOSE,
    by="section",
    by_form=("\n{}\n", "\n** {} **\n"),
    head="By {person}\n\n{prose}\n\n",
    foot=BYE,
)
plain(
    "news_in_brief",
    "news_in_brief",
    "<<{title}. ¦{TITLE} ¦{title}: ¦{title} – >>{body1}<< ({source})¦ {source}¦>>",
    between=LOOSE,
    wrap=[None, 60, 72],
)
plain(
    "blogtrottr",
    "feed_digest_mail",
    "{title}\n{link}\n{rfc}\n\n{lead}",
    between=("\n\n\n", "\n\n"),
    head="{name} digest\n\n",
    foot="\n\n{rule}\n{prose}\n{w:unsubscribe}: https://{host}/u\n",
)
plain(
    "feedmail",
    "feed_digest_mail",
    "{source}\n{title}\n<<{link}\n¦>><<{rfc}\n¦{date}\n>>\n{body}",
    between=("\n\n" + "-" * 40 + "\n\n", "\n\n\n"),
    head=MAIL,
    n=(2, 12),
)
plain(
    "ifttt_digest",
    "feed_digest_mail",
    "{title}\n{teaser}\nvia {source} {link}\n{date}",
    between=LOOSE,
    head="Your {w:today} digest\n\n",
)
plain(
    "flipboard_mail",
    "flipboard_mail",
    "{title}\n{site} - {lead}\n{w:read_more}",
    between=LOOSE,
    head="<<10 for Today¦{name}>>\n\n",
    foot=BYE,
)
plain(
    "linkedin_mail",
    "linkedin_mail",
    "{title}\n{source} • {r:1-90},{r:100-999}\n{teaser}",
    between=LOOSE,
    head=MAIL,
    foot=BYE,
)
plain(
    "wire_digest",
    "wire_digest",
    "{TITLE}\n<<{body1}¦{body2}>>[[ {caption}]]<< By {author1}. SENT: {words} words, photos.¦ {words} words.¦ By {author1}. UPCOMING: {words} words.>>",
    between=LOOSE,
    head="BC-{topic}--Digest\n\n<<Here are the top stories at {r:1-11} p.m.\n\n¦{today}\n\n>>",
    foot="<<\n\nHOW TO REACH US: desk@{host}\n¦\n\n--30--\n>>",
)
plain(
    "wire_digest_slug",
    "wire_digest",
    "{TITLE} — {body1}<< SENT: {words} words.¦ {words} words, photos.¦>>",
    between=LOOSE,
    by="section",
    by_form=("{}\n", "TOP STORIES - {}\n", "\n----------\n{}\n----------\n"),
)
plain(
    "daybook",
    "daybook",
    "{date} {title} - {body1}\nLocation: {r:1-90} Quay Street, {place}\nWeblinks: {link}\nContacts: {author1}, press@{domain}, 1 555 010 {r:1000-9999}",
    between=LOOSE,
    head="BC--Daybook\nGood morning! {today}.\n\n",
    foot="",
)
plain(
    "wire_budget",
    "wire_budget",
    "<<^¦>>{TITLE}<<^¦>>\n<<Eds: {words} words. ¦>>{author1}\n{body2}",
    between=("\n\n", "\n\n___\n\n"),
    chrome=0.3,
)
plain(
    "clippings_mail",
    "clippings",
    "{title}\n{source}<<, ¦ | ¦ - >>{date}[[<<, ¦ | >>{author}]]\n{body}\n<<{w:read_more}: {link}¦{link}¦>>",
    between=("\n\n", "\n\n" + "_" * 30 + "\n\n"),
    head=MAIL + "Press review, {today}\n\n",
    n=(2, 12),
)
plain(
    "clippings_contents",
    "clippings",
    "{source}\n{title}\n{date} | p. {r:1-40} | {author1}\n\n{whole}",
    between=("\n\n\n", "\n\n" + "=" * 50 + "\n\n", "\x0c\n"),
    n=(2, 10),
)
plain(
    "media_monitor",
    "media_monitor",
    "<<Headline: ¦Title: ¦>>{title}\nOutlet: {source}\n{w:date}: {date}\nReach: {r:1000-900000}\nSentiment: <<neutral¦positive>>\n{lead}\n<<Link: ¦>>{link}",
    between=("\n\n", "\n\n---\n\n"),
    head=MAIL,
)
plain(
    "podcast_notes",
    "show_notes",
    "<<({r:0-1}:{r:10-59}:{r:10-59}) ¦- ¦* ¦{r:0-59}:{r:10-59} >>{title}<< – {source}¦ - {link}¦ {link}¦\n{link}>>",
    between=("\n", "\n\n"),
    chrome=0.6,
)


@layout("mailman_digest", "mailman", between=(2, 14), weight=1.5)
def mailman(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """A list's digest: masthead, table of contents, messages between rules, quoted answers, footers."""
    st = Style(rng, stories, ui, lang_ui)
    st.wrap = rng.choice([None, 72, 72, 76])
    st.para = "\n\n"
    name = stories[0].section.split(" ")[0] + "-list"
    page = Page()
    page.chrome = "en"
    if rng.random() < 0.8:
        page.put(
            f'Send {name} mailing list submissions to\n\t{name.lower()}@lists.example\n\nTo subscribe or unsubscribe via the World Wide Web, visit\n\thttps://lists.example/listinfo\n\nWhen replying, please edit your Subject line so it is more specific\nthan "Re: Contents of {name} digest..."\n\n\n'
        )
    page.put(
        rng.choice(
            [
                "Today's Topics:\n\n",
                "Topics (messages):\n\n",
                "In this digest:\n\n",
                f"There are {len(stories)} messages in this issue.\n\n",
            ]
        )
    )
    topic = rng.choice(["   {n}. {t} ({a})\n", "{n}. {t}\n   by {a}\n", "{n}  {t}\n", "   {n}. {t} - {a}\n"])
    authors = [s.authors[0] if s.authors else s.source for s in stories]
    tag = rng.choice(["", "", f"[{name}] ", "Re: "])
    for i, s in enumerate(stories):
        page.put(topic.format(n=i + 1, t=tag + s.title, a=authors[i]))
    page.put("\n\n" + "-" * 70 + "\n\n")
    heads = rng.choice(
        [
            "Message: {n}\nDate: {rfc}\nFrom: {a} <{h}>\nSubject: {tag}{title}\nMessage-ID: <{id}@{h2}>\nContent-Type: text/plain\n\n",
            "{n}. {tag}{title}\nPosted by: {a}\nDate: {rfc}\n\n",
            "From: {a}\nDate: {rfc}\nSubject: {tag}{title}\n\n",
            "Subject: {tag}{title}\nFrom: {a} <{h}>\nDate: {rfc}\nTo: {n2}\n\n",
        ]
    )
    rule = rng.choice(
        [
            "\n\n------------------------------\n\n",
            "\n\n" + "-" * 30 + "\n",
            "\n\n_______________________________________________\n" + name + " mailing list\n\n",
            "\n\n" + "_" * 72 + "\n\n",
        ]
    )
    for i, s in enumerate(stories):
        for part in heads.replace("{", "\x00{").replace("}", "}\x00").split("\x00"):
            if part == "{title}":
                page.put(s.title, "title", i)
            elif part == "{a}":
                page.put(authors[i], "author", i)
            elif part == "{rfc}":
                page.put(st.value("rfc", s, i)[1], "date", i)
            else:
                known = {
                    "{n}": str(i + 1),
                    "{tag}": tag,
                    "{h}": f"reader{i}@{s.site}",
                    "{h2}": s.site,
                    "{id}": str(st.ids + i),
                    "{n2}": f"{name}@lists.example",
                }
                page.put(known.get(part, part))
        if i and rng.random() < 0.25:
            page.put("> " + fill(stories[i - 1].paragraphs[0], 70, "", "> ") + "\n\n")
        write(page, st, compile_template("{body}", rng), s, i)
        if rng.random() < 0.3:
            page.put("\n\n-- \n" + authors[i] + rng.choice(["", "\n" + s.site]))
        page.put(rule)
    page.put(
        rng.choice(
            [
                f"End of {name} Digest, Vol {rng.randint(2, 90)}, Issue {rng.randint(1, 30)}\n**********************\n",
                "",
                "Subject: Digest Footer\n\n" + name + "\nhttps://lists.example/listinfo\n",
            ]
        )
    )
    page.shown |= st.shown
    return page


@layout("newsletter_footnotes", "numbered_links", between=(3, 20))
def footnotes(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """A letter whose links are numbers in brackets, explained at its end."""
    start = rng.choice([0, 1, 3])
    record = rng.choice(
        [
            "{title} [{fn}]\n\n{lead}",
            "* {title} [{fn}] ({source})",
            "{title}\n{lead} [{fn}]",
            "[{fn}]{title}\n{source}, {date}\n{lead}",
            "{lead} [{fn}]\n-- {source}",
        ]
    )
    if "{title}" not in record:
        record = record.replace("{lead}", "{blurb}")

    def tune(st: Style) -> None:
        st.extra["fn"] = (None, lambda s, i: str(start + i + 1))
        st.wrap = rng.choice([None, 72, 78])

    page = compose(rng, stories, ui, lang_ui, record, between=rng.choice(LOOSE), tune=tune, foot="")
    page.put(rng.choice(["\n\nLinks:\n------\n", "\n\nReferences\n\n", "\n\n---\n", "\n\nVisible links\n"]))
    form = rng.choice(["[{}] {}\n", "{}. {}\n", "   {}. {}\n", "[{}]: {}\n"])
    for k in range(start):
        page.put(form.format(k + 1, "https://example.org/view"))
    for i, s in enumerate(stories):
        page.put(form.format(start + i + 1, s.url))
    return page


@layout("contents_then_stories", "contents_first", between=(2, 16), weight=1.5)
def contents(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """A table of contents with every title (chrome: the stories come below), then the stories."""
    form = rng.choice(
        [
            "{n}. {t}\n",
            "- {t}\n",
            "{t}\n",
            "{t} ({s})\n",
            "{n} {t} .... {p}\n",
            "{s}: {t}\n",
            "   {n}. {t}\n       {s}\n",
        ]
    )
    head = rng.choice(
        [
            "Contents\n\n",
            "In this issue:\n\n",
            "TODAY'S HEADLINES\n",
            "Inhalt\n\n",
            "Sommaire\n\n",
            "Índice\n\n",
            "Содержание\n\n",
            "",
            "Headlines:\n",
            "* * *\n",
        ]
    )
    seed = "".join(form.format(n=i + 1, t=s.title, s=s.source, p=2 + i * 3) for i, s in enumerate(stories))
    record = rng.choice(
        [
            "{title}\n\n{body}",
            "{n}. {title}\n{source}, {date}\n\n{body}",
            "{TITLE}\n{body}",
            "{source}\n{title}\n{date}\n{body}\n\n^ {w:home}",
            "## {title}\n{body}",
            "{title}\n[[{w:by} {author}\n]]\n{whole}",
        ]
    )
    page = compose(
        rng,
        stories,
        ui,
        lang_ui,
        record,
        between=rng.choice(["\n\n", "\n\n\n", "\n\n---\n\n", "\n\n" + "=" * 60 + "\n\n"]),
        wrap=[None, None, 72],
    )
    return shifted(page, head + seed + rng.choice(["\n", "\n\n", "\n---\n\n"]))


def shifted(page: Page, before: str, after: str = "") -> Page:
    """Return the page with text of chrome before and after it."""
    moved = Page()
    moved.put(before)
    moved.parts.extend(page.parts)
    moved.size += page.size
    moved.fields = [f._replace(start=f.start + len(before), end=f.end + len(before)) for f in page.fields]
    moved.shown, moved.sources, moved.chrome = page.shown, page.sources, page.chrome
    return moved.put(after)


FORWARDS = (
    "---------- Forwarded message ----------\nFrom: {p} <{m}>\nDate: {d}\nSubject: Fwd: {t}\nTo: <you@example.org>\n\n\n",
    "-----Original Message-----\nFrom: {p}\nSent: {d}\nTo: you\nSubject: {t}\n\n",
    "Begin forwarded message:\n\nFrom: {p} <{m}>\nSubject: {t}\nDate: {d}\nTo: you@example.org\n\n",
    "-------- Weitergeleitete Nachricht --------\nBetreff: {t}\nDatum: {d}\nVon: {p} <{m}>\nAn: du@example.org\n\n",
    "---------- Message transféré ---------\nDe : {p} <{m}>\nDate: {d}\nSubject: {t}\nTo: <vous@example.org>\n\n",
    "---------- Mensaje reenviado ---------\nDe: {p} <{m}>\nFecha: {d}\nAsunto: {t}\n\n",
    "-------- Пересылаемое сообщение --------\n{d}, {p} <{m}>:\n\n",
    "On {d}, {p} <{m}> wrote:\n\n",
)


@layout("forwarded_digest", "forwarded", between=(2, 16), weight=1.5)
def forwarded(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """A digest of some other kind inside a forwarded mail, with the sender's own words above it."""
    record = rng.choice(
        [
            "{title}\n{source}\n{lead}",
            "* {title} ({source})",
            "{title}\n{link}\n\n{body}",
            "{source}: {title}\n{date}\n{lead}",
            "{n}. {title}\n   {lead}",
            "{blurb}",
            "{title} - {date}\n{teaser}",
            "{date}\n{title}\n{w:by} {author1}\n{body}",
        ]
    )
    page = compose(rng, stories, ui, lang_ui, record, between=rng.choice(LOOSE), wrap=[None, 72], days=0.2)
    note = rng.choice(
        [
            "FYI\n\n",
            "Hi all,\n\nsee below, number 2 is for us.\n\nBest,\nAnn\n\n",
            "Zur Info.\n\n",
            "",
            "Pour info.\n\nJ.\n\n",
            "Interesting. Shall we talk?\n\nSent from my phone\n\n",
        ]
    )
    person = next((s.authors[0] for s in stories if s.authors), "News Desk")
    head = rng.choice(FORWARDS).format(
        p=person,
        m="desk@" + stories[0].site,
        d=stories[0].published.strftime("%a, %d %b %Y at %H:%M"),
        t=stories[-1].source + " digest",
    )
    page = shifted(
        page,
        note + head,
        rng.choice(
            ["", "\n\n-- \nAnn Example\nDesk 4, Room 12\n", "\n\nThis e-mail and any attachments are confidential.\n"]
        ),
    )
    if rng.random() < 0.35:
        return quoted(page, len(note), rng.choice(["> ", ">", "| "]))
    return page


def quoted(page: Page, start: int, mark: str) -> Page:
    """Return the page with each line from `start` on quoted."""
    text = page.text
    marks = [start, *(k + 1 for k in range(start, len(text) - 1) if text[k] == "\n")]
    new = Page()
    new.shown, new.sources, new.chrome = page.shown, page.sources, page.chrome
    at = 0
    for k in marks:
        new.put(text[at:k]).put(mark)
        at = k
    new.put(text[at:])
    import bisect

    for f in page.fields:
        by = bisect.bisect_right(marks, f.start) * len(mark)
        new.fields.append(f._replace(start=f.start + by, end=f.end + by))
    return new


@layout("quoted_thread_of_clips", "forwarded", between=(2, 8))
def thread(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """Mails, each with a story pasted in, one after the other."""
    head = rng.choice(
        [
            "From: Ann <ann@example.org>\nDate: {rfc}\nSubject: {title}\n\n",
            "Ann Example wrote:\n\n{title}\n{date}\n",
            "From: {source} <noreply@{domain}>\nTo: you@example.org\nSubject: {title}\nDate: {rfc}\n\n",
            "Subject: {title}\nDate: {rfc}\nFrom: {author1}\n\n",
        ]
    )
    return compose(
        rng,
        stories,
        ui,
        lang_ui,
        head + "{body}[[30%\n\n-- \nAnn]]",
        between=rng.choice(["\n\n", "\n\n\n", "\n\n" + "-" * 40 + "\n\n"]),
        chrome=0.1,
        wrap=[None, 72],
    )


@layout("mbox_like", "mbox", between=(2, 12))
def mbox(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """A mail box as text: From lines and heads, a body each."""
    record = 'From feeds@example.org {isotime}\n<<Content-Type: text/plain; charset="utf-8"\nMIME-Version: 1.0\n¦>>From: <<"{source}" <feeds@{domain}>¦{source} <{id}@{domain}>>>\nTo: you@example.org\nSubject: {title}\nDate: {rfc}\n<<X-RSS-URL: {link}\nX-RSS-Feed: https://{domain}/feed\n¦¦List-Id: {id}\n>>\n{body}<<\n\nURL: {link}¦>>'
    return compose(rng, stories, ui, lang_ui, record, between="\n\n", head="", foot="", wrap=[None, 72, 78])


PAGES = (
    "{title}\n{source}\n{lead}", "- {title} ({source})", "{date} {title}", "{source}\n{title}\n{age}", "{title}\n\n{body}", "{blurb}", "{n}. {title} - {lead}", "{title}\n{w:by} {author1}\n{date}\n{body}", "{time} {title}", "{title}\n{link}", "{source}: {title}", "{source}\n{age}\n{blurb}",
)  # fmt: skip


def joined(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str, head: Any) -> Page:
    """Return several small pages of different layouts one after the other; `head(part)` is what stands above each."""
    page = Page()
    page.chrome = lang_ui
    at = 0
    while at < len(stories):
        part = stories[at : at + rng.randint(2, 8)]
        above = head(part)
        inner = compose(
            rng, part, ui, lang_ui, rng.choice(PAGES), between=rng.choice(["\n\n", "\n\n", "\n\n\n"]), days=0.2
        )
        page.put(above)
        start = page.size
        page.parts.extend(inner.parts)
        page.size += inner.size
        page.fields.extend(
            f._replace(start=f.start + start, end=f.end + start, story=f.story + at if f.story >= 0 else -1)
            for f in inner.fields
        )
        page.shown |= {k + at: v for k, v in inner.shown.items()}
        page.sources |= {k + at: v for k, v in inner.sources.items()}
        at += len(part)
        page.put("\n\n")
    return page


@layout("crawl_records", "crawl_records", between=(4, 24))
def crawl(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """Records of a crawl's text, each a page with the crawl's own head above it."""
    form = rng.choice(
        [
            "WARC/1.0\nWARC-Type: conversion\nWARC-Target-URI: {u}\nWARC-Date: {d}\nWARC-Record-ID: <urn:uuid:{h}>\nContent-Type: text/plain\nContent-Length: {n}\n\n",
            "URL: {u}\nFetched: {d}\n\n", "{u}\n\n", "=== {u} ===\n", "<doc url=\"{u}\">\n", "Title: {t}\nURL Source: {u}\nMarkdown Content:\n", "# {t}\n{u}\n\n", "#ID {h}\n#URL {u}\n",
        ]
    )  # fmt: skip

    def head(part: list[Any]) -> str:
        number = rng.getrandbits(48)
        return str(
            form.format(
                u=f"https://{part[0].site}/list/{number % 997}",
                d=part[0].published.strftime("%Y-%m-%dT%H:%M:%SZ"),
                h=f"{number:012x}",
                n=rng.randint(400, 30000),
                t=part[0].source,
            )
        )

    return joined(rng, stories, ui, lang_ui, head)


@layout("digest_of_digests", "digest_of_digests", between=(6, 24))
def digests(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """A folder of small pages saved into one file, with little or nothing between them."""
    above = rng.choice(["", "\n\n", "#" * 40 + "\n", "https://example.org/page/2\n", "\x0c\n", "--- next ---\n\n"])
    return joined(
        rng, stories, ui, lang_ui, lambda part: above + (blocks(Style(rng, stories, ui, lang_ui), 0.4) + "\n\n")
    )
