"""Feed readers as text: what their lists and opened entries look like when copied, printed or dumped."""

from __future__ import annotations

from tests.training.texts.compose import RULES, plain

GAPS = ("\n", "\n\n", "\n\n", "\n\n\n")
LOOSE = ("\n\n", "\n\n", "\n\n\n", "\n \n")

plain(
    "miniflux_list",
    "miniflux",
    "{title}[[\n{section}]]\n<<\n¦>><<    ¦  ¦>>{source}\n<<    ¦  ¦>>{age}[[\n    {minutes} min]]\n<<\n¦>>    {w:mark_read}\n    {w:starred}\n    {w:save}[[50%\n    {w:open_original}]][[40%\n    {w:comments}]]",
    between=LOOSE,
)
plain(
    "miniflux_entry",
    "miniflux",
    "{title}\n<<{source}¦{w:by} {source}>>[[ {w:by} {author}]]\n{date}[[ · {minutes} min]]\n<<{w:mark_read}\n{w:starred}\n{w:share}\n\n¦\n>>{whole}[[\n\n{w:comments}]]",
    n=(1, 8),
    between=LOOSE,
)
plain(
    "newsblur_list",
    "newsblur",
    "{source}\n{title}[[\n{teaser}]][[\n{author}]]\n<<{time}¦{date}¦{age}>>",
    between=GAPS,
    days=0.3,
)
plain(
    "newsblur_split",
    "newsblur",
    "{title}\n[[{author}\n]]{date}\n<<{w:share} {w:save} {w:reply}¦{w:open_original}>>\n{body}[[30%\n{tags}]]",
    between=LOOSE,
    n=(2, 15),
)
plain(
    "inoreader_list",
    "inoreader",
    "{source}\n{title}[[<< - ¦ — ¦: >>{teaser}]]\n<<{monthday}¦{age}¦{date}>>",
    between=("\n", "\n", "\n\n"),
)
plain(
    "inoreader_cards",
    "inoreader",
    "{title}\n{source}<< ¦  · ¦\n>>{age}[[\n{teaser}]]\n<<★ ✓ …¦{w:mark_read}\n{w:save}¦{r:0-99}>>",
    between=LOOSE,
)
plain(
    "inoreader_magazine",
    "inoreader",
    "{source} / {section}\n{title}[[\n{teaser}]]\n{age}[[ • {author}]][[20% • {r:1-400}]]",
    between=GAPS,
)
plain(
    "feedly_titles",
    "feedly",
    "{r:0-900}\n{title}\n{source}<< / ¦ by {author1} / ¦ · >>{age}[[\n{teaser}]]",
    between=LOOSE,
    days=0.4,
)
plain("feedly_list", "feedly", "{source}\t{title}[[ {teaser}]]\t{age}", between="\n")
plain(
    "feedly_cards",
    "feedly",
    "{title}\n{source}[[ {w:by} {author}]]<< / ¦ • >>{age}[[\n{teaser}]]\n{w:mark_read}\n{w:save}",
    between=LOOSE,
)
plain(
    "ttrss_combined",
    "ttrss",
    "<<▸ ¦☐ ¦¦☆ >>{title}[[ - {source}]]<<  ¦\n>>{date}\n[[{author}\n]]{body}\n<<[{tags}]\n¦>><<{w:share} {w:mark_read}¦★ ✉ ⤴¦>>",
    between=LOOSE,
    n=(2, 14),
    days=0.2,
)
plain(
    "ttrss_headlines",
    "ttrss",
    "<<☐ ¦[ ] ¦>>{title}[[<< - ¦ — >>{teaser}]]<<\t¦  ¦\n>>{source}<<\t¦  ¦\n>><<{time}¦{date}¦{monthday}>>",
    between=("\n", "\n\n"),
    days=0.5,
)
plain(
    "oldreader_expanded",
    "oldreader",
    "{title}\n{source}\n[[{w:by} {author}\n]]{date}\n\n{body}\n\nLike\n{w:share}\nEmail\n{w:mark_read}",
    between=LOOSE,
    n=(2, 14),
)
plain("oldreader_list", "oldreader", "{source}<<\t¦\n>>{title}[[ – {teaser}]]<<\t¦\n>>{date}", between=("\n", "\n\n"))
plain(
    "freshrss_global",
    "freshrss",
    "<<  • ¦* ¦¦- >>{source}\n<<  • ¦* ¦¦- >>{title}[[\n    {teaser}]]\n<<  • ¦¦    >>{date}\n\n{title}\n\n[[{w:by} {author}\n\n]]{date}\n\n{body}",
    between=LOOSE,
    n=(2, 10),
    days=0.6,
)
plain(
    "freshrss_rows",
    "freshrss",
    "<<✇¦☆ ¦¦★ >>{source}<<\t¦  ¦\n>>{title}[[<<\t¦ ¦\n>>{teaser}]]<<\t¦  ¦\n>>{date}",
    between=("\n", "\n\n"),
    days=0.6,
)
plain(
    "freshrss_reader",
    "freshrss",
    "{source}[[ · {author}]]\n{title}\n{date}\n\n{whole}<<\n\n{w:tags}: {hashtags}¦¦\n{link}>>",
    between=LOOSE,
    n=(2, 8),
)
plain(
    "selfoss_list",
    "selfoss",
    "{title}\n<<{source} • {age}¦{source} {age}¦{tags} {source} - {age}>>\n\n{body}\n\n{w:open_original} {w:share} {w:next}",
    between=LOOSE,
    n=(2, 12),
)
plain("selfoss_closed", "selfoss", "{title}[[ {author}]]\n{source} • {date}", between=GAPS)
plain("yarr_list", "yarr", "<<● ¦¦★ >>{source}\n{date}\n{title}", between=("\n", "\n\n"))
plain("commafeed_rows", "commafeed", "{source}\t{title}[[ - {teaser}]]\t{age}", between="\n")
plain(
    "commafeed_expanded",
    "commafeed",
    "{title}\n<<{source} {w:by} {author1}¦{source}>>\n{date}\n{body}\n<<{w:save} {w:share} {w:open_original} {w:tags}¦{w:mark_read}>>",
    between=LOOSE,
    n=(2, 12),
)
plain("feedbin_list", "feedbin", "{source}\n{title}[[ {teaser}]]\n{age}", between=("\n", "\n\n"), days=0.1)
plain("feedbin_three", "feedbin", "{age}\n{title}\n{source}[[\n{teaser}]]", between=GAPS)
plain(
    "nextcloud_news",
    "nextcloud_news",
    "{source}\n{title}[[\n{teaser}]]\n{age}\n<<{w:starred}\n{w:mark_read}¦¦…>>",
    between=GAPS,
)
plain(
    "nextcloud_expanded",
    "nextcloud_news",
    "{title}\n{date}\n{w:source}: {source}[[\n{w:author}: {author}]]\n\n{body}",
    between=LOOSE,
    n=(1, 10),
)
plain(
    "reeder_list",
    "reeder",
    "<<{SOURCE}¦{source}>>\n{title}[[\n{teaser}]]\n<<{time}¦{monthday}>>",
    between=GAPS,
    days=0.8,
)
plain(
    "reeder_article",
    "reeder",
    "{date}\n{title}\n[[{author} · ]]{source}\n\n{body}",
    between=tuple("\n\n" + r + "\n\n" for r in RULES[:6]),
    n=(1, 8),
)
plain(
    "netnewswire",
    "netnewswire",
    "{title}[[ {teaser}]]\n{source}<< ¦\n>><<{time}¦{monthday}¦{date}>>",
    between=GAPS,
    days=0.2,
)
plain(
    "netnewswire_article",
    "netnewswire",
    "{source}[[\n{author}]]\n\n{title}\n\n{date}\n\n{whole}[[30%\n\n{link}]]",
    between=LOOSE,
    n=(1, 6),
)
plain("thunderbird_list", "thunderbird", "{title}\t<<{author1}¦{source}>>\t{date}", between="\n", n=(3, 40))
plain(
    "thunderbird_print",
    "thunderbird",
    "{w:title}: {title}\n{w:author}: <<{source}¦{author1}>>\n{w:date}: {date}\n<<{w:link}: {link}\n¦>>\n{body}",
    between=LOOSE,
    n=(1, 8),
)
plain(
    "outlook_feeds",
    "outlook",
    "{source}<<\t¦\n>>{title}<<\t¦\n>>{date}<<\t¦\n>>{kb}B[[\n{teaser} <end>]]",
    between=("\n", "\n\n"),
    days=0.3,
)
plain("vivaldi_feeds", "vivaldi", "{title}\n{source}\n{isotime}", between=("\n", "\n\n"))
plain(
    "netvibes_widgets",
    "netvibes",
    "{title}[[<<\n{age}¦ {age}¦>>]]",
    between="\n",
    by="source",
    by_form=("{}", "{} (8)", "▾ {}", "{} ×", "\n{}", "\n\n{} (3)"),
)
plain(
    "protopage",
    "protopage",
    "<<• ¦¦- >>{title}<<\n{teaser}¦>>",
    between="\n",
    by="source",
    by_form=("\n{}", "\n\n{}", "\n{}:", "\n== {} =="),
)
plain(
    "igoogle_tabs",
    "startpage",
    "<<+ ¦▪ ¦>>{title}<<  {age}¦¦ ({r:0-40})>>",
    between="\n",
    by="section",
    by_form=("\n{}", "\n\n[ {} ]", "\n{}\n----"),
)
plain(
    "netboard",
    "startpage",
    "{title}<<\n¦ — >>{site}<< · {age}¦>>",
    between="\n",
    by="section",
    by_form=("\n{}", "\n\n{} »"),
)
plain(
    "google_news",
    "google_news",
    "{source}\n<<{w:save}\n¦More\n¦>>{title}\n{age}[[\n{w:by} {author}]]",
    between=("\n", "\n\n"),
    by="section",
    by_form=("\n{}", "{}", "\n{} ›"),
)
plain(
    "google_news_clusters",
    "google_news",
    "{title}\n{source}<< - ¦ · ¦\n>>{age}[[40%\n{w:related}\n{w:all}]]",
    between=GAPS,
)
plain(
    "apple_news", "apple_news", "{source}\n{title}\n<<{age}¦{age} · {author1}¦>>", between=("\n", "\n\n"), by="section"
)
plain("msn_feed", "msn_feed", "{source}<< · ¦\n>>{age}\n{title}\n{r:0-900}\n{r:0-90}", between=("\n", "\n\n"))
plain(
    "yahoo_home",
    "yahoo_home",
    "{section}<< / ¦\n>>{source}\n{title}[[\n{teaser}]]\n<<{r:1-40} min¦{r:2-999} {w:comments}¦>>",
    between=GAPS,
)
plain("smartnews", "smartnews", "{title}\n{source}<<  ¦ | >>{age}", between=("\n", "\n\n"), by="section")
plain("pocket_list", "pocket", "{title}\n{site}<< · ¦\n>>{minutes} min[[30%\n{tags}]]", between=LOOSE)
plain(
    "instapaper_list",
    "instapaper",
    "{title}\n{site}<< · ¦\n>>[[{author} · ]]{minutes} min[[\n{teaser}]]\n<<{w:starred} {w:save} {w:share}¦>>",
    between=LOOSE,
)
plain(
    "wallabag_list", "wallabag", "{title}\n{site}\n{minutes} min\n<<{tags}\n¦>>{w:mark_read} {w:starred}", between=GAPS
)
plain("readwise_feed", "readwise", "{title}[[\n{teaser}]]\n{site}[[ · {author}]] · {minutes} min · {age}", between=GAPS)
plain(
    "flipboard_page",
    "flipboard",
    "{title}\n<<{site}¦{source}>> <<- {w:by} {author1}¦• {age}>>[[\n\n{teaser}]]\n\n<<{r:1-60} {w:comments} · {w:share}¦{w:share}>>",
    between=LOOSE,
)
plain(
    "rssowl_news",
    "rssowl",
    "{title}<<\t¦  >>{date}[[<<\t¦  >>{author}]]<<\t¦  >>{source}<<\t¦  >>{section}",
    between="\n",
    head="{w:title}\t{w:date}\t{w:author}\t{w:source}\n",
)
plain(
    "akregator",
    "akregator",
    "{title}\n{w:date}: {date}\n[[{w:author}: {author}\n]]\n{body}\n{w:read_more}",
    between=("\n\n", "\n\n\n"),
    n=(2, 12),
)
plain(
    "liferea_combined",
    "liferea",
    "{w:source}: {source}\n{w:title}: {title}\n{w:date}: {date}[[\n{w:author}: {author}]]\n\n{body}",
    between=LOOSE,
    n=(2, 12),
)
plain(
    "quiterss",
    "quiterss",
    "{title}\n<<{w:published}: ¦>>{date}[[ {author}]]\n{source}\n{lead}\n{w:read_more}...",
    between=LOOSE,
)
plain("feeder_android", "feeder_app", "{source}<< • ¦\n>>{monthday}\n{title}[[\n{teaser}]]", between=GAPS)
plain(
    "bazqux",
    "bazqux",
    "{title}<<  ¦\n>>{source}[[ {w:by} {author}]] {age}\n{body}\n{r:0-50} {w:comments}",
    between=LOOSE,
    n=(2, 14),
)
plain(
    "kindle_periodical",
    "kindle",
    "{title}\n[[{w:by} {author} | ]]{source} | {date} | {words} words\n\n{whole}",
    between=("\n\n\n", "\n\n\x0c\n", "\n\n***\n\n"),
    n=(2, 8),
    by="section",
)
