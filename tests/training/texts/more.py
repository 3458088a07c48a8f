"""Further places where stories stand in rows: wires, terminals, reviews of the press, exports of note-takers, portals."""

from __future__ import annotations

import random
from typing import Any

from tests.training.page import Page, layout
from tests.training.texts.compose import RULES, Style, compose, day, plain

LOOSE = ("\n\n", "\n\n", "\n\n\n")
ANY = ("\n", "\n\n")
BARE: dict[str, Any] = {"head": "", "foot": ""}
NONE: dict[str, Any] = {  # stretches that are of no story's
    "dom": (None, lambda s, i: s.site),
    "sec": (None, lambda s, i: s.section),
    "hash": (None, lambda s, i: f"{hash_of(s.guid):07x}"),
}


def hash_of(text: str) -> int:
    """Return a number made of a text, the same on every machine."""
    value = 7
    for c in text:
        value = (value * 31 + ord(c)) % 0xFFFFFFF
    return value


def unlabelled(st: Style) -> None:
    """Let templates name the site, section and a hash of a story as chrome."""
    st.extra.update(NONE)


# Wires and trading terminals
plain(
    "terminal_headlines",
    "terminal_headlines",
    "<<{time} {monthday} RTRS-¦{time} ¦{monthday} {time} *¦BN {time} ¦{time} EST - >>{title}<< [{hash}]¦¦ ({sec})¦  {r:1-99}>>",
    between="\n",
    n=(5, 60),
    chrome=0.3,
    tune=unlabelled,
)
plain(
    "terminal_caps",
    "terminal_headlines",
    "<<*¦**¦>>{TITLE}<<¦: {SOURCE}¦ - {source}¦ -{source}>>",
    between="\n",
    n=(5, 60),
    chrome=0.2,
)
plain(
    "ticker_tape",
    "terminal_headlines",
    "{time}  <<{hash}  ¦>>{title}  <<{sec}¦{source}>>",
    between="\n",
    n=(5, 50),
    chrome=0.3,
    tune=unlabelled,
)
plain(
    "wire_zczc",
    "wire_flagged",
    "<<ZCZC {hash}¦@@@@¦{hash}>>\n<<{sec}-{r:1-99}¦u i bc-{sec} {r:100-999}>>\n<<{TITLE}¦{title}>>\n<<({source})¦={source}=¦({source}, {date})>>\n{whole}\n<<NNNN¦(ends)¦{hash}-NNN-{time}>>",
    between=LOOSE,
    n=(2, 10),
    tune=unlabelled,
    **BARE,
)
plain(
    "press_wire_list",
    "press_wire",
    "<<{date}\n¦{time} ET\n¦{date} | >>{title}\n{lead}<<\n{source}¦¦\n({source})>>",
    between=LOOSE,
)
plain(
    "stock_notices",
    "stock_notices",
    "<<{time}\t¦{date} {time}\t>>{source}\t<<{hash}\t¦>>{title}",
    between="\n",
    tune=unlabelled,
    n=(4, 50),
)
plain(
    "security_advisories",
    "advisories",
    "<<[{hash}] ¦{hash}: ¦>>{title}<< ({source})¦ - {source}¦>>\n<<Severity: {r:1-9}.{r:0-9}\n¦Published: ¦>>{iso}\n{lead}",
    between=LOOSE,
    tune=unlabelled,
)
plain(
    "release_notes_feed",
    "releases",
    "<<{source} ¦>>{title}<<\nreleased this ¦\n¦ · >>{age}<<\n{hash}\n¦\n>>{lead}",
    between=LOOSE,
    tune=unlabelled,
)
plain(
    "arxiv_listing",
    "papers",
    "[{n}] <<arXiv:{r:1000-2500}.{r:10000-99999} ¦>>\nTitle: {title}\nAuthors: {author1}\nSubjects: {sec}<<\n{lead}¦\nComments: {r:4-40} pages>>",
    between=ANY,
    tune=unlabelled,
    head="<<Showing new listings for {today}\n\n¦>>",
    foot="",
)
plain(
    "paper_alerts",
    "papers",
    "{title}\n<<{author1} - ¦{author1}, >>{source}, {date}\n{lead}<<\n{w:save} {w:share}¦>>",
    between=LOOSE,
)

# Reviews of the press
plain(
    "press_review_run_in",
    "press_review",
    "<<{SOURCE} — ¦{SOURCE}: ¦{source} : ¦« {source} » : ¦>>{title}. {body1}<<¦ ({date})¦ ({author1})>>",
    between=LOOSE,
    by=None,
    head="<<Revue de presse, {today}\n\n¦PRESS REVIEW\n\n¦Presseschau\n\n¦Обзор прессы\n\n¦>>",
)
plain(
    "press_review_heads",
    "press_review",
    "<<- ¦* ¦¦— >>{title}<<: ¦. ¦\n>>{lead}",
    between=ANY,
    by="source",
    by_form=("\n{}\n", "\n{}:", "\n« {} »\n", "\n** {} **\n", "\n_{}_\n"),
)
plain(
    "press_review_countries",
    "press_review",
    "{source} (<<{sec}¦{lang}>>)\n“{title}”\n{body1}",
    between=LOOSE,
    tune=unlabelled,
)
plain(
    "editorials", "opinion_page", "{title}\n<<{author1}¦By {author1}>> — {source}\n{lead}", between=LOOSE, by="section"
)
plain(
    "front_pages",
    "front_pages",
    "{source}\n<<“{title}”¦{title}¦{TITLE}>>",
    between=ANY,
    head="<<Today's front pages\n\n¦{today}\n\n>>",
)
plain(
    "cjk_brackets",
    "cjk_digest",
    "<<【{title}】{blurb}（{source}）¦■{title}（{source}）¦◆{title}\n　{lead}¦［{source}］{title}¦○{title}／{source}¦「{title}」{source} {date}¦▼{title}（{source}、{date}）\n{lead}¦《{source}》{title}¦[{source}] {title} - {author1}¦{title} | {source} | {date}¦〔{source}〕{title}：{lead}¦{n}、{title}（{source}）¦{n}．{title}　{date}>>",
    between=ANY,
    weight=2,
)
plain(
    "brief_with_dateline",
    "dateline_briefs",
    "{title}\n<<{sec} ({source}) - ¦{sec}, {date} - ¦({source}) ¦{sec} — >>{body1}",
    between=LOOSE,
    tune=unlabelled,
)
plain(
    "whatsapp_newsletter",
    "messenger_letter",
    "<<🔴 ¦📌 ¦▪️ ¦👉 ¦🗞 ¦✅ >><<*{title}*¦{title}>>\n<<_{source}_\n¦>>{lead}<<\n{link}¦\n🔗 {link}¦>>",
    between=LOOSE,
    **BARE,
)
plain(
    "telegram_digest_post",
    "messenger_letter",
    "<<▪️ ¦🔹 ¦— ¦⚡️>>{title}<<. ¦ — ¦\n>>{sentence}<< | {source}¦¦ ({source})>>",
    between=ANY,
    head="<<{today}: главное\n\n¦{today}\n\n¦>>",
    foot="",
)
plain(
    "radio_rundown", "rundown", "{n}. {TITLE}<< ({r:0-3}:{r:10-59})¦ - {author1}¦>>\n{body1}", between=LOOSE, chrome=0.3
)
plain(
    "teletext",
    "teletext",
    "<<P{r:101-899} ¦{r:101-899} ¦>>{title}<< {r:100-199}¦ ... {r:100-899}¦>>",
    between="\n",
    head="<<P100  {name}  {today}\n\n¦{name}\n>>",
    foot="<<\n\n{nav}¦>>",
)
plain(
    "magazine_contents",
    "issue_contents",
    "<<{r:3-90}  ¦p. {r:3-90}  ¦>>{title}<<\n{lead}¦: {lead}¦>><<\n{author1}¦ · {author1}¦ by {author1}>>",
    between=ANY,
    by="section",
    head="<<{name} · {today}\n¦>>",
)
plain(
    "epaper_index",
    "epaper",
    "<<Page {r:1-40}: ¦Seite {r:1-40}\n¦S. {r:1-40} ¦p{r:1-40} >>{title}<< ({author1})¦>>",
    between=ANY,
)

# Exports of note-takers and reference managers
plain(
    "zotero_report",
    "zotero",
    "{title}\nItem Type\tNewspaper Article\nAuthor\t{author1}\nURL\t{link}\nDate\t{date}\nPublication\t{source}\n<<Abstract\t{lead}\n¦>>Date Added\t{isoday}",
    between=LOOSE,
    chrome=0.1,
)
plain(
    "bibtex",
    "bibtex",
    "@<<article¦misc¦online>>{{hash},\n  title = {{title}},\n  author = {{author1}},\n  journal = {{source}},\n  date = {{iso}},\n  url = {{link}},\n  abstract = {{lead}}\n}",
    between=LOOSE,
    tune=unlabelled,
    **BARE,
)
plain(
    "ris_records",
    "ris",
    "TY  - NEWS\nTI  - {title}\n[[AU  - {author}\n]]T2  - {source}\nPY  - {iso}\n<<UR  - {link}\n¦>>AB  - {lead}\nER  -",
    between=LOOSE,
    **BARE,
)
plain(
    "front_matter",
    "front_matter",
    '---\ntitle: <<{title}¦"{title}">>\nsource: {source}\ndate: {iso}\n<<author: {author1}\n¦>><<url: {link}\n¦>><<tags: [{tags}]\n¦>>---\n\n{whole}',
    between=LOOSE,
    n=(2, 10),
    **BARE,
)
plain(
    "evernote_export",
    "notes_export",
    "{title}\n<<Created: {date}\nSource: {link}\nNotebook: {sec}\n\n¦{link}\n{date}\n\n>>{body}",
    between=tuple("\n\n" + r + "\n\n" for r in RULES[:8]) + ("\n\n\n",),
    n=(2, 12),
    tune=unlabelled,
    chrome=0.1,
)
plain(
    "highlights_export",
    "highlights",
    "# {title}\n\n- Author: [[{author}]]\n- Source: {source}\n- URL: {link}\n\n## Highlights\n\n- {body1}",
    between=LOOSE,
    n=(2, 14),
    **BARE,
)
plain(
    "pinboard_export", "pinboard", "{title}\n<<{lead}\n¦>>{hashtags}<< ¦\n>>{age}<< {w:save} {w:hide}¦>>", between=LOOSE
)
plain(
    "spreadsheet_paste",
    "spreadsheet",
    "{n}\t{iso}\t{source}\t<<{author1}\t¦>>{title}\t<<{lead}\t¦>><<{link}¦{sec}>>",
    between="\n",
    tune=unlabelled,
    head="<<#\tDate\tOutlet\tHeadline\n¦>>",
    foot="",
    n=(4, 50),
)
plain(
    "key_values_tabs",
    "key_values",
    "Title\t{title}\nSource\t{source}\nDate\t{date}\n<<Link\t{link}\n¦>>Text\t{lead}",
    between=LOOSE,
    chrome=0.2,
)
plain(
    "log_of_reading",
    "reading_log",
    "{iso}<< read: ¦ — ¦: ¦  >>{title}<<, {source}¦ ({source})¦ [{source}]>><<\n  {lead}¦>>",
    between=ANY,
    **BARE,
)
plain(
    "outlook_safelinks",
    "mail_links",
    "{title}<<<{link}>¦ <{link}>¦ [{link}]>><<\n{source}¦>>\n{lead} {w:read_more} <{link2}>",
    between=LOOSE,
    tune=lambda st: st.extra.update(link2=(None, lambda s, i: s.url)),
)
plain(
    "screen_reader",
    "screen_reader",
    "<<heading level 3 link ¦link ¦Heading: >>{title}\n<<link ¦>>{source}\n{age}<<\nbutton {w:share}¦\nbutton {w:save}\nbutton More¦>>",
    between=ANY,
)
plain("picture_alt_text", "alt_text", "<<Image: ¦Photo of ¦>>{caption}\n<<{source}\n¦>>{title}\n{age}", between=LOOSE)
plain(
    "share_buttons_first",
    "shares_first",
    "{w:share}\n{w:save}\n{r:0-99}\n{title}\n{source} {date}[[\n{lead}]]",
    between=LOOSE,
)

# Portals, searches, home pages
plain(
    "portal_blocks",
    "portal",
    "<<{title}\n{lead}¦{title}>>",
    between=ANY,
    by="section",
    by_form=("\n{} »\n", "\n{}\n▬▬▬▬▬\n", "\n+ {}\n", "\n{} | more\n"),
    chrome=1,
)
plain(
    "archive_search",
    "archive_search",
    "<<{n}. ¦>>{title}\n<<{source}, {date}, p. {r:1-60}¦{date} · {source}>>\n…{sentence}…<<\n{w:save} · {w:share}¦>>",
    between=LOOSE,
    head="<<{total} hits for “{topic}”\n\n¦>>",
)
plain(
    "newspaper_archive",
    "archive_search",
    "{date}\n{title}\n{author1}\n{words} words\n{w:read_more}",
    between=LOOSE,
    days=0.1,
)
plain("author_page", "author_page", "{title}\n{date}<<\n{lead}¦>>", between=LOOSE, head="{person}\n{prose}\n{nav}\n\n")
plain(
    "tag_page",
    "tag_page",
    "<<{source}\n¦>>{title}\n<<{date}¦{age}>> <<·¦|>> {r:1-12} min",
    between=LOOSE,
    head="#{topic}\n{r:10-9000}\n\n",
)
plain(
    "most_read_numbered",
    "most_read",
    "{n}\n<<{sec}\n¦>>{title}<<\n{source}¦\n{age}¦>>",
    between=ANY,
    tune=unlabelled,
    head="<<{w:most_read}\n\n¦>>",
)
plain("cards_pipe", "cards", "<<{sec} | ¦>>{title} | {source} | {age}", between=ANY, tune=unlabelled)
plain(
    "kicker_colon",
    "kickers",
    "<<{SEC2}\n¦{sec}: ¦{sec} | ¦+++ {sec} +++ ¦{sec} — >>{title}<<\n{lead}¦>><<\n{author1}, {date}¦\n{date}¦>>",
    between=LOOSE,
    tune=lambda st: st.extra.update(NONE, SEC2=(None, lambda s, i: s.section.upper())),
)
plain(
    "paywalled_home",
    "paywall",
    "<<PLUS\n¦🔒 ¦+ ¦Abo\n>>{title}<<\n{lead}¦>><<\n{author1}¦>>\n{minutes} min<<\n{w:save}¦>>",
    between=LOOSE,
    chrome=1,
)
plain(
    "local_site",
    "local_site",
    "{title}\n{sec} - {date}, {time}<< Uhr¦>><<\n{lead}  {w:read_more}¦\n{lead}>>",
    between=LOOSE,
    tune=unlabelled,
)
plain("church_bulletin", "bulletin", "{TITLE}\n{body1}", between=LOOSE, head="{name}\n{today}\n\n", foot="\n\n{prose}")
plain(
    "company_intranet",
    "intranet",
    "{title}\n{w:by} {author1} | {date} | {sec}\n{body1}\nLike ({r:0-40}) {w:comments} ({r:0-9})",
    between=LOOSE,
    tune=unlabelled,
)
plain("events_news", "association", "<<{iso}: ¦{date} ¦>>{title}<< [PDF]¦ »¦>>\n{sentence}", between=ANY)
plain(
    "risks_digest",
    "usenet_digest",
    "Date: {rfc}\nFrom: {author1} <{hash}@{dom}>\nSubject: {title}\n\n{body}",
    between="\n\n------------------------------\n\n",
    head="{name} Digest  {today}  Volume {r:2-30} : Issue {r:1-99}\n\n----------------------------------------------------------------------\n\n",
    foot="\n\n------------------------------\n\nEnd of Digest\n************************",
    n=(2, 12),
    tune=unlabelled,
    wrap=[72, 76, None],
)
plain(
    "weekly_links_prose",
    "link_prose",
    "<<{source} on ¦At {source}, ¦From {source}: >>{title}<<. ¦ — >>{sentence}<< {link}¦>>",
    between=LOOSE,
)
plain("title_then_bare_url", "url_pairs", "{title}\n{link}", between=ANY, **BARE, n=(3, 50))
plain(
    "url_then_article",
    "url_articles",
    "<<URL: ¦¦Source: >>{link}\n<<{title}\n¦>><<{date}\n¦>>{whole}",
    between=tuple("\n" + r + "\n" for r in RULES[:9]) + LOOSE,
    n=(2, 10),
    **BARE,
)
plain(
    "numbered_articles",
    "numbered_articles",
    "<<{n}.\n¦ARTICLE {n}\n¦{n} of {total}\n¦#{n}\n¦Story {n}:\n>>{title}\n<<{source}, {date}\n¦>>{whole}",
    between=LOOSE + ("\n\n\n\n",),
    n=(2, 10),
    chrome=0.2,
)
plain(
    "xml_like_tags",
    "sgml",
    "<DOC>\n<DOCNO> {hash} </DOCNO>\n<<<HEADLINE>\n{title}\n</HEADLINE>\n¦<TITLE>{title}</TITLE>\n>><<<DATE> {iso} </DATE>\n¦>><TEXT>\n{whole}\n</TEXT>\n</DOC>",
    between="\n",
    n=(2, 10),
    tune=unlabelled,
    **BARE,
)
plain("reuters_corpus", "sgml", "{date} {title}\n{whole}\n<< Reuter¦ &#3;¦>>", between=LOOSE, n=(2, 10), **BARE)
plain(
    "corpus_lines",
    "corpus_lines",
    "<<{title}\t{flat}¦{title} ||| {flat}¦{iso}\t{title}\t{flat}¦{hash}\t{source}\t{title}\t{flat}¦{title} {flat}¦__label__{sec} {title} , {flat}>>",
    between="\n",
    n=(3, 30),
    tune=unlabelled,
    **BARE,
)
plain(
    "answer_of_a_bot",
    "bot_answer",
    "{n}. **{title}**<< ({source})¦ — {source}¦: >>\n   <<- ¦>>{lead}<<\n   - [{w:source}]({link})¦>>",
    between=ANY,
    head="<<Here are the top stories for {today}:\n\n¦Here is a summary of the news:\n\n>>",
    foot="<<\n\nLet me know if you want more on any of these.¦>>",
)
plain(
    "bot_bullets",
    "bot_answer",
    "- **{title}**: {sentence}<< [{n}]¦ ({source})¦>>",
    between=ANY,
    by="section",
    by_form=("\n### {}\n", "\n**{}**\n"),
    head="<<## {today}\n¦>>",
    foot="",
)


@layout("printed_pages", "printed", between=(3, 30))
def printed(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """A list printed from a browser: each sheet has the page's title, its address, a number and a time."""
    sheet = rng.randint(3, 7)
    host, when = stories[0].site, day(stories[0].published, lang_ui, "short")
    form = rng.choice(
        [
            "\n{h}/list  {k}/9  {w}\n",
            "\n{w}, 10:12  News\nhttps://{h}/  {k}/9\n",
            "\nPage {k} of 9\n",
            "\x0c{w} {h}\n",
            "\n- {k} -\n\n",
        ]
    )

    def tune(st: Style) -> None:
        st.extra["sheet"] = (
            None,
            lambda s, i: form.format(h=host, k=1 + i // sheet, w=when) if i and i % sheet == 0 else "",
        )

    record = rng.choice(
        ["{title}\n{source} {age}", "{title}\n{lead}", "{date} {title}", "{source}\n{title}\n{lead}", "{title}\n{body}"]
    )
    return compose(rng, stories, ui, lang_ui, "[[{sheet}\n]]" + record, between=rng.choice(LOOSE), tune=tune)


@layout("two_lists", "two_lists", between=(6, 30), weight=1.5)
def two_lists(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """A page whose first stories have a teaser and whose others are headlines, as home pages have them."""
    rich = rng.randint(1, max(1, len(stories) // 2))
    st = Style(rng, stories, ui, lang_ui)
    page = Page()
    page.chrome = lang_ui
    one = rng.choice(
        [
            ("title", "teaser"),
            ("section", "title", "teaser", "author"),
            ("title", "date", "teaser"),
            ("source", "title", "teaser", "age"),
        ]
    )
    two = rng.choice([("title",), ("title", "age"), ("time", "title"), ("source", "title")])
    joint = rng.choice(["\n", " - ", " | ", "  "])
    mark = rng.choice(["", "", "• ", "- ", "+ "])
    gap = rng.choice(["\n", "\n\n"])
    page.put(st.w("newest")).nl(2)
    for i, s in enumerate(stories):
        if i == rich:
            page.put(rng.choice(["\n", "\n" + st.w("most_read") + "\n\n", "\n" + st.w("all") + "\n"]))
        page.put(mark if i >= rich else "")
        written = False
        for name in one if i < rich else two:
            label, text = st.value(name, s, i)
            if text:
                page.put(("\n" if i < rich else joint) if written else "").put(text, label, i)
                written = True
        page.put("\n\n" if i < rich else gap)
    page.shown |= st.shown
    return page


@layout("table_two_lines", "table_stacked", between=(3, 25))
def stacked(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """Cells of a table one below the other, empty cells as empty lines, as get_text makes of it."""
    st = Style(rng, stories, ui, lang_ui)
    cells = ["title"] + rng.sample(["source", "date", "author", "section", "teaser", "minutes", "n"], rng.randint(2, 5))
    rng.shuffle(cells)
    page = Page()
    page.chrome = lang_ui
    if rng.random() < 0.6:
        for c in cells:
            page.put(st.w(c)).nl()
    tail = rng.choice(["", "\n", "\n\n"])
    for i, s in enumerate(stories):
        for c in cells:
            label, text = st.value(c, s, i)
            page.put(text, label, i if label else -1).nl()
        page.put(tail)
    page.shown |= st.shown
    return page


@layout("two_columns_of_rows", "side_by_side", between=(4, 24))
def side_by_side(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """Two headlines on a line, left and right, as drawn with columns of blanks."""
    st = Style(rng, stories, ui, lang_ui)
    page = Page()
    page.chrome = lang_ui
    width = rng.choice([40, 60, 76])
    for i, s in enumerate(stories):
        text = s.title if len(s.title) < width else s.title[: width - 2].rstrip() + "…"
        page.put(text, "title", i)
        page.put(" " * (width - len(text) + 2) if i % 2 == 0 and i + 1 < len(stories) else "\n")
    page.shown |= st.shown
    return page


@layout("first_big_then_rest", "lead_story", between=(3, 20))
def lead_story(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """A letter whose first story is told in full and whose others are a line each."""
    st = Style(rng, stories, ui, lang_ui)
    page = Page()
    page.chrome = lang_ui
    first = stories[0]
    page.put(first.title.upper() if rng.random() < 0.3 else first.title, "title", 0).nl(2)
    if first.authors and rng.random() < 0.5:
        page.put(st.w("by") + " ").put(first.authors[0], "author", 0).nl(2)
    for p in first.paragraphs:
        page.put(p, "body", 0).nl(2)
    page.put(
        rng.choice(
            [
                "In other news\n\n",
                "Also today:\n\n",
                st.w("related") + "\n\n",
                "---\n\n",
                "Außerdem\n\n",
                "À lire aussi\n\n",
                "",
            ]
        )
    )
    mark = rng.choice(["- ", "* ", "", "• ", "→ "])
    form = rng.choice([("title",), ("title", "source"), ("title", "teaser"), ("source", "title")])
    joint = rng.choice([": ", " - ", " — ", " ("])
    for i, s in enumerate(stories[1:], 1):
        page.put(mark)
        for k, name in enumerate(form):
            label, text = st.value(name, s, i)
            page.put(joint if k and text else "").put(text, label, i).put(")" if k and text and joint == " (" else "")
        page.nl(rng.choice([1, 1, 2]) if mark == "" else 1)
    page.shown |= st.shown
    return page
