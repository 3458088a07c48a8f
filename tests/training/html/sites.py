"""Write pages of sites: planets, blogs, magazines' fronts and sections, search results, archives, podcasts, videos."""

import random
from typing import Any

from ..page import layout
from .kit import Kit, Marks, days, each, esc
from .readers import day_name

Drawn = tuple[str, Marks]


@layout("planet_venus", family="planet", kind="html", weight=1.5)
def planet_venus(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write a planet: days, channels, posts with a permalink line, the list of subscriptions."""
    kit = Kit(rng, stories, ui, lang_ui)
    kit.style = rng.choice(("medium_time", "12h", "long_time", kit.style))
    channel, dated = kit.pick("h3", "div", "none"), rng.random() < 0.8
    by_word = kit.pick("by ", kit.w("by") + " ")
    foot_first = rng.random() < 0.2
    seen_author = rng.random() < 0.7

    def row(i: int) -> str:
        who = kit.author(i) if seen_author else ""
        head = f'<{channel}><a href="#">{kit.source(i)}</a></{channel}>\n' if channel != "none" else ""
        foot = f'<p class="date"><a href="{kit.href(i)}">{kit.maybe(0.5, lambda: by_word + who + " " + kit.pick("at", "·", "-") + " ") if who and not foot_first else ""}{kit.date(i)}</a>{kit.tags(i, ", ", " — ") if rng.random() < 0.3 else ""}</p>'
        title = f'<h4><a href="{kit.href(i)}">{kit.title(i)}</a></h4>\n'
        body = f'<div class="content">\n{kit.content(i)}\n</div>\n'
        parts = [title, foot, body] if foot_first else [title, body, foot]
        return f'<div class="channelgroup">\n{head}<div class="entrygroup">\n{"".join(parts)}</div>\n</div>'

    def head(text: str, nth: int) -> str:
        return (
            f'<h2 class="date">{kit.day(text)}</h2>\n<div class="daygroup">'
            if nth == 0
            else f'</div><h2 class="date">{kit.day(text)}</h2>\n<div class="daygroup">'
        )

    rows = days(kit, row, head, lambda i, nth: day_name(kit, i, nth)) + "</div>" if dated else each(kit, row)
    feeds = "\n".join(
        f'<li><a href="#" title="feed"><img src="f.png" alt="{kit.pick("(feed)", "")}"></a> <a href="#">{esc(n)}</a></li>'
        for n in kit.feeds()
    )
    side = f'<div id="sidebar"><h2>{kit.w("subscribe")}</h2>\n<ul>{feeds}</ul><h2>{kit.w("about")}</h2><p>{kit.w("updated")}: {kit.stories[0].published:%B %d, %Y %I:%M %p}</p></div>'
    name = esc(f"Planet {kit.stories[0].section or 'Harbour'}")
    first = rng.random() < 0.3
    body = f"<h1>{name}</h1>\n{side if first else ''}<div id='body'>\n{rows}\n</div>\n{'' if first else side}"
    return kit.doc(name, body)


@layout("planet_templated", family="planet", kind="html", weight=0.7)
def planet_templated(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write a planet of another make: avatar, "author: title", date in the foot."""
    kit = Kit(rng, stories, ui, lang_ui)
    joint = kit.pick(": ", " — ", "</h2><h2>")

    def row(i: int) -> str:
        who = kit.author(i, "", "", 1) or kit.source(i)
        return f'<article class="post"><img class="avatar" src="a.png" alt=""><h2><a href="#">{who}</a>{joint}<a href="{kit.href(i)}">{kit.title(i)}</a></h2><div>{kit.content(i)}</div><footer>{kit.date(i)} | {kit.pick(kit.w("comments"), "permalink", kit.w("open_original"))}</footer></article>'

    return kit.doc(
        "Planet",
        f"<header><h1>Planet {esc(kit.sections()[0])}</h1></header>{each(kit, row)}<aside><h3>{kit.w('feeds')}</h3><ul>{kit.sidebar()}</ul></aside>{kit.footer()}",
    )


def blog_side(kit: Kit) -> str:
    """Give a blog's sidebar: search, recent posts, archives, categories."""
    months = "".join(
        f"<li><a href='/m'>{esc(kit.pick('2024/05', 'May 2024', '03.2023', '2022'))}</a> ({kit.rng.randint(1, 30)})</li>"
        for _ in range(kit.rng.randint(0, 5))
    )
    cats = "".join(f"<li><a href='/c'>{esc(c)}</a></li>" for c in kit.sections())
    parts = [
        f'<section class="widget_search"><label>{kit.w("search")}</label><input type="search"><button>{kit.w("search")}</button></section>',
        kit.spare_list(kit.pick("latest", "most_read", "related"), kit.pick("ul", "ol")),
        f"<section><h2>{kit.w('archive')}</h2><ul>{months}</ul></section>" if months else "",
        f"<section><h2>{kit.w('categories')}</h2><ul>{cats}</ul></section>",
    ]
    kit.rng.shuffle(parts)
    return f'<aside class="sidebar">{"".join(parts[: kit.rng.randint(1, 4)])}</aside>'


@layout("wordpress_home", family="wordpress", kind="html", weight=2.0)
def wordpress_home(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write a WordPress home, archive or search page: excerpts or whole posts."""
    kit = Kit(rng, stories, ui, lang_ui)
    whole, meta_first, kind = rng.random() < 0.35, rng.random() < 0.5, rng.choice(("home", "archive", "search"))
    with_author, with_source = rng.random() < 0.7, rng.random() < 0.15
    order = rng.sample(("date", "author", "cat"), 3)
    sep = kit.pick(" | ", " ", " / ", " · ", " ")
    edge, more = rng.random() < 0.8, rng.random() < 0.7

    def row(i: int) -> str:
        s = kit.stories[i]
        bits = {
            "date": f'<span class="posted-on">{kit.pick("", kit.w("published") + " ") if edge else ""}<a href="{kit.href(i)}" rel="bookmark"><time class="entry-date">{kit.date(i)}</time></a></span>',
            "author": kit.author(
                i,
                f'<span class="byline"> {kit.w("by")} <span class="author vcard"><a class="url fn n">',
                "</a></span></span>",
                1,
            )
            if with_author
            else "",
            "cat": f'<span class="cat-links">{kit.w("posted_in")} <a>{kit.m("tags", i, s.section)}</a></span>'
            if s.section
            else "",
        }
        meta = f'<div class="entry-meta">{sep.join(bits[k] for k in order if bits[k])}</div>'
        src = f'<p class="source">{kit.source(i)}</p>' if with_source else ""
        title = f'<h2 class="entry-title"><a href="{kit.href(i)}" rel="bookmark">{kit.title(i)}</a></h2>'
        link = (
            f' <a class="more-link" href="{kit.href(i)}">{kit.w("read_more")}<span class="screen-reader-text"> “{esc(s.title)}”</span></a>'
            if more
            else ""
        )
        text = (
            f'<div class="entry-content">{kit.content(i)}</div>'
            if whole
            else f'<div class="entry-summary"><p>{kit.teaser(i, 300, kit.pick("…", " […]", "..."))}{link}</p></div>'
        )
        foot = (
            f'<footer class="entry-footer">{kit.tags(i, ", ", kit.w("tags") + " ")} <span class="comments-link"><a>{kit.w("comments")} ({rng.randint(0, 40)})</a></span></footer>'
            if rng.random() < 0.7
            else ""
        )
        pic = (
            f'<div class="post-thumbnail"><a><img src="/p.jpg" alt="{esc(s.title) if rng.random() < 0.2 else ""}"></a></div>'
            if rng.random() < 0.5
            else ""
        )
        return f'<article class="post hentry">\n{pic}<header class="entry-header">{meta + title if meta_first else title + meta}{src}</header>\n{text}\n{foot}</article>'

    top = {
        "home": "",
        "archive": f'<h1 class="page-title">{kit.w("archive")}: <span>{esc(kit.sections()[0])}</span></h1>',
        "search": f'<h1 class="page-title">{kit.w("search")}: {esc(kit.stories[0].title.split()[0])}</h1>',
    }[kind]
    nav = f'<nav class="posts-navigation"><a>{kit.w("oldest")}</a> <a>{kit.w("newest")}</a></nav>'
    site = esc(kit.stories[0].source)
    body = f'<a class="skip-link">{kit.pick("Skip to content", kit.w("home"))}</a><header id="masthead"><p class="site-title"><a>{site}</a></p><p>{esc(kit.pick("Just another site", kit.stories[0].section))}</p><nav><ul>{kit.menu()}</ul></nav></header><main>{top}\n{each(kit, row)}\n{nav}</main>{blog_side(kit)}{kit.footer()}'
    return kit.doc(f"{site}", body)


@layout("blogger", family="blogger", kind="html")
def blogger(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write a Blogger page: day headings, whole posts, "posted by ... at ..."."""
    kit = Kit(rng, stories, ui, lang_ui)
    heads = rng.random() < 0.8
    if heads and rng.random() < 0.7:
        kit.style = "time"

    def row(i: int) -> str:
        labels = kit.tags(i, ", ", f'<span class="post-labels">{kit.w("tags")}: ', "</span>")
        return f'<div class="post hentry"><h3 class="post-title entry-title"><a href="{kit.href(i)}">{kit.title(i)}</a></h3><div class="post-body entry-content">{kit.content(i)}</div><div class="post-footer"><div>{kit.author(i, kit.w("published") + " " + kit.w("by") + " ", " ", 1)}{kit.pick("", "at ")}<a>{kit.date(i)}</a> <a>{rng.randint(0, 30)} {kit.w("comments")}:</a></div>{kit.share() if rng.random() < 0.4 else ""}<div>{labels}</div></div></div>'

    def head(text: str, nth: int) -> str:
        return f'<h2 class="date-header"><span>{kit.day(text)}</span></h2>'

    rows = (
        days(
            kit,
            row,
            head,
            lambda i, nth: esc(
                f"{kit.stories[i].published:%d.%m.%y}"
                if kit.lang != "en"
                else f"{kit.stories[i].published:%A, %B %d, %Y}"
            ),
        )
        if heads
        else each(kit, row)
    )
    return kit.doc(
        "Blog",
        f'<h1 class="title">{esc(kit.stories[0].source)}</h1><div class="main">{rows}</div><div class="blog-pager"><a>{kit.w("oldest")}</a> <a>{kit.w("home")}</a></div>{blog_side(kit)}<div>Powered by Blogger.</div>',
    )


@layout("ghost_cards", family="ghost", kind="html")
def ghost_cards(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write a Ghost home: cards with tag, title, excerpt, author, date and reading time."""
    kit = Kit(rng, stories, ui, lang_ui)
    tag_first = rng.random() < 0.6

    def row(i: int) -> str:
        s = kit.stories[i]
        tag = f'<div class="post-card-primary-tag">{kit.m("tags", i, s.section)}</div>' if s.section else ""
        return f'<article class="post-card"><a class="post-card-image-link"><img src="/p.jpg" alt="{kit.pick("", esc(s.title))}" loading="lazy"></a><div class="post-card-content"><a href="{kit.href(i)}"><header>{tag if tag_first else ""}<h2 class="post-card-title">{kit.title(i)}</h2>{"" if tag_first else tag}</header><div class="post-card-excerpt">{kit.teaser(i, 200)}</div></a><footer>{kit.author(i, "<span>" + kit.w("by") + " ", "</span> ")}<time>{kit.date(i)}</time> <span class="sep">•</span> <span>{kit.w("min_read")}</span></footer></div></article>'

    return kit.doc(
        "Ghost",
        f'<header class="gh-head"><a>{esc(kit.stories[0].source)}</a><ul>{kit.menu()}</ul><a>{kit.w("subscribe")}</a></header><div class="post-feed">{each(kit, row)}</div><section><h2>{kit.w("newsletter")}</h2><p>{kit.w("subscribe")}</p></section>{kit.footer()}',
    )


@layout("jekyll_list", family="jekyll", kind="html")
def jekyll_list(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write a bare blog list: date and title in either order, by year or not, excerpts or not."""
    kit = Kit(rng, stories, ui, lang_ui)
    kit.style = rng.choice(("iso_date", "medium", "long", "day_month", "slashes", "dotted"))
    first, joint, excerpt = rng.random() < 0.6, kit.pick(" ", " » ", " - ", ": ", "<br>", " – "), rng.random() < 0.3
    tag = kit.pick("li", "li", "div", "p", "dt")

    def row(i: int) -> str:
        bits = [
            lambda: f'<span class="post-meta">{kit.date(i)}</span>',
            lambda: f'<a class="post-link" href="{kit.href(i)}">{kit.title(i)}</a>',
        ]
        line = joint.join(bit() for bit in (bits if first else bits[::-1]))
        text = f'<p class="excerpt">{kit.teaser(i, 160)}</p>' if excerpt else ""
        return f"<{tag}>{line}{text}</{tag}>"

    outer = {"li": "ul", "dt": "dl"}.get(tag, "div")
    return kit.doc(
        "Blog",
        f'<header class="site-header"><a class="site-title">{esc(kit.stories[0].source)}</a><nav>{kit.menu(tag="span")}</nav></header><h2>{kit.w("archive")}</h2><{outer} class="post-list">\n{each(kit, row)}\n</{outer}><p class="rss-subscribe">{kit.w("subscribe")} via RSS</p>{kit.footer()}',
    )


@layout("medium_list", family="medium", kind="html")
def medium_list(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write a list of essays: author in publication, title, subtitle, date, reading time, claps."""
    kit = Kit(rng, stories, ui, lang_ui)
    kit.style = rng.choice(("day_month", "age_long", "medium"))
    pub = rng.random() < 0.6

    def row(i: int) -> str:
        who = kit.author(i, "<a>", "</a>", 1)
        where = f"<span> in </span><a>{kit.source(i)}</a>" if pub else ""
        return f'<article><div class="who"><img alt="" src="a.png"><div>{who}{where}</div></div><a href="{kit.href(i)}"><h2>{kit.title(i)}</h2><h3>{kit.teaser(i, 120)}</h3></a><div><span>{kit.date(i)}</span><span>·</span><span>{kit.w("min_read")}</span> <span>{rng.randint(1, 9)}.{rng.randint(0, 9)}K</span><span>{rng.randint(1, 90)}</span> {kit.tags(i, " ") if rng.random() < 0.3 else ""}</div></article>'

    return kit.doc(
        "Stories",
        f'<div><a>{kit.w("home")}</a><input placeholder="{kit.w("search")}"><a>{kit.w("login")}</a></div><main>{each(kit, row)}</main><aside>{kit.spare_list("most_read", "div")}<div>{kit.menu(("help", "about", "privacy", "copyright"), tag="p")}</div></aside>',
    )


@layout("news_front", family="news_front", kind="html", weight=2.0)
def news_front(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write a newspaper's front: sections with headings, cards with kicker, title, standfirst, age."""
    kit = Kit(rng, stories, ui, lang_ui)
    kicker, dated, byline, stand = rng.random() < 0.5, rng.random() < 0.6, rng.random() < 0.3, rng.random() < 0.6
    kit.style = rng.choice(("age_short", "age_long", "time", kit.style))
    tag = kit.pick("h2", "h3", "h3", "span")
    kick_in = rng.random() < 0.5
    comments = rng.random() < 0.3
    above = rng.random() < 0.3

    def row(i: int) -> str:
        s = kit.stories[i]
        kick = (
            f'<span class="kicker">{kit.m("tags", i, s.section)}</span>{kit.pick(" ", " ", ": ") if kick_in else ""}'
            if kicker and s.section
            else ""
        )
        title = f'<{tag} class="title"><a href="{kit.href(i)}">{kick if kick_in else ""}{kit.title(i)}</a></{tag}>'
        text = (
            f'<p class="standfirst">{kit.teaser(i, rng.choice((0, 140)))}</p>' if stand and rng.random() < 0.85 else ""
        )
        date = lambda: f"<time>{kit.date(i)}</time>" if dated and rng.random() < 0.9 else ""  # noqa: E731
        by = kit.author(i, f'<span class="by">{kit.w("by")} ', "</span> ") if byline else ""
        pic = (
            f'<img src="/p.jpg" alt="{esc(s.caption[:60]) if rng.random() < 0.3 else ""}">'
            if rng.random() < 0.5
            else ""
        )
        talk = (
            f'<a class="comments">{rng.randint(1, 400)} {kit.w("comments")}</a>'
            if comments and rng.random() < 0.6
            else ""
        )
        related = (
            f'<ul class="related"><li><a>{esc(kit.pool[0].title)}</a></li></ul>'
            if kit.pool and rng.random() < 0.05
            else ""
        )
        head = "" if kick_in else kick
        if above and not by:
            return f'<article class="card">{pic}{head}<div class="meta">{date()}</div>{title}{text}{talk}{related}</article>'
        return f'<article class="card">{pic}{head}{title}{text}<div class="meta">{by}{date()}</div>{talk}{related}</article>'

    out, per = [], rng.randint(2, 7)
    for i, s in enumerate(kit.stories):
        if i % per == 0 and rng.random() < 0.8:
            out.append(f'<h2 class="section"><a>{esc(s.section or kit.w("latest"))}</a></h2>')
        if i and rng.random() < 0.06:
            out.append(f'<div class="ad">{kit.w("advertisement")}</div>')
        out.append(row(i))
        if kit.pool and rng.random() < 0.04:
            out.append(kit.spare_list())
    site = esc(kit.stories[0].source)
    nav = "".join(f"<li><a>{esc(x)}</a></li>" for x in kit.sections())
    body = (
        f'<header><div class="brand"><a>{site}</a></div><div>{esc(str(kit.stories[0].published.date()))}</div><nav><ul>{nav}{kit.menu()}</ul></nav></header><main>\n'
        + "\n".join(out)
        + f"\n</main><aside>{kit.spare_list()}</aside><div>{kit.w('newsletter')} {kit.w('subscribe')}</div>{kit.footer()}"
    )
    return kit.doc(site, body)


@layout("news_section", family="news_section", kind="html", weight=1.5)
def news_section(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write a section page: one long list, each with date, title, teaser, author."""
    kit = Kit(rng, stories, ui, lang_ui)
    keys = ["date", "title", "teaser", "author", "tags", "share", "source"]
    shown = [k for k in rng.sample(keys, 7) if k in ("title",) or rng.random() < 0.55]
    wrap = {
        "date": kit.pick("time", "span", "div", "p"),
        "title": kit.pick("h2", "h3", "h4"),
        "teaser": kit.pick("p", "div", "span"),
        "author": kit.pick("span", "div"),
        "tags": "div",
        "source": kit.pick("span", "div"),
        "share": "div",
    }
    outer = kit.pick("li", "article", "div", "tr", "section")

    def row(i: int) -> str:
        out = []
        for k in shown:
            if k == "share":
                inner = kit.pick(kit.w("share"), kit.w("read_more"), kit.w("save"))
            elif k == "author":
                inner = kit.author(i, kit.w("by") + " ")
            elif k == "title":
                inner = f'<a href="{kit.href(i)}">{kit.title(i)}</a>'
            elif k == "tags":
                inner = kit.tags(i, " ")
            else:
                inner = {
                    "date": lambda i=i: kit.date(i),
                    "teaser": lambda i=i: kit.teaser(i),
                    "source": lambda i=i: kit.source(i),
                }[k]()
            if inner:
                out.append(f"<{wrap[k]} class='{k}'>{inner}</{wrap[k]}>")
        inside = "\n".join(out)
        return f"<{outer} class='item'>{'<td>' + inside + '</td>' if outer == 'tr' else inside}</{outer}>"

    holder = {"li": "ul", "tr": "table"}.get(outer, "div")
    pages = " ".join(f"<a>{n}</a>" for n in range(1, rng.randint(3, 9)))
    body = f'<header><nav><ul>{kit.menu()}</ul></nav></header><h1>{esc(kit.sections()[0])}</h1><{holder}>\n{each(kit, row)}\n</{holder}><div class="pages">{kit.w("previous")} {pages} {kit.w("next")}</div>{kit.spare_list()}{kit.footer()}'
    return kit.doc(kit.sections()[0], body)


@layout("google_news", family="google_news", kind="html")
def google_news(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write clusters: source above or below each title, age, "more coverage"."""
    kit = Kit(rng, stories, ui, lang_ui)
    kit.style = rng.choice(("age_long", "age_long", "age_short", "yesterday", "day_month"))
    above, author = rng.random() < 0.6, rng.random() < 0.4
    dot = kit.pick("·", "-", "•", "")

    def row(i: int) -> str:
        src = f'<div class="vr1PYe"><img alt=""> <span>{kit.source(i)}</span></div>'
        title = f'<h{3 + (i % 3 > 0)} class="ipQwMb"><a href="{kit.href(i)}">{kit.title(i)}</a></h{3 + (i % 3 > 0)}>'
        return f'<article>{src + title if above else title + src}<div class="bInasb">{dot}<time>{kit.date(i)}</time>{kit.author(i, dot + kit.w("by") + " ", "", 1) if author else ""}</div></article>'

    out, per = [], rng.randint(1, 5)
    for i in range(len(kit.stories)):
        out.append(row(i))
        if i % per == per - 1 and rng.random() < 0.5:
            out.append(f"<div><a>{kit.w('related')}</a></div>")
    body = (
        f"<header><a>{kit.pick('Google News', 'News', 'Nachrichten')}</a><nav><ul>{kit.menu()}</ul></nav></header><main><h2>{kit.pick(kit.w('latest'), esc(kit.sections()[0]))}</h2>\n"
        + "\n".join(out)
        + f"</main>{kit.footer()}"
    )
    return kit.doc("News", body)


@layout("search_results", family="search_results", kind="html")
def search_results(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write results of a search: address, title, "date — snippet"."""
    kit = Kit(rng, stories, ui, lang_ui)
    dash, cite_first, source = kit.pick(" — ", " - ", " · ", " ... "), rng.random() < 0.6, rng.random() < 0.5

    def row(i: int) -> str:
        cite = f"<div>{'<span>' + kit.source(i) + '</span>' if source else ''}<cite>{kit.link(i)}</cite></div>"
        title = f'<a href="{kit.href(i)}"><h3>{kit.title(i)}</h3></a>'
        head = cite + title if cite_first else title + cite
        return f'<div class="g">{head}<div class="st"><span class="f">{kit.date(i)}{dash}</span>{kit.teaser(i, 180, kit.pick(" ...", "…"))}</div></div>'

    body = f'<form><input value="x"><button>{kit.w("search")}</button></form><div id="hdtb"><a>{kit.w("all")}</a><a>{kit.w("latest")}</a><a>{kit.w("settings")}</a></div><div>{rng.randint(9, 999)} {kit.pick("results", kit.w("all"))} (0.{rng.randint(10, 99)} s)</div>{each(kit, row)}<div>{kit.w("related")}</div><div>1 2 3 4 5 {kit.w("next")}</div>'
    return kit.doc("Search", body)


@layout("podcasts", family="podcasts", kind="html")
def podcasts(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write episodes: show, title, date, length, description, buttons."""
    kit = Kit(rng, stories, ui, lang_ui)
    shows, number = rng.random() < 0.6, rng.random() < 0.4
    play = kit.pick("Play", "▶", "▶️", "Listen", "Play episode")

    def row(i: int) -> str:
        long = kit.pick(
            f"{rng.randint(12, 99)} min",
            f"{rng.randint(0, 2)}:{rng.randint(10, 59)}:{rng.randint(10, 59)}",
            f"{rng.randint(10, 59)}:{rng.randint(10, 59)}",
        )
        show = f'<div class="show">{kit.source(i)}</div>' if shows else ""
        nr = f'<span class="nr">{kit.pick("#", "Ep. ", "Episode ")}{300 - i}</span> ' if number else ""
        return f'<li class="episode">{show}<h3>{nr}<a href="{kit.href(i)}">{kit.title(i)}</a></h3><div class="meta"><span>{kit.date(i)}</span> <span>{long}</span></div><p>{kit.teaser(i, 240)}</p><button>{play}</button> <a>{kit.w("save")}</a> <a>{kit.w("share")}</a></li>'

    return kit.doc(
        "Episodes",
        f"<header><h1>{esc(kit.stories[0].source)}</h1><p>{kit.w('subscribe')}: Apple Podcasts, Spotify, RSS</p></header><ul>\n{each(kit, row)}\n</ul>{kit.footer()}",
    )


@layout("videos", family="videos", kind="html")
def videos(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write a grid of videos: length, title, channel, views, age."""
    kit = Kit(rng, stories, ui, lang_ui)
    kit.style = rng.choice(("age_long", "age_long", "age_short", "medium"))
    text = rng.random() < 0.3
    views = kit.pick("views", "Aufrufe", "vues", "visualizzazioni", "просмотров", "次观看", "visningar")

    def row(i: int) -> str:
        return f'<div class="video"><a class="thumb"><img src="v.jpg" alt=""><span class="length">{rng.randint(1, 59)}:{rng.randint(10, 59)}</span></a><h3><a href="{kit.href(i)}">{kit.title(i)}</a></h3><div class="byline"><a>{kit.source(i)}</a></div><div class="metadata"><span>{rng.randint(2, 900)}{kit.pick("K", "", " k", " mil")} {views}</span> <span>{kit.date(i)}</span></div>{"<p>" + kit.teaser(i, 120) + "</p>" if text else ""}</div>'

    return kit.doc(
        "Videos",
        f'<div id="masthead"><input><button>{kit.w("search")}</button><a>{kit.w("login")}</a></div><div id="guide"><ul>{kit.menu()}</ul></div><div id="contents">\n{each(kit, row)}\n</div>',
    )


@layout("current_events", family="current_events", kind="html")
def current_events(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write a wiki's portal of events: days, sections, bullets of a sentence with its source in brackets."""
    kit = Kit(rng, stories, ui, lang_ui)
    kit.stories.sort(key=lambda s: s.published.date(), reverse=True)
    edit = kit.pick("", "[edit]", "[hide]", "[edit | history | watch]")

    def row(i: int) -> str:
        topic = (
            f'<a href="/wiki/x">{esc(kit.stories[i].tags[0])}</a>' if kit.stories[i].tags and rng.random() < 0.5 else ""
        )
        item = f'{kit.dress(kit.title(i))} <a class="external" href="{kit.href(i)}">({kit.source(i)})</a>'
        return f"<ul><li>{topic}<ul><li>{item}</li></ul></li></ul>" if topic else f"<ul><li>{item}</li></ul>"

    def head(text: str, nth: int) -> str:
        return (
            f'<div class="current-events-heading"><span class="summary">{kit.day(text)}</span> {edit}</div>'
            + f"<p><b>{esc(kit.sections()[nth % len(kit.sections())])}</b></p>"
        )

    rows = days(
        kit,
        row,
        head,
        lambda i, nth: esc(
            f"{kit.stories[i].published:%B %d, %Y} ({kit.stories[i].published:%A})"
            if kit.lang == "en"
            else f"{kit.stories[i].published:%d.%m.%Y}"
        ),
    )
    return kit.doc(
        "Portal:Current events",
        f'<h1>Portal:{kit.w("latest")}</h1><div id="mw-content-text">{rows}</div><div id="mw-navigation"><ul>{kit.menu()}</ul></div><div id="footer">{kit.w("updated")} {kit.w("privacy")}</div>',
    )


@layout("link_blog", family="link_blog", kind="html")
def link_blog(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write a link blog: linked title, source in brackets, comment or quotation, star as the permalink."""
    kit = Kit(rng, stories, ui, lang_ui)
    quote, src = rng.random() < 0.5, kit.pick("({})", "[{}]", "via {}", "– {}", "")
    mark_ = kit.pick("★", "#", "∞", "Permalink", "")
    dated = rng.random() < 0.7

    def row(i: int) -> str:
        text = kit.teaser(i)
        where = f' <span class="via">{src.format(kit.source(i))}</span>' if src else ""
        inner = f"<blockquote><p>{text}</p></blockquote>" if quote else f"<p>{text}</p>"
        date = f'<p class="smallprint">{kit.date(i)}</p>' if dated else ""
        return f'<dl class="linkedlist"><dt><a href="{kit.href(i)}">{kit.title(i)}</a>{where} <a class="permalink">{mark_}</a></dt><dd>{inner}{date}</dd></dl>'

    return kit.doc(
        "Links",
        f'<div id="Sidebar"><ul>{kit.menu()}</ul></div><h1>{esc(kit.stories[0].source)}</h1>{each(kit, row)}{kit.footer()}',
    )


@layout("headlines_wall", family="headlines_wall", kind="html", between=(8, 60))
def headlines_wall(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write an aggregator's wall: bare titles in columns, some with the source after a dash or in brackets, or a time before."""
    kit = Kit(rng, stories, ui, lang_ui)
    form = kit.pick("plain", "source after", "source after", "source before", "time", "techmeme")
    joint = kit.pick(" - ", " | ", " (", " – ", " / ")
    tag = kit.pick("p", "li", "div", "br")
    kit.style = "time" if form == "time" else kit.style

    def row(i: int) -> str:
        title = lambda: f'<a href="{kit.href(i)}">{kit.title(i)}</a>'  # noqa: E731
        if form == "plain":
            inner = title()
        elif form == "source after":
            inner = f"{title()}{joint}<small>{kit.source(i)}</small>{')' if joint == ' (' else ''}"
        elif form == "source before":
            inner = f"<b>{kit.source(i)}</b>{kit.pick(': ', ' ')}{title()}"
        elif form == "time":
            inner = f"<span>{kit.date(i)}</span> {title()}"
        else:
            who = kit.author(i, "", " / ", 1)
            inner = f"<cite>{who}<a>{kit.source(i)}</a>:</cite> {title()} — {kit.teaser(i, 200)}"
        return f"{inner}<br>" if tag == "br" else f"<{tag}>{inner}</{tag}>"

    cells = [row(i) for i in range(len(kit.stories))]
    cut = len(cells) // rng.randint(1, 3) or 1
    if rng.random() < 0.4:
        grid = (
            "<table><tr>"
            + "".join(f"<td valign=top>{''.join(cells[a : a + cut])}</td>" for a in range(0, len(cells), cut))
            + "</tr></table>"
        )
    else:
        grid = "".join(
            f"<div class='col'><h4>{esc(rng.choice(kit.sections()))}</h4>{''.join(cells[a : a + cut])}</div>"
            for a in range(0, len(cells), cut)
        )
    return kit.doc("Headlines", f"<center><h1>{esc(kit.stories[0].source)}</h1></center>{grid}{kit.footer()}")
