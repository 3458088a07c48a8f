"""Write pages of no program: random tags and classes around the fields, single articles, and pages without a story."""

import random
from typing import Any

from ..page import layout
from .kit import Kit, Marks, days, each, esc
from .readers import day_name
from .sites import blog_side

Drawn = tuple[str, Marks]
INLINES = ("span", "b", "a", "em", "small", "strong", "time", "i")
BLOCKS = ("div", "p", "div", "section", "header", "h3", "h4", "li")
CLASSES = (
    "item",
    "row",
    "meta",
    "ttl",
    "x1",
    "css-1k",
    "card",
    "entry",
    "txt",
    "box",
    "u-flex",
    "c3",
    "post",
    "teaser",
    "info",
    "line",
)


@layout("random_dom", family="random_dom", kind="html", weight=4.0)
def random_dom(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write stories in a page whose grammar is drawn: container, order of fields, tags, separators, labels, furniture."""
    kit = Kit(rng, stories, ui, lang_ui)
    shape = rng.choice(("div", "article", "li", "table", "dl", "section", "td", "p", "flat"))
    fields = ["title"] + [
        k
        for k in ("source", "date", "author", "teaser", "body", "tags", "link", "caption", "chrome", "count")
        if rng.random()
        < {
            "source": 0.75,
            "date": 0.8,
            "author": 0.4,
            "teaser": 0.5,
            "body": 0.3,
            "tags": 0.25,
            "link": 0.12,
            "caption": 0.12,
            "chrome": 0.6,
            "count": 0.25,
        }[k]
    ]
    rng.shuffle(fields)
    if rng.random() < 0.5:
        fields.remove("title")
        fields.insert(0, "title")
    if "body" in fields and rng.random() < 0.7:
        fields.remove("body")
        fields.append("body")
    grouped = rng.random() < 0.6  # short fields stand on one line
    sep = kit.pick(" | ", " · ", ", ", " - ", " ", "", " / ", " — ", " &nbsp; ", "\n")
    names = {k: rng.choice(CLASSES) for k in fields}
    tags = {k: rng.choice(BLOCKS if k in ("title", "teaser", "body") or not grouped else INLINES) for k in fields}
    told = rng.random() < 0.12  # fields have labels
    label = {
        "source": kit.w("source"),
        "date": kit.w("published"),
        "author": kit.w("by"),
        "tags": kit.w("tags"),
        "title": kit.pick("Title", kit.w("latest")),
        "teaser": kit.pick("Summary", ""),
        "link": "URL",
    }
    chrome = [
        kit.w(r)
        for r in rng.sample(
            ("share", "save", "read_more", "mark_read", "comments", "hide", "reply", "open_original", "starred"),
            rng.randint(1, 4),
        )
    ]
    once, number = rng.random() < 0.15, kit.pick("", "", "", "{}. ", "{}", "#{} ", "[{}] ")
    missing = rng.choice((0.0, 0.1, 0.25))
    limit = rng.choice((1, 2, 4, 12))
    by_word = kit.maybe(0.5, kit.w("by") + " ")
    title_text = kit.pick("", "", "", "", "» ", "• ", "- ")

    def value(k: str, i: int) -> str:
        s = kit.stories[i]
        if k != "title" and kit.rng.random() < missing:
            return ""
        if k == "title":
            inner = (
                number.format(i + 1)
                + title_text
                + (f'<a href="{kit.href(i)}">{kit.title(i)}</a>' if not once else kit.title(i))
            )
        elif k == "date":
            inner = kit.date(i)
        elif k == "author":
            inner = kit.author(i, by_word)
        elif k == "teaser":
            inner = kit.teaser(i, rng_cut)
        elif k == "body":
            return f'<div class="{names[k]}">{kit.content(i, limit)}</div>'
        elif k == "tags":
            inner = kit.tags(i, kit_tag_sep, sign=kit_tag_sign)
        elif k == "caption":
            inner = kit.m("caption", i, s.caption) if s.caption else ""
        elif k == "link":
            inner = kit.link(i)
        elif k == "count":
            inner = f"{kit.rng.randint(0, 999)} {kit.w('comments')}"
        elif k == "chrome":
            inner = " ".join(f"<a>{c}</a>" for c in chrome)
        else:
            inner = kit.source(i)
        if not inner:
            return ""
        lead = f"<b>{label[k]}:</b> " if told and label.get(k) else ""
        return f'<{tags[k]} class="{names[k]}">{lead}{inner}</{tags[k]}>'

    rng_cut = rng.choice((0, 0, 100, 160, 250))
    kit_tag_sep, kit_tag_sign = kit.pick(", ", " ", " / "), kit.pick("", "#")

    def row(i: int) -> str:
        cells, line = [], []
        for k in fields:
            part = value(k, i)
            if not part:
                continue
            if grouped and k not in ("title", "teaser", "body"):
                line.append(part)
                continue
            if line:
                cells.append(f"<div>{sep.join(line)}</div>")
                line = []
            cells.append(part)
        if line:
            cells.append(f"<div>{sep.join(line)}</div>")
        if shape == "table":
            return "<tr>" + "".join(f"<td>{c}</td>" for c in cells) + "</tr>"
        if shape == "td":
            return f'<tr><td valign="top">{"".join(cells)}</td></tr>'
        if shape == "dl":
            return f"<dt>{cells[0]}</dt>" + "".join(f"<dd>{c}</dd>" for c in cells[1:])
        if shape == "flat":
            return "\n".join(cells) + kit_rule
        return f'<{shape} class="{item_class}">' + joint.join(cells) + f"</{shape}>"

    kit_rule, joint, item_class = kit.pick("<hr>", "<br>", ""), kit.pick("\n", ""), rng.choice(CLASSES)
    dated = rng.random() < 0.25 and shape not in ("table", "td", "dl")
    headtag = kit.pick("h2", "div", "h3", "p")

    def head(text: str, nth: int) -> str:
        return f"<{headtag}>{kit.day(text)}</{headtag}>"

    rows = days(kit, row, head, lambda i, nth: day_name(kit, i, nth)) if dated else each(kit, row)
    holder = {"li": "ul", "table": "table", "td": "table", "dl": "dl"}.get(shape, "div")
    parts = [f"<{holder} id='main'>\n{rows}\n</{holder}>"]
    if rng.random() < 0.6:
        parts.insert(0, f"<nav><ul>{kit.menu()}</ul></nav>")
    if rng.random() < 0.4:
        parts.insert(
            rng.randint(0, len(parts)),
            f"<div class='side'><ul>{kit.sidebar(count=kit.pick('{}', '({})', ''))}</ul></div>",
        )
    if rng.random() < 0.6:
        parts.insert(0, f"<h1>{esc(kit.pick(kit.stories[0].source, kit.sections()[0]))}</h1>")
    if rng.random() < 0.3:
        parts.append(kit.spare_list())
    if rng.random() < 0.6:
        parts.append(kit.footer())
    return kit.doc(kit.sections()[0], "\n".join(parts))


@layout("article_page", family="article_page", kind="html", weight=1.0, between=(5, 9))
def article_page(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write the page of one article, with related titles, comments and furniture: a single story."""
    kit = Kit(rng, stories, ui, lang_ui)
    kit.pool, kit.stories = kit.stories[1:], kit.stories[:1]
    sub = f'<p class="standfirst">{kit.teaser(0)}</p>' if rng.random() < 0.4 else ""
    crumbs = f'<div class="crumbs"><a>{kit.w("home")}</a> &gt; <a>{esc(kit.sections()[0])}</a></div>'
    title = f"<h1>{kit.title(0)}</h1>"
    by = f'<div class="byline">{kit.author(0, kit.w("by") + " ")} <time>{kit.date(0)}</time></div>'
    head = (title + sub + by) if not sub or rng.random() < 0.5 else None
    if head is None:
        kit.marks.clear()
        head = f'{"<h1>" + kit.title(0) + "</h1>"}<div class="byline">{kit.author(0, kit.w("by") + " ")} <time>{kit.date(0)}</time></div>'
    talk = (
        "".join(
            f"<li><b>{esc(kit.pick('anna', 'user7', 'Mika', 'otter'))}</b> <p>{esc(rng.choice(s.paragraphs)[:160])}</p><a>{kit.w('reply')}</a></li>"
            for s in kit.pool[:3]
        )
        if rng.random() < 0.5
        else ""
    )
    body = f'<header><ul>{kit.menu()}</ul></header>{crumbs}<article>{head}{kit.share()}{kit.content(0)}<p>{kit.tags(0, ", ", kit.w("tags") + ": ")}</p></article>{kit.spare_list("related", "ul")}<section class="comments"><h3>{kit.w("comments")}</h3><ul>{talk}</ul></section>{blog_side(kit)}{kit.footer()}'
    return kit.doc(kit.stories[0].title, body)


@layout("no_story", family="no_story", kind="html", weight=0.8, between=(3, 9))
def no_story(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> Drawn:
    """Write a page without a story: log-in, settings, the list of feeds, an empty reader, a price table."""
    kit = Kit(rng, stories, ui, lang_ui)
    kind = rng.choice(("login", "settings", "feeds", "empty", "table"))
    if kind == "login":
        inner = f"<form><h1>{kit.w('login')}</h1><label>E-mail</label><input><label>{kit.pick('Password', 'Passwort')}</label><input><button>{kit.w('login')}</button><a>{kit.w('help')}</a></form>"
    elif kind == "settings":
        roles = rng.sample(
            ("sort", "newest", "oldest", "feeds", "categories", "share", "mark_read", "hide", "newsletter", "cookies"),
            7,
        )
        inner = f"<h1>{kit.w('settings')}</h1>" + "".join(
            f"<fieldset><label>{kit.w(r)}</label><select><option>10</option></select></fieldset>" for r in roles
        )
    elif kind == "feeds":
        inner = (
            f"<h1>{kit.w('feeds')}</h1><table>"
            + "".join(
                f"<tr><td>{esc(n)}</td><td>{rng.randint(0, 99)}</td><td><a>{kit.w('unsubscribe')}</a></td></tr>"
                for n in kit.feeds()
            )
            + "</table>"
        )
    elif kind == "empty":
        inner = f"<h1>{kit.w('unread')} (0)</h1><ul>{kit.sidebar(count='{}')}</ul><p>{kit.pick('There are no articles to show.', 'All caught up!', '0')}</p>"
    else:
        inner = (
            "<table><tr><th>Nr</th><th>EUR</th><th>%</th></tr>"
            + "".join(
                f"<tr><td>{esc(s.tags[0] if s.tags else s.section)}</td><td>{rng.randint(1, 999)}.{rng.randint(10, 99)}</td><td>{rng.randint(-9, 9)}</td></tr>"
                for s in kit.stories
            )
            + "</table>"
        )
    return kit.doc("Page", f"<header><nav><ul>{kit.menu()}</ul></nav></header><main>{inner}</main>{kit.footer()}")
