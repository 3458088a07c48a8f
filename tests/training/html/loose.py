"""Write pages whose stories stand loosely: whole pages after blurbs, bookmarks, tables of contents, live tickers, issues."""

import random
from typing import Any
from urllib.parse import urlsplit

from ..page import layout
from .kit import Kit, Marks, days, each, esc
from .readers import day_name
from .sites import blog_side

Drawn = tuple[str, Marks]


@layout("blurbs_with_pages", family="blurbs_with_pages", kind="html", weight=1.5, between=(3, 14))
def blurbs_with_pages(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write a scraper's pile: a blurb, then the page it points to with navigation, related links and footer, and so on."""
    kit = Kit(rng, stories, ui, lang_ui)
    titled, blurb, own_title = rng.random() < 0.5, rng.random() < 0.8, rng.random() < 0.5
    rule = kit.pick("<hr>", "", "<p>* * *</p>", "<p>-----</p>")
    address = rng.random() < 0.4

    def row(i: int) -> str:
        s = kit.stories[i]
        head = f"<h2>{kit.title(i)}</h2>" if titled else ""
        lead = f"<p>{kit.teaser(i)}</p>" if blurb or not titled else ""
        where = f"<p>{kit.link(i)}</p>" if address else ""
        nav = f"<div><ul>{kit.menu(low=3)}</ul></div>"
        crumbs = f"<div>{kit.w('home')} » {esc(s.section)}</div>" if s.section and rng.random() < 0.5 else ""
        title = f"<h1>{kit.title(i)}</h1>" if own_title else ""
        by = f"<p>{kit.author(i, kit.w('by') + ' ')} {kit.date(i)}</p>" if rng.random() < 0.7 else ""
        rest = "".join(
            part
            for part in (
                kit.share(),
                kit.spare_list("related", "ul"),
                f"<p>{kit.w('newsletter')} {kit.w('subscribe')}</p>",
            )
            if rng.random() < 0.5
        )
        return f"<div class='hit'>{head}{where}{lead}{nav}{crumbs}<article>{title}{by}{kit.content(i, 8)}</article>{rest}{kit.footer()}</div>{rule}"

    return kit.doc("Dump", each(kit, row))


@layout("bookmarks", family="bookmarks", kind="html")
def bookmarks(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write bookmarks or a read-later list: title, site, tags, date added, note."""
    kit = Kit(rng, stories, ui, lang_ui)
    netscape = rng.random() < 0.4
    note, tags, shown = rng.random() < 0.5, rng.random() < 0.5, rng.random() < 0.6

    def row(i: int) -> str:
        s = kit.stories[i]
        if netscape:
            return f'<DT><A HREF="{kit.href(i)}" ADD_DATE="{int(s.published.timestamp())}">{kit.title(i)}</A>\n' + (
                f"<DD>{kit.teaser(i, 160)}\n" if note else ""
            )
        host = kit.m("source", i, urlsplit(s.url).netloc.removeprefix("www."))
        more = f'<div class="excerpt">{kit.teaser(i, 140)}</div>' if note else ""
        return f'<li class="link"><a class="t" href="{kit.href(i)}">{kit.title(i)}</a><div class="site">{host} {kit.date(i) if shown else ""}</div>{more}{kit.tags(i, " ", "<div class=tags>", "</div>") if tags else ""}<span>{kit.w("archive")}</span> <span>{kit.w("share")}</span></li>'

    rows = each(kit, row)
    body = (
        f"<H1>Bookmarks</H1>\n<DL><p>\n<DT><H3>{esc(kit.sections()[0])}</H3>\n<DL><p>\n{rows}</DL></DL>"
        if netscape
        else f"<nav><ul>{kit.menu()}</ul></nav><ul>{rows}</ul>{kit.footer()}"
    )
    return kit.doc("Bookmarks", body)


@layout("live_ticker", family="live_ticker", kind="html")
def live_ticker(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write a ticker of short news: time, title or not, one or two paragraphs, agency's sign."""
    kit = Kit(rng, stories, ui, lang_ui)
    kit.style = rng.choice(("time", "time", "age_short", "medium_time"))
    titled, sign, glue = rng.random() < 0.7, rng.random() < 0.5, kit.pick(" ", " Uhr ", " – ", " | ", "")
    one_line = rng.random() < 0.4

    def row(i: int) -> str:
        end = f" <i>({kit.source(i)})</i>" if sign else ""
        text = "".join(
            f"<p>{kit.m('body', i, p)}{end if k == 0 else ''}</p>"
            for k, p in enumerate(kit.stories[i].paragraphs[: 1 + (rng.random() < 0.3)])
        )
        when = kit.date(i)
        if not titled:
            return f'<div class="entry"><time>{when}</time>{text}</div>'
        title = kit.title(i)
        text = text if rng.random() < 0.9 else ""
        return f'<div class="entry">{f"<h3><time>{when}</time>{glue}{title}</h3>" if one_line else f"<time>{when}</time><h3>{title}</h3>"}{text}</div>'

    def head(text: str, nth: int) -> str:
        return f"<h2>{kit.day(text)}</h2>"

    rows = days(kit, row, head, lambda i, nth: day_name(kit, i, nth)) if rng.random() < 0.4 else each(kit, row)
    return kit.doc(
        "Ticker",
        f"<header><ul>{kit.menu()}</ul></header><h1>{kit.w('latest')}</h1><main>{rows}</main>{kit.spare_list()}{kit.footer()}",
    )


@layout("issue_contents", family="issue_contents", kind="html")
def issue_contents(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write a magazine's table of contents: sections, titles, authors, page numbers, standfirsts."""
    kit = Kit(rng, stories, ui, lang_ui)
    pages, stand, author_first = rng.random() < 0.5, rng.random() < 0.6, rng.random() < 0.4
    page = rng.randint(3, 20)
    out = []
    for i in range(len(kit.stories)):
        if i % 4 == 0 and rng.random() < 0.7:
            out.append(f"<h2>{esc(kit.sections()[(i // 4) % len(kit.sections())])}</h2>")
        page += rng.randint(1, 9)
        title = lambda i=i: f'<h3><a href="{kit.href(i)}">{kit.title(i)}</a></h3>'  # noqa: E731
        first = (
            kit.author(i, "<p class=by>", "</p>") + title()
            if author_first
            else title() + kit.author(i, f"<p class=by>{kit.w('by')} ", "</p>")
        )
        text = f"<p>{kit.teaser(i, 150)}</p>" if stand else ""
        out.append(f"<div class=toc>{f'<span class=p>{page}</span>' if pages else ''}{first}{text}</div>")
    return kit.doc(
        "Issue",
        f"<header><h1>{esc(kit.stories[0].source)}</h1><p>{esc(f'{kit.stories[0].published:%m/%Y}')} · Nr. {rng.randint(1, 300)}</p></header><main>"
        + "\n".join(out)
        + f"</main>{kit.footer()}",
    )


@layout("plain_articles", family="plain_articles", kind="html", between=(2, 12))
def plain_articles(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write articles one after the other with little around: heading, by-line, text, rule; as print views and exports do."""
    kit = Kit(rng, stories, ui, lang_ui)
    keys = [k for k in rng.sample(("source", "date", "author", "link", "teaser"), 5) if rng.random() < 0.6]
    tag, below, rule = (
        kit.pick("h1", "h2", "h3", "p"),
        rng.random() < 0.7,
        kit.pick("<hr>", "", "<p>***</p>", "<br><br>"),
    )
    joint = kit.pick("<br>", ", ", " | ", " - ", "</p><p>")
    labels = rng.random() < 0.25
    names = {"source": kit.w("source"), "date": kit.w("published"), "author": kit.w("by"), "link": "URL", "teaser": ""}
    count = rng.random() < 0.2

    def row(i: int) -> str:
        def meta() -> str:
            bits = {
                "source": kit.source,
                "date": kit.date,
                "author": kit.author,
                "link": kit.link,
                "teaser": kit.teaser,
            }
            found = [(f"{names[k]}: " if labels and names[k] else "") + text for k in keys if (text := bits[k](i))]
            return f"<p>{joint.join(found)}</p>" if found else ""

        head = f"<{tag}>{kit.title(i)}</{tag}>" + meta() if below else meta() + f"<{tag}>{kit.title(i)}</{tag}>"
        words = (
            f"<p>{sum(len(p.split()) for p in kit.stories[i].paragraphs)} {kit.pick('words', 'Wörter', 'mots', 'palabras')}</p>"
            if count
            else ""
        )
        return f"<div>{head}{words}{kit.content(i)}{kit.tags(i, ', ', '<p>' + kit.w('tags') + ': ', '</p>') if rng.random() < 0.2 else ''}</div>{rule}"

    side = blog_side(kit) if rng.random() < 0.15 else ""
    return kit.doc("Articles", each(kit, row) + side + (kit.footer() if rng.random() < 0.4 else ""))
