"""Blurbs: a sentence or a few a story, with no titles, in the many ways people keep them in files."""

from __future__ import annotations

import json
import random
from typing import Any

from tests.training.page import Page, layout
from tests.training.texts.compose import BULLETS, RULES, Style, compose, fill, plain

BARE: dict[str, Any] = {"head": "", "foot": ""}
TEXT = "<<{blurb}¦{blurb}¦{sentence}¦{body1}>>"

plain("blurb_lines", "blurb_lines", TEXT, between="\n", n=(1, 60), weight=2, **BARE)


def shorten(st: Style) -> None:
    """Cut every text at 40 to 200 characters."""
    st.size, st.at_word = 40 + st.date_seed % 160, st.date_seed % 2 == 0


plain(
    "blurb_paragraphs",
    "blurb_paragraphs",
    "<<{blurb}¦{body2}¦{sentence}>>",
    between=("\n\n", "\n\n", "\n\n\n"),
    n=(1, 60),
    weight=1.5,
    **BARE,
)
plain(
    "blurb_wrapped_blank",
    "blurb_wrapped",
    TEXT,
    between="\n\n",
    wrap=[50, 60, 65, 70, 72, 76, 80, 100],
    n=(2, 40),
    weight=1.5,
    **BARE,
)
plain("blurb_wrapped_noblank", "blurb_wrapped", TEXT, between="\n", wrap=[60, 68, 72, 78], n=(2, 40), **BARE)
plain(
    "blurb_wrapped_indented",
    "blurb_wrapped",
    "<<   ¦    ¦\t>>" + TEXT,
    between="\n",
    wrap=[60, 72],
    n=(2, 30),
    tune=lambda st: setattr(st, "hang", False),
    **BARE,
)
plain(
    "blurb_numbered",
    "blurb_numbered",
    "<<{n}. ¦{n}) ¦({n}) ¦[{n}] ¦{n}: ¦{n} ¦#{n} ¦{n0} ¦№ {n} ¦{n}\t¦{n} - ¦{n}.>>" + TEXT,
    between=("\n", "\n", "\n\n"),
    wrap=[None, None, 72],
    n=(2, 50),
    weight=1.5,
    **BARE,
)
plain(
    "blurb_bulleted",
    "blurb_bulleted",
    "<<" + "¦".join(BULLETS) + "¦  * ¦  - >>" + TEXT,
    between=("\n", "\n", "\n\n"),
    wrap=[None, None, 72],
    n=(2, 50),
    weight=1.5,
    **BARE,
)
plain(
    "blurb_quoted",
    "blurb_quoted",
    '<<"{blurb}"¦“{blurb}”¦«{blurb}»¦„{blurb}“¦\'{blurb}\'¦“{sentence}”¦"{body1}"¦「{blurb}」¦« {sentence} »¦`{blurb}`>><<¦,>>',
    between=("\n", "\n\n"),
    n=(2, 50),
    **BARE,
)
plain(
    "blurb_source_paren",
    "blurb_source_after",
    TEXT
    + "<< ({source})¦ [{source}]¦ — {source}¦ - {source}¦ ({source}, {date})¦ /{source}/¦ ({site})¦ Source: {source}¦ | {source}¦ // {source}¦ {source}¦\n({source})¦\n— {source}¦\n{source}¦\n   -- {source}¦ (via {source})¦ [{source}, {iso}]>>",
    between=("\n", "\n\n", "\n\n"),
    n=(2, 50),
    weight=2.5,
    wrap=[None, None, 72],
    **BARE,
)
plain(
    "blurb_trailing_url",
    "blurb_url",
    TEXT + "<< ¦\n¦  ¦ - ¦\t¦ (¦ → >>{link}",
    between=("\n", "\n\n", "\n\n"),
    n=(2, 50),
    weight=1.5,
    wrap=[None, None, 72],
    **BARE,
)
plain(
    "blurb_leading_url",
    "blurb_url",
    "{link}<< ¦\n¦\t¦: ¦ - ¦\n\n>>" + TEXT,
    between=("\n", "\n\n", "\n\n\n"),
    n=(2, 50),
    **BARE,
)
plain(
    "blurb_date_prefix",
    "blurb_date",
    "<<{date}: ¦{date} - ¦{date} ¦[{date}] ¦{iso} ¦{iso}\t¦({date}) ¦{date} | ¦{isotime} ¦{date}\n¦{monthday}: ¦{monthday}. ¦<{date}> ¦{date} – ¦{rfc} ¦{date}, >>"
    + TEXT,
    between=("\n", "\n\n"),
    n=(2, 50),
    weight=2,
    wrap=[None, None, 72],
    **BARE,
)
plain(
    "blurb_date_suffix",
    "blurb_date",
    TEXT + "<< ({date})¦ [{iso}]¦ - {date}¦\n{date}¦ {monthday}¦ | {date}>>",
    between=("\n", "\n\n"),
    n=(2, 40),
    **BARE,
)
plain(
    "blurb_source_colon",
    "blurb_source_before",
    "<<{source}: ¦{source} - ¦{source} – ¦[{source}] ¦({source}) ¦{SOURCE}: ¦{source}\n¦{source}\t¦{source} | ¦<{source}> ¦**{source}**: ¦{source} — ¦@{source}: ¦{source} :: ¦{source} ({date}): ¦{source}, {date}: ¦{date}, {source}: ¦{source} reports: >>"
    + TEXT,
    between=("\n", "\n\n"),
    n=(2, 50),
    weight=2.5,
    wrap=[None, None, 72],
    **BARE,
)
plain(
    "blurb_bold_lead",
    "blurb_lead",
    "<<**{title}** ¦**{title}.** ¦**{title}:** ¦**{title}** – ¦*{title}*: ¦__{title}__ ¦{title}. ¦{title}: ¦{TITLE}: ¦{TITLE}. ¦{title} — ¦{TITLE} – ¦{title} | ¦[{title}] ¦{title}… ¦{title} // ¦<b>{title}</b> >>"
    + TEXT
    + "<<¦¦ ({source})¦ — {source}¦ [{source}]({link})¦ *{source}*>>",
    between=("\n", "\n\n", "\n\n"),
    n=(2, 40),
    weight=2,
    wrap=[None, None, 72],
    **BARE,
)
plain(
    "blurb_ids",
    "blurb_ids",
    "<<{id} ¦{id}\t¦{id}: ¦{id}, ¦[{id}] ¦{guid}\t¦{guid} ¦id={id} ¦#{id}: ¦<{id}>\n¦{id}\n¦{id}|>>" + TEXT,
    between=("\n", "\n\n"),
    n=(2, 60),
    weight=1.5,
    **BARE,
)
plain(
    "blurb_two_lines",
    "blurb_two_lines",
    "<<{sentence}\n{bodyrest1}¦{sentence}\n{source}¦{source}\n{sentence}¦{date}\n{sentence}>>",
    between=("\n", "\n\n"),
    n=(2, 40),
    tune=lambda st: st.extra.update(bodyrest1=("body", lambda s, i: s.paragraphs[min(1, len(s.paragraphs) - 1)])),
    **BARE,
)
plain(
    "blurb_truncated",
    "blurb_truncated",
    "{blurb}",
    between=("\n", "\n\n"),
    n=(2, 60),
    tune=shorten,
    **BARE,
)
plain(
    "blurb_ruled",
    "blurb_ruled",
    TEXT,
    between=tuple("\n" + r + "\n" for r in RULES) + tuple("\n\n" + r + "\n\n" for r in RULES),
    n=(2, 30),
    wrap=[None, 72],
    **BARE,
)
plain(
    "blurb_lang_code",
    "blurb_ids",
    "<<[{lang}] ¦{lang}: ¦({lang}) ¦{lang}\t>>" + TEXT,
    between=("\n", "\n\n"),
    n=(3, 40),
    **BARE,
)
plain(
    "blurb_labelled",
    "blurb_labelled",
    "<<Summary: ¦Blurb: ¦Text: ¦> ¦News: ¦Item {n}: ¦Item {n}\n¦Teaser\n¦description: >>" + TEXT,
    between=("\n", "\n\n"),
    n=(2, 40),
    **BARE,
)
plain(
    "blurb_tagged",
    "blurb_tagged",
    "<<#{section2} ¦[{section2}] ¦{section2}: ¦({section2}) ¦{section2} | ¦{section2}\t>>" + TEXT,
    between=("\n", "\n\n"),
    n=(2, 40),
    tune=lambda st: st.extra.update(section2=("tags", lambda s, i: s.section)),
    **BARE,
)
plain(
    "quotes_of_the_day",
    "blurb_quotes_said",
    "{quote}<< — ¦\n— ¦ (¦\n\t- >>{author1}",
    between=("\n\n", "\n\n\n"),
    n=(3, 30),
    tune=lambda st: st.extra.update(quote=("body", lambda s, i: "“" + s.paragraphs[-1] + "”")),
    **BARE,
)


@layout("blurb_some_blank", "blurb_some_blank", between=(3, 40))
def some_blank(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """Blurbs a line each, with a blank line here and there that means nothing."""
    page = Page()
    st = Style(rng, stories, ui, lang_ui)
    name = rng.choice(["blurb", "sentence", "body1"])
    chance = rng.choice([0.1, 0.3, 0.5])
    for i, s in enumerate(stories):
        page.put(st.value(name, s, i)[1], "body", i).put("\n\n" if rng.random() < chance else "\n")
    return page


@layout("blurb_sections", "blurb_sections", between=(4, 40))
def sections(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """Blurbs under headings of sections, or of days."""
    mark = rng.choice(["", "", "- ", "* ", "• ", "{n}. "])
    if rng.random() < 0.5:
        return compose(
            rng,
            stories,
            ui,
            lang_ui,
            mark + rng.choice([TEXT, TEXT + " ({source})", TEXT + "\n{link}"]),
            between=rng.choice(["\n", "\n\n"]),
            by="section",
            head="",
            foot="",
        )
    return compose(
        rng,
        stories,
        ui,
        lang_ui,
        mark + rng.choice([TEXT, TEXT + " ({source})", "{time} " + TEXT]),
        between=rng.choice(["\n", "\n\n"]),
        days=1,
        head="",
        foot="",
    )


@layout("blurb_json_lines", "blurb_json", between=(2, 50))
def json_lines(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """Blurbs as strings of JSON, a line each, or in one list."""
    page = Page()
    ascii_ = rng.random() < 0.5
    st = Style(rng, stories, ui, lang_ui)
    name = rng.choice(["blurb", "sentence", "body2", "title"])
    list_ = rng.random() < 0.3
    page.put("[\n" if list_ else "")
    for i, s in enumerate(stories):
        label, text = st.value(name, s, i)
        page.put(rng.choice(["  "]) if list_ else "").put('"').put(
            json.dumps(text, ensure_ascii=ascii_)[1:-1], label, i
        ).put('"')
        page.put("," if list_ and i + 1 < len(stories) else "").nl()
    page.put("]\n" if list_ else "")
    page.shown |= st.shown
    return page


@layout("blurb_joined", "blurb_joined", between=(2, 20), weight=0.5)
def joined(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """Blurbs in one paragraph, parted by a mark."""
    page = Page()
    mark = rng.choice([" • ", " | ", " /// ", " +++ ", " ... ", " ~ ", "   ", " ■ ", " -- ", " § "])
    st = Style(rng, stories, ui, lang_ui)
    for i, s in enumerate(stories):
        page.put(mark if i else "").put(st.value("sentence", s, i)[1], "body", i)
    return page.nl()


@layout("blurb_mixed_forms", "blurb_mixed", between=(4, 30))
def mixed(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """Notes kept by hand: each entry in one of a few forms, parted by blank lines."""
    forms = rng.sample(
        [
            "{title}\n{blurb}",
            "{blurb} ({source})",
            "{title} - {source}",
            "{link}\n{blurb}",
            "{title}\n{link}",
            "{source}: {blurb}",
            "{blurb}",
            "{date} {title}\n{lead}",
            "{title}\n{source}, {date}\n{body}",
        ],
        rng.randint(2, 4),
    )
    page = Page()
    st = Style(rng, stories, ui, lang_ui)
    gap = rng.choice(["\n\n", "\n\n", "\n\n\n", "\n\n--\n\n"])
    for i, s in enumerate(stories):
        at = 0
        form = rng.choice(forms)
        while at < len(form):
            if form[at] == "{":
                end = form.index("}", at)
                label, text = st.value(form[at + 1 : end], s, i)
                page.put(text, label, i if label else -1)
                at = end + 1
            else:
                page.put(form[at])
                at += 1
        page.put(gap)
    page.shown |= st.shown
    return page


@layout("blurb_poetry_of_width", "blurb_wrapped", between=(2, 20))
def ragged(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """Blurbs wrapped at a width that changes, as of pasted mails; blank lines between."""
    page = Page()
    st = Style(rng, stories, ui, lang_ui)
    for i, s in enumerate(stories):
        text = st.value(rng.choice(["blurb", "body2"]), s, i)[1]
        page.put(fill(text, rng.choice([45, 60, 72, 72, 90])), "body", i).nl(2)
    return page
