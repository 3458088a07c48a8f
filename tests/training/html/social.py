"""Write pages of forums and timelines: Reddit, Hacker News, Lobsters, Lemmy, Mastodon, Telegram, and the like."""

import random
from typing import Any
from urllib.parse import urlsplit

from ..page import layout
from .kit import Kit, Marks, days, each, esc

Drawn = tuple[str, Marks]


def site(kit: Kit, i: int) -> str:
    """Give the marked host of a story's address: what link lists show as its source."""
    return kit.m("source", i, urlsplit(kit.stories[i].url).netloc.removeprefix("www."))


@layout("reddit_old", family="reddit", kind="html")
def reddit_old(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write the old list: rank, score, title (site), submitted age by user to group, comments."""
    kit = Kit(rng, stories, ui, lang_ui)
    kit.style = rng.choice(("age_long", "age_long", "age_short"))
    group, flair = rng.random() < 0.7, rng.random() < 0.4

    def row(i: int) -> str:
        n = rng.randint(2, 9000)
        tag = (
            f'<span class="linkflairlabel">{kit.m("tags", i, kit.stories[i].section)}</span> '
            if flair and kit.stories[i].section
            else ""
        )
        to = (
            f' to <a class="subreddit">{esc("r/" + (kit.sections()[i % len(kit.sections())]).replace(" ", ""))}</a>'
            if group
            else ""
        )
        return f'<div class="thing link"><span class="rank">{i + 1}</span><div class="midcol"><div class="arrow up"></div><div class="score">{n if n < 3000 else "•"}</div></div><a class="thumbnail"></a><div class="entry"><p class="title">{tag}<a class="title" href="{kit.href(i)}">{kit.title(i)}</a> <span class="domain">(<a>{site(kit, i)}</a>)</span></p><p class="tagline">submitted <time>{kit.date(i)}</time> {kit.w("by")} <a class="author">{kit.m("author", i, kit.stories[i].authors[0].replace(" ", "_") if kit.stories[i].authors else "[deleted]")}</a>{to}</p><ul class="flat-list"><li><a>{rng.randint(0, 900)} {kit.w("comments")}</a></li><li><a>{kit.w("share")}</a></li><li><a>{kit.w("save")}</a></li><li><a>{kit.w("hide")}</a></li><li><a>report</a></li></ul></div></div>'

    return kit.doc(
        "reddit: the front page",
        f'<div id="header"><ul class="tabmenu"><li>hot</li><li>{kit.w("newest")}</li><li>rising</li><li>top</li></ul><span>{kit.w("login")}</span></div><div class="side"><input placeholder="{kit.w("search")}"><p>{kit.w("about")}</p></div><div id="siteTable">{each(kit, row)}</div><div class="nav-buttons">view more: <a>{kit.w("next")} ›</a></div>{kit.footer()}',
    )


@layout("hacker_news", family="hacker_news", kind="html")
def hacker_news(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write the table of ranked links: title (site), then points, user, age, comments."""
    kit = Kit(rng, stories, ui, lang_ui)
    kit.style = "age_long"

    def row(i: int) -> str:
        s = kit.stories[i]
        who = (
            f'{kit.w("by")} <a class="hnuser">{kit.m("author", i, s.authors[0].split()[-1].lower())}</a> '
            if s.authors
            else ""
        )
        return f'<tr class="athing"><td align="right" class="title"><span class="rank">{i + 1}.</span></td><td class="votelinks"><center><a><div class="votearrow" title="upvote"></div></a></center></td><td class="title"><span class="titleline"><a href="{kit.href(i)}">{kit.title(i)}</a><span class="sitebit comhead"> (<a><span class="sitestr">{site(kit, i)}</span></a>)</span></span></td></tr><tr><td colspan="2"></td><td class="subtext"><span class="subline"><span class="score">{rng.randint(1, 900)} {kit.w("points")}</span> {who}<span class="age"><a>{kit.date(i)}</a></span> | <a>{kit.w("hide")}</a> | <a>{rng.randint(0, 400)}&nbsp;{kit.w("comments")}</a></span></td></tr><tr class="spacer" style="height:5px"></tr>'

    return kit.doc(
        "Hacker News",
        f'<center><table id="hnmain"><tr><td><table><tr><td><a><img src="y.gif"></a></td><td><span class="pagetop"><b>Hacker News</b> <a>{kit.w("newest")}</a> | <a>past</a> | <a>{kit.w("comments")}</a> | <a>ask</a> | <a>show</a></span></td><td><a>{kit.w("login")}</a></td></tr></table></td></tr><tr><td><table>{each(kit, row, "")}<tr><td></td><td></td><td class="title"><a>More</a></td></tr></table></td></tr></table><span class="yclinks">{kit.menu(("help", "about", "contact", "privacy"), tag="span")}</span></center>',
    )


@layout("lobsters", family="lobsters", kind="html")
def lobsters(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write the list: score, title, tags, site, byline, comments."""
    kit = Kit(rng, stories, ui, lang_ui)
    kit.style = "age_long"

    def row(i: int) -> str:
        via = kit.author(i, f"{kit.pick('via', kit.w('by'), 'authored by')} <a>", "</a> ", 1)
        return f'<li class="story"><div class="voters"><a class="upvoter"></a><div class="score">{rng.randint(1, 90)}</div></div><div class="details"><span class="link"><a class="u-url" href="{kit.href(i)}">{kit.title(i)}</a></span> <span class="tags">{kit.tags(i, " ")}</span> <a class="domain">{site(kit, i)}</a><div class="byline">{via}<span>{kit.date(i)}</span> | {kit.pick("", "caches | ")}<span class="comments_label"><a>{rng.randint(0, 60)} {kit.w("comments")}</a></span></div></div></li>'

    return kit.doc(
        "Lobsters",
        f'<header id="nav"><a>Lobsters</a> <a>Active</a> <a>{kit.w("newest")}</a> <a>{kit.w("comments")}</a> <a>{kit.w("search")}</a> <a>{kit.w("login")}</a></header><ol class="stories list">{each(kit, row)}</ol><div class="morelink"><a>Page 2 &gt;&gt;</a></div><footer>{kit.menu(("about", "privacy", "archive"), 1, 3, "span")}</footer>',
    )


@layout("lemmy", family="lemmy", kind="html")
def lemmy(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write a community's list: title, site, user to community, age, votes, comments."""
    kit = Kit(rng, stories, ui, lang_ui)
    kit.style = rng.choice(("age_long", "age_short"))
    text = rng.random() < 0.4

    def row(i: int) -> str:
        who = kit.author(i, "<a>", "</a> to ", 1)
        return f'<div class="post-listing"><button aria-label="Upvote">▲</button><div class="unselectable">{rng.randint(1, 999)}</div><h5><a href="{kit.href(i)}">{kit.title(i)}</a></h5><p class="small"><a>{site(kit, i)}</a></p>{"<div class=md><p>" + kit.teaser(i, 300) + "</p></div>" if text else ""}<div class="small">{who}<a>{esc(kit.sections()[i % len(kit.sections())])}@example.social</a> • <span class="moment-time">{kit.date(i)}</span></div><div><a>{rng.randint(0, 200)} {kit.w("comments")}</a> <button>{kit.w("save")}</button> <button>{kit.w("reply")}</button></div></div><hr>'

    return kit.doc(
        "Lemmy",
        f"<nav><a>{kit.pick('Lemmy', 'Feddit', 'Kbin')}</a><ul>{kit.menu()}</ul></nav><div>{kit.w('sort')}: {kit.w('newest')}</div>{each(kit, row)}<button>{kit.w('next')}</button>{kit.footer()}",
    )


@layout("mastodon", family="mastodon", kind="html")
def mastodon(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write a timeline of posts: name, address, age, text (no title), link card."""
    kit = Kit(rng, stories, ui, lang_ui)
    kit.style = rng.choice(("age_short", "age_short", "medium_time", "month_first"))
    card, counts = rng.random() < 0.5, rng.random() < 0.7

    def row(i: int) -> str:
        s = kit.stories[i]
        host = urlsplit(s.url).netloc.removeprefix("www.")
        text = "".join(f"<p>{kit.dress(kit.m('body', i, p))}</p>" for p in s.paragraphs[: rng.randint(1, 2)])
        tags = "<p>" + kit.tags(i, " ", sign="#") + "</p>" if rng.random() < 0.5 else ""
        link = (
            f'<p><a href="{kit.href(i)}"><span class="invisible">https://</span>{kit.m("link", i, host + "/" + s.title[:8].split()[0])}</a></p>'
            if rng.random() < 0.5
            else ""
        )
        box = (
            f'<a class="status-card"><span>{esc(host)}</span><strong>{kit.title(i)}</strong></a>'
            if card and rng.random() < 0.6
            else ""
        )
        boost = (
            f'<div class="status__prepend">{esc(kit.pick("Alex", "Mika"))} boosted</div>' if rng.random() < 0.1 else ""
        )
        who = f'<strong class="display-name__html">{kit.source(i)}</strong> <span class="display-name__account">@{esc(host.split(".")[0])}@{esc(host)}</span>'
        acts = f'<div class="status__action-bar"><button>{rng.randint(0, 9) if counts else kit.w("reply")}</button> <button>{rng.randint(0, 90) if counts else kit.w("share")}</button> <button>{rng.randint(0, 900) if counts else kit.w("starred")}</button></div>'
        return f'{boost}<article class="status"><div class="status__info"><a class="display-name">{who}</a> <a class="status__relative-time"><time>{kit.date(i)}</time></a></div><div class="status__content">{text}{link}{tags}</div>{box}{acts}</article>'

    return kit.doc(
        "Mastodon",
        f'<div class="drawer"><input placeholder="{kit.w("search")}"></div><div class="column"><h1>{kit.w("home")}</h1>{each(kit, row)}</div><nav><ul>{kit.menu()}</ul></nav>',
    )


@layout("telegram_web", family="telegram", kind="html")
def telegram_web(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write a channel's public page: name, text with a bold first line, link preview, views, time."""
    kit = Kit(rng, stories, ui, lang_ui)
    kit.style = "time"
    bold, preview = rng.random() < 0.7, rng.random() < 0.5
    one = rng.random() < 0.7

    def row(i: int) -> str:
        s = kit.stories[i]
        name = (
            f'<div class="tgme_widget_message_author">{kit.source(i) if not one else esc(kit.stories[0].source)}</div>'
        )
        head = f"<b>{kit.title(i)}</b><br/><br/>" if bold else ""
        text = "<br/><br/>".join(kit.dress(kit.m("body", i, p)) for p in s.paragraphs[: rng.randint(1, 3)])
        link = f'<br/><br/><a href="{kit.href(i)}">{kit.link(i)}</a>' if rng.random() < 0.4 else ""
        card = (
            f'<a class="tgme_widget_message_link_preview"><div class="link_preview_site_name">{esc(s.site)}</div><div class="link_preview_title">{kit.title(i)}</div><div class="link_preview_description">{kit.teaser(i, 140)}</div></a>'
            if preview and rng.random() < 0.6
            else ""
        )
        return f'<div class="tgme_widget_message">{name}<div class="tgme_widget_message_text">{head}{text}{link}</div>{card}<div class="tgme_widget_message_footer"><span class="tgme_widget_message_views">{rng.randint(1, 99)}.{rng.randint(0, 9)}K</span>{kit.pick("", " edited ")}<a class="tgme_widget_message_date"><time>{kit.date(i)}</time></a></div></div>'

    def head(text: str, nth: int) -> str:
        return f'<div class="tgme_widget_message_service_date">{kit.day(text)}</div>'

    rows = (
        days(kit, row, head, lambda i, nth: esc(f"{kit.stories[i].published:%B} {kit.stories[i].published.day}"))
        if rng.random() < 0.5
        else each(kit, row)
    )
    body = f'<header><a>Telegram</a><a>{kit.pick("Join", kit.w("subscribe"))}</a></header><div class="tgme_channel_info"><h1>{esc(kit.stories[0].source)}</h1><div><span>{rng.randint(2, 99)}K</span> <span>subscribers</span></div></div>{rows}'
    return kit.doc("Telegram", body)


@layout("telegram_export", family="telegram", kind="html")
def telegram_export(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write the desktop program's HTML export: time, name, text; day messages between."""
    kit = Kit(rng, stories, ui, lang_ui)
    kit.style = "time"
    strong = rng.random() < 0.6

    def row(i: int) -> str:
        s = kit.stories[i]
        joined = i and kit.stories[i - 1].source == s.source and rng.random() < 0.8
        name = "" if joined else f'<div class="from_name">\n{kit.source(i)}\n</div>'
        when = f'<div class="pull_right date details" title="{s.published:%d.%m.%Y %H:%M:%S} UTC+00:00">\n{kit.date(i)}\n</div>'
        title = f"<strong>{kit.title(i)}</strong><br><br>" if strong else ""
        text = "<br><br>".join(kit.dress(kit.m("body", i, p)) for p in s.paragraphs[: rng.randint(1, 4)])
        tags = f"<br><br>{kit.tags(i, ' ', sign='#')}" if s.tags and rng.random() < 0.3 else ""
        return f'<div class="message default clearfix" id="message{i}">\n<div class="pull_left userpic_wrap"><div class="userpic"><div class="initials">{esc(s.source[:1])}</div></div></div>\n<div class="body">\n{when}\n{name}\n<div class="text">\n{title}{text}{tags}\n</div>\n</div>\n</div>'

    def head(text: str, nth: int) -> str:
        return f'<div class="message service"><div class="body details">\n{kit.day(text)}\n</div></div>'

    rows = days(kit, row, head, lambda i, nth: esc(f"{kit.stories[i].published.day} {kit.stories[i].published:%B %Y}"))
    return kit.doc(
        "Exported Data",
        f'<div class="page_wrap"><div class="page_header"><div class="content"><div class="text bold">{esc(kit.stories[0].source)}</div></div></div><div class="page_body chat_page"><div class="history">{rows}</div></div></div>',
    )


@layout("micro_timeline", family="micro_timeline", kind="html")
def micro_timeline(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write a timeline of short posts: display name, handle, age, text, counts; the card's title below."""
    kit = Kit(rng, stories, ui, lang_ui)
    kit.style = rng.choice(("age_short", "day_month", "age_short"))
    dot = kit.pick("·", " · ", " ")

    def row(i: int) -> str:
        s = kit.stories[i]
        handle = f"@{''.join(c for c in s.source.lower() if c.isascii() and c.isalnum())[:14] or 'news'}"
        card = (
            f'<div class="card"><div>{esc(urlsplit(s.url).netloc)}</div><div>{kit.title(i)}</div><div>{kit.teaser(i, 100)}</div></div>'
            if rng.random() < 0.6
            else ""
        )
        text = kit.m("body", i, s.paragraphs[0][:280])
        return f'<article data-testid="post"><div><a>{kit.source(i)}</a> <span>{handle}</span>{dot}<time>{kit.date(i)}</time></div><div class="text">{text}</div>{card}<div class="acts"><span>{rng.randint(0, 99)}</span> <span>{rng.randint(0, 99)}</span> <span>{rng.randint(0, 999)}</span></div></article>'

    return kit.doc(
        "Timeline",
        f"<nav><ul>{kit.menu()}</ul></nav><main><h2>{kit.w('home')}</h2>{each(kit, row)}</main>{kit.spare_list()}",
    )


@layout("forum_topics", family="forum_topics", kind="html")
def forum_topics(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write a forum's table of topics: title, forum, starter, replies, views, last activity."""
    kit = Kit(rng, stories, ui, lang_ui)

    def row(i: int) -> str:
        by = kit.author(i, f"{kit.w('by')} <a>", "</a>", 1)
        cat = f"<span class=cat>{kit.m('tags', i, kit.stories[i].section)}</span>" if kit.stories[i].section else ""
        return f'<tr><td><a href="{kit.href(i)}">{kit.title(i)}</a><div>{cat} {by}</div></td><td>{rng.randint(0, 90)}</td><td>{rng.randint(9, 9000)}</td><td>{kit.date(i)}</td></tr>'

    heads = "".join(
        f"<th>{h}</th>"
        for h in (kit.pick("Topic", kit.w("latest")), kit.w("reply"), kit.pick("Views", "Visits"), kit.w("updated"))
    )
    return kit.doc(
        "Forum",
        f'<ul>{kit.menu()}</ul><table class="topic-list"><thead><tr>{heads}</tr></thead><tbody>{each(kit, row)}</tbody></table>{kit.footer()}',
    )
