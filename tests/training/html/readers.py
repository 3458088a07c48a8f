"""Write pages of feed readers other than FreshRSS: Miniflux, tt-rss, CommaFeed, NewsBlur, Feedly-like and so on."""

import random
from typing import Any

from ..page import layout
from .kit import Kit, Marks, days, each, esc

Drawn = tuple[str, Marks]


def day_name(kit: Kit, i: int, nth: int) -> str:
    """Give a day's heading: today, yesterday, or a date."""
    when = kit.stories[i].published
    if nth < 2 and kit.rng.random() < 0.7:
        return kit.w(("today", "yesterday")[nth])
    return esc(f"{when:%A, %d %B %Y}" if kit.lang == "en" else f"{when:%d.%m.%Y}")


@layout("miniflux", family="miniflux", kind="html", weight=2.0)
def miniflux(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write the list of entries: title with category, meta lists below."""
    kit = Kit(rng, stories, ui, lang_ui)
    minutes, external, favicon = rng.random() < 0.7, rng.random() < 0.8, rng.random() < 0.7
    shared = rng.random() < 0.5
    cats = rng.random() < 0.85

    def row(i: int) -> str:
        s = kit.stories[i]
        icon = f'<img src="/icon/{i}" width="16" alt="{esc(s.source) if favicon and rng.random() < 0.1 else ""}">'
        read = f'<li class="item-meta-info-reading-time"><span>{kit.w("min_read")}</span></li>' if minutes else ""
        cat = (
            f'<span class="category"><a href="/category/1">{kit.m("tags", i, s.section)}</a></span>'
            if cats and s.section
            else ""
        )
        acts = f'<li class="item-meta-icons-read"><a href="#" role="button">{kit.icon("")}<span class="icon-label">{kit.w("mark_read")}</span></a></li>'
        acts += f'<li class="item-meta-icons-star"><a href="#">{kit.icon("")}<span class="icon-label">{kit.w("starred")}</span></a></li>'
        acts += kit.maybe(0.6, f'<li><a href="#"><span class="icon-label">{kit.w("save")}</span></a></li>')
        acts += (
            f'<li class="item-meta-icons-external-url"><a href="{kit.href(i)}"><span class="icon-label">{kit.w("open_original")}</span></a></li>'
            if external
            else ""
        )
        acts += (
            f'<li class="item-meta-icons-comments"><a href="#"><span class="icon-label">{kit.w("comments")}</span></a></li>'
            if shared
            else ""
        )
        return f"""<article class="item entry-item item-status-unread" data-id="{i}">
<header class="item-header" dir="auto"><h2 class="item-title"><a href="/unread/entry/{i}">{icon}
{kit.title(i)}
</a></h2>{cat}</header>
<div class="item-meta"><ul class="item-meta-info">
<li class="item-meta-info-title"><a href="/feed/{i}/entries">{kit.source(i)}</a></li>
<li class="item-meta-info-timestamp"><time datetime="{s.published.isoformat()}" title="{s.published}">{kit.date(i)}</time></li>
{read}</ul>
<ul class="item-meta-icons">{acts}</ul></div></article>"""

    tools = f'<nav><ul><li><a href="#">{kit.w("mark_all_read")}</a></li>\n{kit.menu(("newest", "all", "search", "hide"), 0, 3)}</ul></nav>'
    head = f'<header class="header"><nav><div class="logo"><a href="/unread">Mini<span>flux</span></a></div><ul>{kit.menu()}</ul></nav></header>'
    body = f"""{head}<main><section class="page-header"><h1 class="page-header-title">{kit.w("unread")} (<span class="unread-counter">{rng.randint(1, 900)}</span>)</h1>{tools}</section>
<div class="pagination">{kit.pick("", kit.w("next"))}</div>
<div class="items">
{each(kit, row)}
</div><section class="page-footer">{tools}</section></main>"""
    return kit.doc(f"({rng.randint(1, 99)}) Unread - Miniflux", body)


@layout("ttrss", family="ttrss", kind="html", weight=1.5)
def ttrss(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write headlines with their feed, in expanded mode or with a preview."""
    kit = Kit(rng, stories, ui, lang_ui)
    expanded, preview, grouped = rng.random() < 0.5, rng.random() < 0.6, rng.random() < 0.3
    box = kit.pick("<input type='checkbox'>", "")

    def row(i: int) -> str:
        feed = "" if grouped else f'<span class="feed"><a href="#">{kit.source(i)}</a></span>'
        text = f'<span class="preview"> — {kit.teaser(i, 100)}</span>' if preview and not expanded else ""
        by = kit.author(i, '<span class="author">', "</span>")
        head = f'<div class="header"><div class="left">{box}<i class="material-icons">star_border</i></div><span class="titleWrap"><a class="title" href="{kit.href(i)}">{kit.title(i)}</a> {by}{text}</span> {feed}<span class="updated">{kit.date(i)}</span></div>'
        if not expanded:
            return f'<div class="cdm expandable Unread" id="RROW-{i}">{head}</div>'
        foot = f'<div class="footer"><div class="left"><i class="material-icons">label_outline</i><span>{kit.tags(i)}</span></div><div class="right"><a href="#">{kit.w("comments")}</a> <i class="material-icons">share</i></div></div>'
        return f'<div class="cdm expanded Unread" id="RROW-{i}">{head}<div class="content"><div class="content-inner">{kit.content(i)}</div></div>{foot}</div>'

    out, last = [], None
    for i, s in enumerate(kit.stories):
        if grouped and s.source != last:
            out.append(f'<div class="feed-title"><div class="title"><a href="#">{kit.source(i)}</a></div></div>')
            last = s.source
        out.append(row(i))
    bar = f'<div id="toolbar"><span>{kit.w("all")}</span> <span>{kit.w("unread")}</span> <span>{kit.w("newest")}</span> <a href="#">{kit.w("mark_all_read")}</a></div>'
    body = (
        f'<div id="feeds-holder"><div id="feedTree">{kit.sidebar(count="<span class=counter>{}</span>", close="div")}</div></div>{bar}<div id="headlines-frame">\n'
        + "\n".join(out)
        + f"\n<div id='headlines-spacer'>{kit.w('loading')}</div></div>"
    )
    return kit.doc("Tiny Tiny RSS", body)


@layout("commafeed", family="commafeed", kind="html")
def commafeed(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write rows with the feed's name and age; detailed or title mode."""
    kit = Kit(rng, stories, ui, lang_ui)
    mode = rng.choice(("title", "cozy", "detailed", "expanded"))
    kit.style = rng.choice(("age_long", "age_short", "age_long", kit.style))

    def row(i: int) -> str:
        by = kit.author(i, f"<span> {kit.w('by')} ", "</span>")
        head = f'<div class="mantine-Group"><span class="star">☆</span><img src="/rest/feed/favicon/{i}" alt=""><div>{kit.source(i)}</div><div><time>{kit.date(i)}</time></div></div>'
        title = f'<div class="title"><a href="{kit.href(i)}">{kit.title(i)}</a></div>'
        if mode == "title":
            return f'<article><div class="compact"><img alt=""><span class="feed">{kit.source(i)}</span>{title}<time>{kit.date(i)}</time></div></article>'
        if mode in ("cozy", "detailed"):
            return f'<article>{head}{title}<div class="summary">{kit.teaser(i, 220) if mode == "detailed" else ""}</div></article>'
        return f'<article>{head}{title}{by}<div class="content">{kit.content(i)}</div><div class="footer"><button>{kit.w("mark_read")}</button><button>{kit.w("starred")}</button><button>{kit.w("share")}</button><a href="#">{kit.w("open_original")}</a></div></article>'

    body = f'<header><h1>CommaFeed</h1><button>{kit.w("all")}</button><button>{kit.w("unread")}</button></header><nav><div>{kit.w("all")} <span>{rng.randint(3, 300)}</span></div>{kit.sidebar(close="div")}</nav><main><h3><a href="/">{kit.w("all")}</a></h3>\n{each(kit, row)}\n<div>{kit.pick("", kit.w("loading"))}</div></main>'
    return kit.doc("CommaFeed", body)


@layout("newsblur", family="newsblur", kind="html", weight=1.5)
def newsblur(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write story titles with feed, preview, author and time; sometimes with a story pane."""
    kit = Kit(rng, stories, ui, lang_ui)
    snippet, image, pane = rng.random() < 0.7, rng.random() < 0.3, rng.random() < 0.3
    feed_first = rng.random() < 0.8

    def row(i: int) -> str:
        feed = f'<div class="NB-story-feed"><img class="feed_favicon" alt=""><span class="feed_title">{kit.source(i)}</span></div>'
        text = f'<div class="NB-storytitles-content-preview">{kit.teaser(i, 120, "...")}</div>' if snippet else ""
        by = kit.author(i, '<span class="NB-storytitles-author">', "</span>", 1)
        title = f'<div class="NB-storytitles-title">{kit.title(i)}</div>'
        top = feed + title if feed_first else title + feed
        shot = '<div class="NB-storytitles-story-image"><img src="/x.jpg"></div>' if image else ""
        head = f'<div class="NB-story-title"><div class="NB-storytitles-feed-border"></div><a href="{kit.href(i)}" class="story_title">{shot}{top}{text}</a><div class="NB-storytitles-bottom">{by} <span class="story_date NB-hidden-fade">{kit.date(i)}</span></div></div>'
        if pane:
            head += f'<div class="NB-feed-story"><div class="NB-feed-story-content">{kit.content(i, 5)}</div><div class="NB-feed-story-sideoptions"><div>{kit.w("save")}</div><div>{kit.w("share")}</div></div></div>'
        return head

    side = kit.sidebar(count='<span class="unread_count">{}</span>')
    body = f'<div class="left-pane"><ul class="folder">{side}</ul></div><div class="NB-feedbar"><span class="feed_title">{kit.w("all")}</span><span>{kit.w("unread")}</span> <span>{kit.w("newest")}</span></div><div class="NB-story-titles">\n{each(kit, row)}\n</div><div class="NB-end-line">{kit.pick("", "fleuron")}</div>'
    return kit.doc("NewsBlur", body)


@layout("feedly", family="feedly", kind="html", weight=2.0)
def feedly(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write a river of cards or single lines by day: popularity, title, source and age, summary."""
    kit = Kit(rng, stories, ui, lang_ui)
    mode, count = rng.choice(("cards", "magazine", "titles", "article")), rng.random() < 0.7
    sep = kit.pick(" / ", " · ", " ", " | ")

    def row(i: int) -> str:
        hot = (
            f'<span class="EntryEngagement">{kit.pick("", "+")}{kit.pick(str(rng.randint(1, 900)), f"{rng.randint(1, 9)}K")}</span>'
            if count and rng.random() < 0.8
            else ""
        )
        by = kit.author(i, f"{kit.w('by')} ", sep, 1) if rng.random() < 0.6 else ""
        meta = f'<div class="EntryMetadataBasic">{hot}<a class="entry__source" href="#">{kit.source(i)}</a>{sep}{by}<span>{kit.date(i)}</span></div>'
        title = f'<a class="entry__title" href="{kit.href(i)}">{kit.title(i)}</a>'
        if mode == "titles":
            return f'<div class="entry titleOnly"><button aria-label="Save"></button><span>{hot}</span><a class="source">{kit.source(i)}</a> <div class="content">{title} <span class="summary">{kit.teaser(i, 120, "")}</span></div><span class="ago">{kit.date(i)}</span></div>'
        if mode == "article":
            return f'<article><h2>{title}</h2>{meta}<div class="entryBody">{kit.content(i)}</div><button>{kit.w("mark_read")}</button><button>{kit.w("save")}</button></article>'
        acts = kit.maybe(
            0.5, f'<div class="toolbar"><button>{kit.w("save")}</button><button>{kit.w("mark_read")}</button></div>'
        )
        return f'<article class="entry {mode}"><div class="visual"></div><div class="content">{title}{meta}<div class="EntrySummary">{kit.teaser(i, 200, "")}</div>{acts}</div></article>'

    def head(text: str, nth: int) -> str:
        return f'<h2 class="Heading">{kit.day(text)}</h2>'

    rows = days(kit, row, head, lambda i, nth: day_name(kit, i, nth)) if rng.random() < 0.6 else each(kit, row)
    body = f'<nav class="LeftnavList"><div>{kit.w("today")}</div><div>{kit.w("starred")}</div><div>{kit.w("feeds")}</div><ul>{kit.sidebar()}</ul></nav><main><header><h1>{kit.w("all")}</h1><p>{rng.randint(2, 300)} {kit.w("unread")}</p><button>{kit.w("mark_all_read")}</button></header>\n{rows}\n<h4>{kit.pick("", "End of feed", kit.w("mark_all_read"))}</h4></main>'
    return kit.doc("Feedly", body)


@layout("inoreader", family="inoreader", kind="html", weight=1.5)
def inoreader(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write rows with feed, "title - teaser" and time; or cards; or expanded articles."""
    kit = Kit(rng, stories, ui, lang_ui)
    mode, dash = rng.choice(("list", "list", "column", "expanded")), kit.pick(" - ", " – ", " ", " — ")

    def row(i: int) -> str:
        if mode == "list":
            return f'<div class="ar article_unreaded"><div class="arrow"></div><div class="article_feed_title"><a href="#">{kit.source(i)}</a></div><div class="article_header_text"><a href="{kit.href(i)}" class="article_title_link">{kit.title(i)}</a><span class="article_intro">{dash}{kit.teaser(i, 110, "...")}</span></div><div class="article_date">{kit.date(i)}</div></div>'
        if mode == "column":
            return f'<div class="ar"><div class="column_view_title"><a href="{kit.href(i)}">{kit.title(i)}</a></div><div class="column_view_meta"><a>{kit.source(i)}</a> <span>{kit.date(i)}</span></div><div class="column_view_intro">{kit.teaser(i, 150)}</div></div>'
        by = kit.author(i, f" {kit.w('by')} ", "", 2)
        return f'<div class="ar expanded"><div class="article_title"><a href="{kit.href(i)}">{kit.title(i)}</a></div><div class="article_sub_title"><span>{kit.date(i)}</span> | <a>{kit.source(i)}</a>{by}</div><div class="article_content">{kit.content(i)}</div><div class="article_btns"><span>{kit.w("share")}</span><span>{kit.w("save")}</span><span>{kit.w("comments")}</span></div></div>'

    side = "\n".join(
        f'<div class="tree_link"><a>{esc(n)}</a><span class="unread_cnt">{rng.randint(1, 300)}</span></div>'
        for n in kit.feeds()
    )
    body = f'<div id="sb_rp_search">{kit.w("search")}</div><div id="tree">{side}</div><div id="reader_pane_heading"><span>{kit.w("all")}</span><button>{kit.w("mark_all_read")}</button><button>{kit.w("newest")}</button></div><div id="reader_pane">\n{each(kit, row)}\n</div><div id="no_more">{kit.pick("", kit.w("loading"), kit.w("back_to_top"))}</div>'
    return kit.doc("Inoreader", body)


@layout("oldreader", family="oldreader", kind="html")
def oldreader(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write full posts with feed, author, date and a bar of actions."""
    kit = Kit(rng, stories, ui, lang_ui)
    compact = rng.random() < 0.3
    likes = rng.random() < 0.5

    def row(i: int) -> str:
        if compact:
            return f'<div class="post collapsed"><span class="feed-name">{kit.source(i)}</span><h3 class="inline-title"><a>{kit.title(i)}</a></h3><span class="preview">{kit.teaser(i, 90)}</span><abbr class="timeago">{kit.date(i)}</abbr></div>'
        by = kit.author(i, f'<span class="author">{kit.w("by")} ', "</span> ")
        like = (
            f'<a href="#">{kit.icon("")}<span>{rng.randint(1, 30)}</span> Like</a>'
            if likes
            else f'<a href="#">{kit.w("save")}</a>'
        )
        return f'<div class="post"><h3 class="title"><a href="{kit.href(i)}">{kit.title(i)}</a></h3><div class="meta"><a class="feed">{kit.source(i)}</a><div>{by}<abbr class="timeago">{kit.date(i)}</abbr></div></div><div class="content-body">{kit.content(i)}</div><ul class="buttons"><li>{like}</li><li><a>{kit.w("share")}</a></li><li><a>{kit.pick("Email", kit.w("forward"))}</a></li><li><a>{kit.w("unread")}</a></li></ul></div>'

    body = f'<div class="navbar"><ul>{kit.menu()}</ul></div><div class="sidebar"><ul>{kit.sidebar(count="<span>{}</span>")}</ul></div><div class="content"><h2>{kit.w("all")}</h2><div class="btn-group"><a>{kit.w("mark_all_read")}</a></div>\n{each(kit, row)}\n</div>'
    return kit.doc("The Old Reader", body)


@layout("yarr", family="yarr", kind="html")
def yarr(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write feed and age above each title; one article may be open."""
    kit = Kit(rng, stories, ui, lang_ui)
    kit.style = rng.choice(("age_short", "age_short", "short", kit.style))
    split = rng.random() < 0.5

    def row(i: int) -> str:
        top = f'<div class="mr-1">{kit.source(i)}</div><small class="flex-shrink-0"><span title="">{kit.date(i)}</span></small>'
        return f'<label class="selectgroup"><input type="radio"><div class="selectgroup-label"><div style="line-height:1"><div class="d-flex">{top}</div></div><div>{kit.title(i)}</div></div></label>'

    bar = f'<div class="toolbar"><button>{kit.icon("")}</button><button>{kit.icon("")}</button></div>'
    body = f'<div id="col-feed-list">{bar}{kit.sidebar(count="<span>{}</span>", close="label")}</div><div id="col-item-list">{bar}<div>\n{each(kit, row)}\n</div></div>'
    if split:
        body += f'<div id="col-item">{bar}<div class="content-wrapper"></div></div>'
    return kit.doc("yarr!", body)


@layout("selfoss", family="selfoss", kind="html")
def selfoss(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write title, then tags, source, author, age and reading time on one line, then the text where it is open."""
    kit = Kit(rng, stories, ui, lang_ui)
    opened, dot = rng.random() < 0.6, kit.pick(" • ", " · ", " | ")
    image = rng.random() < 0.4

    def row(i: int) -> str:
        tags = f'<span class="entry-tags">{kit.tags(i, " ")}</span> ' if rng.random() < 0.8 else ""
        by = kit.author(i, f'{dot}<span class="entry-author">', "</span>")
        read = f'{dot}<span class="entry-readtime">{kit.w("min_read")}</span>' if rng.random() < 0.7 else ""
        icon = kit.icon("") if image else ""
        text = (
            f'<div class="entry-content">{kit.content(i)}</div><div class="entry-toolbar"><button>{kit.w("starred")}</button> <button>{kit.w("mark_read")}</button> <button>{kit.w("next")}</button></div>'
            if opened
            else ""
        )
        return f'<div role="article" class="entry unread"><h3 class="entry-title"><span class="entry-title-link">{icon}{kit.title(i)}</span></h3>{tags}<a class="entry-source">{kit.source(i)}</a>{by}{dot}<a class="entry-datetime">{kit.date(i)}</a>{read}{text}</div>'

    nav = f'<div id="nav"><ul id="nav-filter"><li>{kit.w("newest")}</li><li>{kit.w("unread")} <span>{rng.randint(1, 99)}</span></li><li>{kit.w("starred")} <span>{rng.randint(0, 9)}</span></li></ul><ul id="nav-tags">{kit.sidebar()}</ul></div>'
    body = f'{nav}<ul id="search-list"></ul><div id="content">\n{each(kit, row)}\n</div><div class="stream-more">{kit.pick("", "more", kit.w("next"))}</div>'
    return kit.doc("selfoss", body)


@layout("nextcloud_news", family="nextcloud_news", kind="html")
def nextcloud_news(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write compact rows: title and intro in one stretch, age, feed; or expanded."""
    kit = Kit(rng, stories, ui, lang_ui)
    kit.style = rng.choice(("age_short", "age_long", "medium", kit.style))
    opened = rng.random() < 0.35

    def row(i: int) -> str:
        if opened:
            by = kit.author(i, f'<span class="author">{kit.w("by")} ', "</span> ")
            return f'<li class="item"><div class="utils"><h1 class="heading"><a href="{kit.href(i)}">{kit.title(i)}</a></h1><div class="article-meta">{by}<span class="source">{kit.source(i)}</span> <time>{kit.date(i)}</time></div></div><div class="body">{kit.content(i)}</div></li>'
        return f'<li class="feed-item-row"><div class="link-container"><a href="{kit.href(i)}"></a></div><div class="title-container"><span>{kit.title(i)}</span> <span class="intro">{kit.teaser(i, 100, "")}</span></div><div class="date-container"><time>{kit.date(i)}</time></div><div class="feed">{kit.source(i)}</div></li>'

    side = f'<ul class="app-navigation__list"><li>{kit.w("subscribe")}</li><li>{kit.w("unread")} <span>{rng.randint(1, 999)}</span></li><li>{kit.w("all")}</li><li>{kit.w("starred")}</li>{kit.sidebar()}</ul>'
    return kit.doc(
        "News - Nextcloud",
        f'<header id="header">Nextcloud</header><nav>{side}</nav><div id="app-content"><ul>\n{each(kit, row)}\n</ul></div>',
    )


@layout("feedbin", family="feedbin", kind="html")
def feedbin(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write feed, "title summary", age in each entry of the middle column."""
    kit = Kit(rng, stories, ui, lang_ui)
    kit.style = rng.choice(("age_short", "age_long", kit.style))
    author, summary = rng.random() < 0.3, rng.random() < 0.8

    def row(i: int) -> str:
        by = kit.author(i, '<span class="entry-summary-author">', "</span>", 1) if author else ""
        text = f'<span class="summary">{kit.teaser(i, 140, "")}</span>' if summary else ""
        return f'<li class="entry-summary"><a href="{kit.href(i)}"><div class="feed-title-wrap"><div class="feed-title">{kit.source(i)}</div>{by}</div><div class="body"><h2 class="title">{kit.title(i)}</h2> {text}</div><time class="time">{kit.date(i)}</time></a></li>'

    body = f'<div class="feeds-column"><ul><li>{kit.w("all")}</li><li>{kit.w("unread")}</li><li>{kit.w("starred")}</li>{kit.sidebar(count="<span class=count>{}</span>")}</ul></div><div class="entries-column"><ul class="entries">\n{each(kit, row)}\n</ul></div>'
    return kit.doc("Feedbin", body)


@layout("netvibes", family="netvibes", kind="html", between=(6, 40))
def netvibes(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write widgets by source, each a list of titles, with or without age and preview."""
    kit = Kit(rng, stories, ui, lang_ui)
    kit.stories.sort(key=lambda s: s.source)
    dated, preview, tag = rng.random() < 0.5, rng.random() < 0.25, kit.pick("h3", "h2", "div", "th")
    out, last = [], None
    for i, s in enumerate(kit.stories):
        if s.source != last:
            out.append(
                ("</ul></div>" if out else "")
                + f'<div class="module"><{tag} class="title"><a href="#">{kit.source(i)}</a> {kit.maybe(0.5, f"<span>({rng.randint(1, 99)})</span>")}</{tag}><ul class="items">'
            )
            last = s.source
        date = f' <span class="date">{kit.date(i)}</span>' if dated else ""
        text = f'<p class="excerpt">{kit.teaser(i, 120)}</p>' if preview else ""
        out.append(f'<li><a href="{kit.href(i)}">{kit.title(i)}</a>{date}{text}</li>')
    body = (
        f'<div id="tabs"><ul>{kit.menu(("home", "all", "settings", "feeds", "subscribe"), 1, 4)}</ul></div><div class="columns">\n'
        + "\n".join(out)
        + "</ul></div></div>"
        + kit.footer()
    )
    return kit.doc("Dashboard", body)


@layout("greader", family="greader", kind="html")
def greader(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write a table of rows: star, source, title and snippet, date; as mail-like readers do."""
    kit = Kit(rng, stories, ui, lang_ui)
    order = rng.sample(("source", "title", "date"), 3)
    snippet, number, star = rng.random() < 0.5, rng.random() < 0.3, kit.pick("☆", "★", "", "•")
    heads = {"source": kit.w("source"), "title": kit.pick("Title", kit.w("latest")), "date": kit.w("published")}

    def row(i: int) -> str:
        cell = {
            "source": lambda: kit.source(i),
            "date": lambda: kit.date(i),
            "title": lambda: (
                f'<a href="{kit.href(i)}">{kit.title(i)}</a>'
                + (f' <span class="snippet"> - {kit.teaser(i, 80)}</span>' if snippet else "")
            ),
        }
        first = f"<td>{i + 1}</td>" if number else f'<td class="star">{star}</td>'
        return "<tr>" + first + "".join(f'<td class="{k}">{cell[k]()}</td>' for k in order) + "</tr>"

    head = (
        "<thead><tr><th></th>" + "".join(f"<th>{heads[k]}</th>" for k in order) + "</tr></thead>"
        if rng.random() < 0.5
        else ""
    )
    body = f'<div id="top"><ul>{kit.menu()}</ul></div><div class="side"><ul>{kit.sidebar(count="({})")}</ul></div><table class="list">{head}<tbody>\n{each(kit, row)}\n</tbody></table>{kit.footer()}'
    return kit.doc("Reader", body)
