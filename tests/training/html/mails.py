"""Write newsletters as HTML mails, and the pages of mailing-list archives."""

import random
from typing import Any

from ..page import layout
from .kit import Kit, Marks, days, each, esc

Drawn = tuple[str, Marks]


@layout("newsletter_tables", family="newsletter", kind="html", weight=2.0)
def newsletter_tables(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write a newsletter of nested tables: kicker, title, teaser, "read more", dividers, sponsor, unsubscribe."""
    kit = Kit(rng, stories, ui, lang_ui)
    image, more, numbers = rng.random() < 0.5, rng.random() < 0.7, rng.random() < 0.2
    keys = [k for k in rng.sample(("kicker", "source", "date", "author"), 4) if rng.random() < 0.4]
    cut = rng.choice((0, 120, 200, 300))
    title_first = rng.random() < 0.7
    tag = kit.pick("h2", "h3", "b", "strong", "div", "font")
    source_end = rng.random() < 0.3
    spacer = '<tr><td height="20" style="font-size:1px">&nbsp;</td></tr>'

    def meta(i: int) -> str:
        s = kit.stories[i]
        bits = {
            "kicker": lambda: kit.m("tags", i, s.section) if s.section else "",
            "source": lambda: kit.source(i),
            "date": lambda: kit.date(i),
            "author": lambda: kit.author(i, kit.w("by") + " "),
        }
        found = [b for k in keys if not (k == "source" and source_end) and (b := bits[k]())]
        return f'<tr><td class="meta">{kit.pick(" | ", " · ", " ").join(found)}</td></tr>' if found else ""

    def row(i: int) -> str:
        nr = f"{i + 1}. " if numbers else ""
        title = lambda: f'<tr><td><{tag}>{nr}<a href="{kit.href(i)}">{kit.title(i)}</a></{tag}></td></tr>'  # noqa: E731
        head = title() + meta(i) if title_first else meta(i) + title()
        end = f" ({kit.source(i)})" if source_end else ""
        link = (
            f'<tr><td><a href="{kit.href(i)}">{kit.w("read_more")}{kit.pick("", " »", " →", " &gt;")}</a></td></tr>'
            if more
            else ""
        )
        text = f"<tr><td><p>{kit.teaser(i, cut)}{end}</p></td></tr>"
        shot = (
            f'<tr><td><img src="http://img.example/{i}.jpg" width="560" alt="{kit.pick("", esc(kit.stories[i].title))}"></td></tr>'
            if image
            else ""
        )
        rule = kit.pick(spacer, "<tr><td><hr></td></tr>", "")
        return f'<table width="100%" role="presentation" cellpadding="0">{shot}{head}{text}{link}{rule}</table>'

    out, per, part = [], rng.randint(2, 6), rng.random() < 0.4
    for i in range(len(kit.stories)):
        if part and i % per == 0:
            out.append(
                f"<table><tr><td><h1>{esc(kit.sections()[(i // per) % len(kit.sections())])}</h1></td></tr></table>"
            )
        out.append(row(i))
        if rng.random() < 0.06:
            out.append(
                f"<table><tr><td>{kit.w('sponsored')}</td></tr><tr><td>{esc(kit.pick('Sleep better with Dozely', 'Ad', 'Partner message: try Ledgerly free'))}</td></tr></table>"
            )
    name = esc(kit.stories[0].source)
    top = f'<div style="display:none">{esc(kit.stories[0].title[:60])}</div>' if rng.random() < 0.3 else ""
    hello = (
        f"<p>{esc(kit.pick('Good morning!', 'Hi there,', 'Bonjour,', 'Guten Morgen!', 'Hola'))}</p>"
        if rng.random() < 0.5
        else ""
    )
    foot = f"<table><tr><td>{kit.w('unsubscribe')} | {kit.w('view_in_browser')} | {kit.w('privacy')}</td></tr><tr><td>© {name}, 12 Example Street</td></tr></table>"
    body = (
        f'{top}<center><table width="600"><tr><td><a>{kit.w("view_in_browser")}</a></td></tr><tr><td><img src="logo.png" alt="{name}"></td></tr><tr><td>{esc(str(kit.stories[0].published.date()))}</td></tr></table>{hello}\n'
        + "\n".join(out)
        + f"\n{foot}</center>"
    )
    return kit.doc(f"{kit.stories[0].source} newsletter", body)


@layout("newsletter_prose", family="newsletter", kind="html")
def newsletter_prose(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write a newsletter of paragraphs: bold lead as the title, text on, source linked at the end."""
    kit = Kit(rng, stories, ui, lang_ui)
    stop = kit.pick(". ", ": ", " — ", "<br>", " ")
    end = kit.pick("({})", "[{}]", "— {}", "via {}", "")
    outer = kit.pick("p", "li", "p")
    bold = kit.pick("strong", "b")

    def row(i: int) -> str:
        where = " " + end.format(f'<a href="{kit.href(i)}">{kit.source(i)}</a>') if end else ""
        return f"<{outer}><{bold}>{kit.title(i)}</{bold}>{stop}{kit.teaser(i)}{where}</{outer}>"

    rows = each(kit, row)
    body = f"<h1>{esc(kit.stories[0].section or 'Briefing')}</h1>{f'<ul>{rows}</ul>' if outer == 'li' else rows}<hr><p><a>{kit.w('unsubscribe')}</a> · <a>{kit.w('share')}</a> · <a>{kit.w('archive')}</a></p>"
    return kit.doc("Briefing", body)


@layout("alert_mail", family="alert_mail", kind="html")
def alert_mail(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write an alert service's mail: title, source and date, snippet, flag and share links."""
    kit = Kit(rng, stories, ui, lang_ui)
    dated, flag = rng.random() < 0.4, kit.pick("Flag as irrelevant", kit.w("hide"), "")

    def row(i: int) -> str:
        date = f" - {kit.date(i)}" if dated else ""
        first = f'<a href="{kit.href(i)}"><span itemprop="name">{kit.title(i)}</span></a><div><a itemprop="publisher"><span>{kit.source(i)}</span></a>{date}</div>'
        return f'<tr itemscope><td>{first}<div itemprop="description">{kit.teaser(i, 160, " ...")}</div><table><tr><td><a>{kit.w("share")}</a></td><td><a>{flag}</a></td></tr></table></td></tr>'

    word = esc(kit.stories[0].title.split()[0])
    return kit.doc(
        "Alert",
        f"<table><tr><td>{kit.pick('Google Alerts', 'News alert', kit.w('newsletter'))}</td></tr><tr><td>{word}</td></tr><tr><td>{kit.w('latest')} ⋅ {esc(str(kit.stories[0].published.date()))}</td></tr><tr><td>NEWS</td></tr>{each(kit, row)}<tr><td>{kit.w('unsubscribe')} | {kit.w('settings')}</td></tr></table>",
    )


@layout("pipermail_index", family="pipermail", kind="html")
def pipermail_index(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write a month of a list's archive: subjects with their authors, by date, thread or subject."""
    kit = Kit(rng, stories, ui, lang_ui)
    prefix = f"[{esc(kit.stories[0].section or 'list')}] " if rng.random() < 0.7 else ""
    re_ = rng.random() < 0.15

    def row(i: int) -> str:
        lead = prefix + ("Re: " if re_ and i % 3 == 0 else "")
        by = kit.author(i, "<i>", "\n</i>", 1)
        return f'<li><a href="{i:06d}.html">{lead}{kit.title(i)}\n</a><a name="{i}">&nbsp;</a>\n{by}'

    links = "<b>Messages sorted by:</b> <a>[ thread ]</a> <a>[ subject ]</a> <a>[ author ]</a>"
    start, end = kit.stories[-1].published, kit.stories[0].published
    body = f"<h1>{end:%B %Y} Archives by date</h1>\n<ul><li>{links}</li></ul>\n<p><b>Starting:</b> <i>{start:%a %b %d %H:%M:%S UTC %Y}</i><br>\n<b>Ending:</b> <i>{end:%a %b %d %H:%M:%S UTC %Y}</i><br>\n<b>Messages:</b> {len(kit.stories)}<p>\n<ul>\n{each(kit, row)}\n</ul>\n<p><b>Last message date:</b><i>{end}</i><br><b>Archived on:</b> <i>{end}</i><p><ul><li>{links}</li></ul><hr><i>This archive was generated by Pipermail 0.09 (Mailman edition).</i>"
    return kit.doc("Archives by date", body)


@layout("list_threads", family="pipermail", kind="html", weight=0.6)
def list_threads(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write an archive's overview of threads: subject, sender, date, first words, counts."""
    kit = Kit(rng, stories, ui, lang_ui)

    def row(i: int) -> str:
        return f'<div class="thread"><span class="thread-title"><a href="{kit.href(i)}">{kit.title(i)}</a></span><span class="thread-date">{kit.date(i)}</span><div class="thread-info">{kit.author(i, kit.w("by") + " ", "", 1)}</div><div class="expander">{kit.teaser(i, 200)}</div><span>{rng.randint(1, 9)} {kit.w("comments")}</span></div>'

    return kit.doc(
        "Threads",
        f"<nav>{kit.menu()}</nav><h1>{esc(kit.stories[0].section or 'dev')}@lists.example</h1>{each(kit, row)}<div>{kit.w('oldest')}</div>{kit.footer()}",
    )


@layout("digest_mail", family="feed_digest_mail", kind="html")
def digest_mail(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write a feed-to-mail service's digest: contents on top (chrome), then feed, title, date, text."""
    kit = Kit(rng, stories, ui, lang_ui)
    toc, whole, day = rng.random() < 0.3, rng.random() < 0.6, rng.random() < 0.3

    def row(i: int) -> str:
        text = kit.content(i, 6) if whole else f"<p>{kit.teaser(i)}</p>"
        by = kit.author(i, f"{kit.w('by')} ", ", ")
        return f'<div class="entry"><h2><a href="{kit.href(i)}">{kit.title(i)}</a></h2><p class="info">{by}{kit.source(i)}{kit.pick(", ", " | ", " ")}{kit.date(i)}</p>{text}<p><a>{kit.w("open_original")}</a></p></div><hr>'

    def head(text: str, nth: int) -> str:
        return f"<h1>{kit.day(text)}</h1>"

    rows = days(kit, row, head, lambda i, nth: str(kit.stories[i].published.date())) if day else each(kit, row)
    index = (
        "<ol>" + "".join(f"<li><a href='#{i}'>{esc(s.title)}</a></li>" for i, s in enumerate(kit.stories)) + "</ol>"
        if toc
        else ""
    )
    return kit.doc(
        "Digest",
        f"<h1>{esc(kit.pick('Your daily digest', 'Blogtrottr', 'Feed digest'))}</h1>{index}{rows}<p>{kit.w('unsubscribe')} {kit.w('settings')}</p>",
    )
