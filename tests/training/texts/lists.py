"""Lists and tables with a syntax: Markdown, Org, AsciiDoc, reStructuredText, wiki, pipes, tabs, CSV, INI, YAML."""

from __future__ import annotations

from typing import Any

from tests.training.texts.compose import plain

LOOSE = ("\n", "\n\n")
BARE: dict[str, Any] = {"head": "", "foot": ""}

plain(
    "md_links",
    "markdown_list",
    "<<- ¦* ¦1. ¦{n}. ¦+ ¦- [ ] ¦- [x] ¦>>[{title}]({link})<<¦ - {source}¦ ({source})¦ *{source}*¦ — {lead}¦: {lead}¦ _{date}_¦ ({source}, {date})¦ `{date}`¦\n  {lead}¦\n  > {lead}>>",
    between=LOOSE,
    head="<<# {name}\n\n¦## {today}\n\n¦>>",
    foot="",
    n=(3, 50),
    weight=2,
)
plain(
    "md_links_sections",
    "markdown_list",
    "<<- ¦* >>[{title}]({link})<<¦ - {source}¦ ({source})¦ - {lead}>>",
    between="\n",
    by="section",
    by_form=("\n## {}\n", "\n### {}\n", "\n**{}**\n"),
    head="# {name}\n",
    foot="",
    n=(4, 40),
)
plain(
    "md_headings",
    "markdown_digest",
    "<<## ¦### ¦#### ¦# >><<{title}¦[{title}]({link})>>\n\n<<*{source}, {date}*\n\n¦{source} | {date}\n\n¦**{source}** · {date}\n\n¦- {w:source}: {source}\n- {w:date}: {date}\n\n¦>>{body}<<\n\n[{w:read_more}]({link})¦\n\n<{link}>¦¦\n\n---¦\n\n{w:tags}: `{tags}`>>",
    between=("\n\n", "\n\n\n"),
    n=(2, 14),
    weight=1.5,
)
plain(
    "md_quote",
    "markdown_digest",
    "> **{title}**\n> {source}\n>\n> {blurb1}",
    between=("\n\n",),
    chrome=0.2,
    tune=lambda st: st.extra.update(blurb1=("teaser", lambda s, i: s.teaser)),
)
plain(
    "md_reading_log",
    "markdown_log",
    "- <<{time} ¦>>**{title}** <<#{section2}¦({source})>>\n  <<- >>{lead}\n  <<- {link}¦{link}>>",
    between=LOOSE,
    days=1,
    tune=lambda st: st.extra.update(section2=(None, lambda s, i: s.section)),
    **BARE,
)
plain(
    "md_table",
    "markdown_table",
    "| <<{date} | {title} | {source}¦{title} | {source} | {date}¦[{title}]({link}) | {source}¦{n} | {title} | {source} | {date}>> |",
    between="\n",
    head="| A | B | C |\n|---|---|---|\n",
    foot="",
)
plain(
    "org_list",
    "org",
    "<<* ¦** ¦** TODO ¦*** >><<{title}¦⟦{link}][{title}⟧>><< :{section2}:¦>>\n<<:PROPERTIES:\n:SOURCE: {source}\n:CREATED: [{iso}]\n:END:\n¦   <{iso}>\n¦SCHEDULED: <{iso}>\n¦>>{lead}",
    between=LOOSE,
    tune=lambda st: st.extra.update(section2=(None, lambda s, i: s.section)),
    **BARE,
)
plain(
    "org_links",
    "org",
    "- ⟦{link}][{title}⟧<< - {source}¦ :: {lead}¦>>",
    between="\n",
    by="section",
    by_form=("\n* {}", "** {}"),
    **BARE,
)
plain(
    "asciidoc",
    "asciidoc",
    "<<== ¦=== >>{title}\n<<{author1}\n¦>><<_{source}, {date}_\n\n¦[.lead]\n>>{body}<<\n\nlink:{link}[{w:read_more}]¦>>",
    between=("\n\n",),
    head="= {name}\n:toc:\n\n",
    foot="",
    n=(2, 12),
)
plain(
    "asciidoc_links",
    "asciidoc",
    "* {link}[{title}]<< ({source})¦ - {lead}¦>>",
    between="\n",
    by="section",
    by_form=("\n== {}\n", "\n.{}"),
    **BARE,
)
plain(
    "rst_list",
    "restructured",
    "<<{title}\n-----------------------------------\n\n¦{title}\n~~~~~~~~~~~~~~~~~~~~~~\n\n>><<:source: {source}\n:date: {iso}\n\n¦>>{body}",
    between=("\n\n", "\n\n\n"),
    n=(2, 12),
    **BARE,
)
plain("rst_links", "restructured", "* `{title} <{link}>`_<< -- {source}¦ ({date})¦>>", between=LOOSE, **BARE)
plain(
    "wiki_list",
    "wiki_markup",
    "<<* ¦# ¦*** >><<{blurb} [{link} {source}]¦[{link} {title}]. {source}, {date}¦'''{title}''' – {lead} ({source})¦{sentence} <ref>[{link} {source}]</ref>>>",
    between="\n",
    days=0.4,
    by="section",
    by_form=("\n== {} ==", "\n=== {} ===", "\n;{}"),
    **BARE,
)
plain(
    "bbcode",
    "bbcode",
    "<<[url={link}]{title}[/url]\n¦[b]{title}[/b]\n¦[*][url={link}]{title}[/url] >>{lead}<<\n[i]{source}[/i]¦ ({source})¦>>",
    between=LOOSE,
    **BARE,
)
plain(
    "html_escaped_list",
    "html_source",
    '<<<li><a href="{link}">{title}</a> ({source})</li>¦<li><a href="{link}">{title}</a><br>{lead}</li>¦<p><b>{title}</b> {lead} <i>{source}</i></p>¦<dt>{title}</dt><dd>{lead}</dd>>>',
    between="\n",
    head="<<<ul>\n¦>>",
    foot="<<\n</ul>¦>>",
    n=(3, 40),
)
plain(
    "gemini_links",
    "gemtext",
    "=> {link} <<{iso} {title}¦{title}¦{iso} - {source} - {title}>>[[50%\n{lead}]]",
    between=LOOSE,
    head="# {name}\n\n",
    foot="<<\n\n=> / {w:home}¦>>",
    n=(3, 40),
)
plain(
    "gopher_menu",
    "gemtext",
    "<<{n} {title}\t/{id}\t{site2}\t70¦0{title}\t/{id}\t{site2}\t70>>",
    between="\n",
    tune=lambda st: st.extra.update(site2=(None, lambda s, i: s.site)),
    **BARE,
)
plain(
    "table_tabs",
    "table_tabs",
    "<<{date}\t{source}\t{title}¦{title}\t{source}\t{date}¦{source}\t{title}\t{link}¦{id}\t{date}\t{title}\t{source}\t{link}¦{iso}\t{title}\t{teaser}¦{title}\t{teaser}\t{source}\t{date}¦{isotime}\t{site}\t{title}\t{link}¦{n}\t{title}\t{author1}\t{source}>>",
    between="\n",
    head="<<{w:date}\t{w:source}\t{w:title}\n¦>>",
    foot="",
    n=(3, 60),
    weight=2,
)
plain(
    "table_pipes",
    "table_pipes",
    "<<{date} | {source} | {title}¦{title} | {source} | {date}¦{source} | {title}¦{title} | {date}¦{iso}|{source}|{title}|{link}¦{n} | {title} | {source} | {link}¦{source} || {title} || {teaser}¦{title} | {teaser}¦{date} / {source} / {title}¦{title} / {source}>>",
    between="\n",
    head="<<{w:date} | {w:source} | {w:title}\n¦>>",
    foot="",
    n=(3, 60),
    weight=2,
)
plain(
    "table_semicolons",
    "table_semicolons",
    '<<{iso};{source};{title}¦{title};{source};{iso};{link}¦"{date}";"{source}";"{title}"¦"{title}","{teaser}","{source}"¦{isotime},"{title}",{site}>>',
    between="\n",
    chrome=0.1,
    n=(3, 60),
)
plain(
    "table_boxed",
    "table_boxed",
    "<<│ {date} │ {source} │ {title} │¦| {n} | {title} | {source} |¦║ {title} ║ {source} ║>>",
    between=("\n", "\n├──────┼──────┼──────┤\n", "\n+-----+------+------+\n"),
    head="┌──────┬──────┬──────┐\n",
    foot="\n└──────┴──────┴──────┘",
    n=(3, 30),
)
plain(
    "yaml_list",
    "yaml_like",
    '- title: <<"{title}"¦{title}>>\n  <<source¦feed>>: {source}\n  date: <<{iso}¦{isotime}>>\n  <<url: {link}\n  ¦>><<summary: >¦text: |¦summary:>>\n    {lead}',
    between=LOOSE,
    head="<<---\nitems:\n¦stories:\n¦>>",
    foot="",
    n=(2, 30),
)
plain(
    "json_pretty",
    "json_like",
    '  {\n    "title": "{title}",\n    "source": "{source}",\n    "published": "{isotime}",\n    "url": "{link}",\n    "summary": "{lead}"\n  }',
    between=",\n",
    head="[\n",
    foot="\n]",
    n=(2, 20),
)
plain(
    "ini_records",
    "ini_like",
    "[<<item{n}¦{id}¦story {n}>>]\ntitle<< = ¦=>>{title}\nsource<< = ¦=>>{source}\ndate<< = ¦=>>{isotime}\n<<url={link}\n¦>>text<< = ¦=>>{lead}",
    between=("\n\n",),
    **BARE,
    n=(2, 25),
)
plain(
    "xml_source",
    "xml_source",
    "<<<item><title>{title}</title><link>{link}</link><pubDate>{rfc}</pubDate><description>{lead}</description></item>¦<item>\n  <title>{title}</title>\n  <source>{source}</source>\n  <pubDate>{rfc}</pubDate>\n  <description>{lead}</description>\n</item>¦<entry>\n<title>{title}</title>\n<author><name>{author1}</name></author>\n<updated>{isotime}</updated>\n<summary>{lead}</summary>\n</entry>>>",
    between="\n",
    head="<rss><channel>\n",
    foot="\n</channel></rss>",
    n=(2, 20),
    weight=0.5,
)
plain("outline_tabs", "outline", "{title}\n\t<<{source}\n\t¦>><<{date}\n\t¦>>{lead}", between=LOOSE, **BARE)
plain(
    "outline_numbers",
    "outline",
    "<<1.{n} ¦{n}.0 ¦§ {n} ¦Item {n}. >>{title}\n<<     ¦  >>{source}, {date}\n<<     ¦  >>{lead}",
    between=LOOSE,
)
plain("clipboard_glued", "clipboard", "{title}{source}<<{age}¦{date}¦>>{teaser}", between="\n", n=(3, 30))
plain("clipboard_glued_source", "clipboard", "{source}{title}<<¦{teaser}>>", between=("\n", "\n\n"), n=(3, 30))
plain(
    "clipboard_indent",
    "clipboard",
    "    <<• ¦1. ¦>>{title}\n    <<    ¦>>{source}\n    <<    ¦>>{age}[[\n    {teaser}]]",
    between=LOOSE,
    n=(3, 30),
)
plain("clipboard_tabs", "clipboard", "\t<<{source}\t¦>>{title}\t<<{teaser}\t¦>>{age}\t", between=LOOSE, n=(3, 40))
plain("clipboard_spaced", "clipboard", "{source} \n\n{title} \n\n{teaser} \n\n{age} ", between="\n\n \n\n", n=(3, 20))
plain("bookmarks_list", "bookmarks", "{title}\n{link}<<\n{tags}¦¦\n{date}¦\n{lead}>>", between=LOOSE, **BARE, n=(3, 50))
plain("link_dump", "bookmarks", "{link}<< - ¦ # ¦ | ¦ >>{title}", between="\n", **BARE, n=(3, 50))
plain(
    "title_link",
    "bookmarks",
    "<<{title} {link}¦{title} - {link}¦{title} <{link}>¦{title}: {link}¦{title} | {link}¦{title}\t{link}¦{title} ({link})>>",
    between=LOOSE,
    **BARE,
    n=(3, 50),
)
