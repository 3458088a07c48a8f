"""Fronts: link sharers, aggregators, headlines alone, home pages of newspapers, blogs and planets, live blogs, days."""

from __future__ import annotations

import random
from typing import Any

from tests.training.page import Page, layout
from tests.training.texts.compose import Style, compose, plain

LOOSE = ("\n\n", "\n\n", "\n\n\n")

plain(
    "hackernews_front",
    "hacker_news",
    "{n}.<<\t\t¦ ¦\n¦\t>>{title}[[ ({site})]]\n<<      ¦\t\t¦>>{r:2-900} {w:points} {w:by} {author1} {age} | {w:hide} | {r:0-400}<<\xa0¦ >>{w:comments}",
    between="\n",
    head="<<Hacker News¦Orange Site>>\nnew | past | comments | ask | show | jobs | submit\tlogin\n",
    n=(5, 45),
)
plain(
    "hackernews_flat",
    "hacker_news",
    "{n}. {title} ({site}) {r:2-900} {w:points} {w:by} {author1} {age} | {r:0-400} {w:comments}",
    between="\n",
    n=(5, 40),
)
plain(
    "lobsters_front",
    "lobsters",
    "{r:1-90}\n{title}<< ¦\n>>{tags}<< ¦\n>>{site}\n<<via¦authored by>> {author1} {age} | {r:0-90} {w:comments}",
    between=("\n", "\n\n"),
    n=(4, 30),
)
plain(
    "lobsters_flat",
    "lobsters",
    "<<▲ ¦>>{r:1-90} {title} {tags} {site} | {w:by} {author1} {age} | {r:0-90} {w:comments}",
    between="\n",
)
plain(
    "reddit_old",
    "reddit",
    "{n}\n{r:1-9000}\n{title} ({site})\n<<submitted ¦>>{age} {w:by} {author1}[[ to r/{section}]]\n{r:0-900} {w:comments} {w:share} {w:save} {w:hide} report",
    between=("\n", "\n\n"),
)
plain(
    "reddit_new",
    "reddit",
    "r/{section}\n•\n{age}\n{title}\n{site}\n{r:1-9000}\n{r:0-900}\n{w:share}",
    between=("\n", "\n\n"),
)
plain(
    "slashdot",
    "slashdot",
    "{title}<< ({site})¦>> {r:3-300}\n{w:published} {w:by} {author1} on {date}<< from the {section} dept.¦>>\n{body2}\n{w:read_more}",
    between=LOOSE,
    n=(3, 15),
)
plain(
    "digg_front",
    "digg",
    "{r:1-900}\n{w:points}\n{title}\n<<{site} — ¦>>{teaser}\n{age} · {r:0-99} {w:comments} · {w:share} · {w:save}",
    between=LOOSE,
)
plain(
    "tildes",
    "tildes",
    "{title}\n<<{words} words¦{monthday}>>\n{r:0-99} {w:comments}\n{site}\n{age}\n{r:1-99} votes",
    between=("\n", "\n\n"),
)
plain(
    "techmeme_clusters",
    "techmeme",
    "[[{author} / ]]{source}:\n{title}  —  {teaser}[[70%\n<<\n¦>>More: {r:2-30} {w:related}]]",
    between=LOOSE,
)
plain("techmeme_river", "techmeme", "{time}\n[[{author} / ]]{source}:\n{title}", between=("\n", "\n\n"), days=0.8)
plain(
    "memeorandum",
    "techmeme",
    "{source}:\n{title}<<  —  ¦ — >>{body1}\n{w:related}: <<Wire Room, Coast Review¦{r:2-9}>>",
    between=LOOSE,
)
plain(
    "drudge_headlines",
    "drudge",
    "<<{TITLE}¦{title}>><<...¦¦!>>",
    between=("\n", "\n", "\n\n"),
    head="<<{name}\n\n¦{today}\n\n¦>>",
    n=(5, 45),
)
plain("drudge_mixed", "drudge", "<<{TITLE}...¦{title}...>>[[20%\n\n]][[30%\n{w:hide}]]", between="\n", n=(6, 45))
plain(
    "headlines_bare",
    "headlines",
    "<<¦* ¦- ¦• ¦{n}. ¦{n}) ¦[{n}] ¦– >>{title}",
    between=("\n", "\n", "\n", "\n\n"),
    chrome=0.4,
    n=(3, 60),
    weight=1.5,
)
plain(
    "headlines_time",
    "headlines",
    "<<{time} ¦{time} - ¦{time}\n¦{time}\t¦[{time}] >>{title}",
    between=("\n", "\n\n"),
    days=0.6,
    n=(4, 50),
)
plain(
    "headlines_source",
    "headlines",
    "<<{title} ({source})¦{title} - {source}¦{source}: {title}¦{title} | {source}¦{source} – {title}¦{title}, {source}¦[{source}] {title}¦{title} // {source}¦{title} [{source}]¦{source} » {title}>>",
    between=("\n", "\n", "\n\n"),
    chrome=0.5,
    n=(3, 50),
    weight=2,
)
plain(
    "headlines_date",
    "headlines",
    "<<{title} ({date})¦{date} - {title}¦{date}: {title}¦{date}\t{title}¦{title} – {date}¦{title}, {date}¦{date} {title}¦{title}\t{date}¦{date} | {title}>>",
    between=("\n", "\n", "\n\n"),
    chrome=0.5,
    n=(3, 50),
    weight=2,
)
plain(
    "headlines_three",
    "headlines",
    "<<{title} - {source} - {date}¦{date} - {source} - {title}¦{source} ({date}): {title}¦{title} ({source}, {date})¦{date} | {source} | {title}¦{title} · {source} · {age}¦{source} · {age} · {title}¦{title} [{source}, {iso}]¦{date}, {source}: {title}¦{title} — {author1}, {source}, {date}¦{source}, {date} – {title}>>",
    between=("\n", "\n", "\n\n"),
    chrome=0.5,
    n=(3, 40),
    weight=2.5,
)
plain("popurls", "popurls", "<<{title}¦» {title}>>", between="\n", by="source", by_form=("\n{}", "\n{} »", "\n\n[{}]"))
plain("river_of_news", "river", "{source}<<; ¦, ¦ at >>{time}.\n\n{title}[[\n{teaser}]] #", between=LOOSE, days=0.5)
plain("allsides", "grouped_sources", "<<From the {section}\n¦>>{title}\n{source}<<\n{teaser}¦>>", between=LOOSE)
plain(
    "newspaper_home",
    "news_front",
    "[[60%{section}\n]]{title}[[\n{teaser}]][[50%\n{w:by} {author}]][[40%\n{age}]][[20%\n{caption}]]",
    between=LOOSE,
    n=(4, 40),
    chrome=1,
    weight=1.5,
)
plain(
    "newspaper_sections",
    "news_front",
    "{title}[[\n{teaser}]][[\n{author}]]",
    between=("\n", "\n\n"),
    by="section",
    chrome=1,
)
plain(
    "broadcaster_home", "broadcaster_home", "{title}[[\n{teaser}]]\n{age}<<|¦ | ¦\n>>{section}", between=LOOSE, chrome=1
)
plain(
    "category_page",
    "category_page",
    "<<{date}\n{title}¦{title}\n{date}¦{section} | {date}\n{title}¦{title}\n{w:by} {author1} | {date}>>[[\n{teaser}]]\n{w:read_more}<<¦ »¦ →¦ >¦...>>",
    between=LOOSE,
    chrome=1,
    weight=1.5,
)
plain(
    "search_results",
    "search_results",
    "{title}\n<<{site} › {section}¦{link}¦{source}>>\n<<{date} — ¦{age} ... ¦>>{lead}",
    between=LOOSE,
    head="<<{total} results for “{topic}”\n\n¦{nav}\n{r:900-90000} ({r:0-1}.{r:10-99} s)\n\n>>",
)
plain("news_search", "search_results", "{source}\n{title}\n{lead}\n{age}", between=LOOSE)
plain(
    "wordpress_home",
    "wordpress",
    "{title}\n<<Posted on {date} by {author1}¦{w:published} {date} {w:by} {author1}¦{date} / {author1}>>\n{body}\n<<{w:posted_in} {section}¦{w:posted_in} {section} | {w:tags}: {tags}>>\n<<Leave a comment¦{r:1-40} {w:comments}>>",
    between=("\n", "\n\n"),
    n=(2, 12),
    chrome=1,
    head="<<Skip to content\n¦>>{name}\n{prose}\n{nav}\n",
)
plain(
    "wordpress_excerpts",
    "wordpress",
    "{title}\n{date}<< ¦\n>>{author1}\n{lead}<< {w:read_more} →¦\n{w:read_more} “{title}”>>",
    between=LOOSE,
    chrome=1,
)
plain(
    "blogspot",
    "blogger",
    "{longday}\n\n{title}\n\n{body}\n\n{w:published} {w:by} {author1} {time}\n{r:0-40} {w:comments}:[[\n{w:tags}: {tags}]]",
    between=LOOSE,
    n=(2, 10),
    chrome=1,
)
plain(
    "hugo_list",
    "static_blog",
    "<<{title}\n{date}¦{date}\n{title}¦{date} » {title}¦{title} — {date}>>[[\n{teaser}]]<<\n{w:read_more}¦>>",
    between=LOOSE,
)
plain(
    "archive_month", "static_blog", "<<{monthday}: ¦{monthday} - ¦{iso} ¦{monthday}\n>>{title}", between="\n", n=(5, 60)
)
plain(
    "medium_home",
    "medium",
    "[[{author}<< in ¦\n>>]]{source}\n{title}[[\n{teaser}]]\n{monthday}<< · {minutes} min¦\n{r:1-999}\n{r:1-40}>>",
    between=LOOSE,
)
plain(
    "substack_archive",
    "substack",
    "{title}\n[[{teaser}\n]]{monthday}<< • {author1}¦>>\n{r:1-900}\n{r:0-90}",
    between=LOOSE,
)
plain(
    "planet_venus",
    "planet",
    "<<{author1}¦{source}>>\n\n{title}\n\n{body}\n\n<<{date} {w:by} {author1}¦{date}¦{w:by} {author1} {w:published} {date}>>",
    between=LOOSE,
    days=0.8,
    n=(2, 12),
    chrome=1,
)
plain("planet_gnome", "planet", "{title}<<\n¦ — >>{source}[[ ({author})]]\n{date}\n{whole}", between=LOOSE, n=(2, 8))
plain("planet_titles", "planet", "{source}: {title}[[\n{teaser}]]", between=LOOSE, days=0.7)
plain(
    "current_events",
    "current_events",
    "<<    ¦• ¦* ¦¦>>{body1}<< ({source})¦ [{source}]¦ {source}>>",
    between="\n",
    days=1,
    by="section",
    by_form=("\n{}\n", "\n{}", "{}"),
)
plain(
    "on_this_day",
    "current_events",
    "<<• ¦* ¦- ¦>><<{time} – ¦>>{sentence}[[40% ({source})]]",
    between=("\n", "\n\n"),
    days=1,
)
plain(
    "live_blog",
    "live_ticker",
    "<<{time}¦{time} {w:by} {author1}¦{age}>>\n{title}\n{body2}[[40%\n{w:share}]]",
    between=LOOSE,
    head="<<{first}: live\n\n¦LIVE\n{today}\n\n¦>>",
    n=(3, 20),
)
plain(
    "live_ticker",
    "live_ticker",
    "<<{time}¦{time} Uhr¦+++ {time}¦{time}:¦[{time}]>><< ¦ - ¦ – ¦\n¦ | >>{sentence}<< +++¦>>",
    between=("\n", "\n\n"),
    days=0.4,
    n=(4, 40),
)
plain("ticker_plus", "live_ticker", "+++ <<{time} ¦>>{title} +++<<\n{body1}¦>>", between=("\n", "\n\n", " "), n=(3, 30))
plain("match_minutes", "live_ticker", "{r:1-90}'\n{sentence}", between=("\n", "\n\n"), n=(4, 30))
plain(
    "press_room",
    "press_room",
    "{date}<<\n¦ | >>{title}<<\n{w:read_more}¦\n{w:read_more} (PDF, {r:30-900} KB)¦>>",
    between=LOOSE,
)
plain(
    "podcast_list",
    "podcasts",
    "<<#{left}: ¦{left}. ¦Episode {left} - ¦>>{title}\n{date} · {r:10-90} min[[\n{teaser}]]",
    between=LOOSE,
)
plain("video_list", "videos", "{r:1-59}:{r:10-59}\n{title}\n{source}\n{r:2-900}K • {age}", between=("\n", "\n\n"))


@layout("planet_sidebar_middle", "planet_subscriptions", weight=1.0, between=(2, 14))
def planet_middle(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """A planet's page whose list of subscriptions stands between its stories."""
    half = len(stories) // 2
    record = rng.choice(
        [
            "{source}: {title}\n{date}\n{body}",
            "{title}\n{w:by} {author1}\n{date}\n\n{body}",
            "{date}\n{source}\n{title}\n{flat}",
        ]
    )
    seed = rng.getrandbits(32)
    gap = rng.choice(["\n\n", "\n\n\n"])
    st = Style(rng, stories, ui, lang_ui)
    st.date_seed = seed
    names = sorted({s.source for s in stories}) + [f"{s.title.split()[0]} Blog" for s in stories]
    rng.shuffle(names)
    middle = rng.choice(["Subscriptions\n", "Feeds\n\n", st.w("subscribe") + ":\n", ""]) + "\n".join(
        rng.choice(["", "* ", "(feed) "]) + n for n in names
    )

    class Middle:
        def __call__(self, s: Style) -> None:
            s.extra["middle"] = (None, lambda story, i: middle + gap if i == half and half else "")

    return compose(rng, stories, ui, lang_ui, "[[{middle}]]" + record, between=gap, tune=Middle())
