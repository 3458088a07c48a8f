"""Posts of channels as Telegram exports them, lists of programs in a terminal, tables without a header, chats."""

import json

import pytest
from feedmill.transforms.failures import Rejected
from feedmill.transforms.formats import split_snapshot
from feedmill.transforms.rows.story import Snapshot

TITLE, TEXT, LINK = (
    "Grain ferry runs again",
    "The ferry to Tern left at dawn.\n\nIt carries rye.",
    "https://a.example/1",
)


def split(text):
    data = text.encode()
    got = split_snapshot(Snapshot("a", data))
    assert b"".join(data[span.start : span.end] for span in got.spans) == data
    return got


def message(text, **more):
    return {"id": 2, "type": "message", "date": "2025-03-03T11:12:00", "date_unixtime": "1740996720", "from": "Kai",
            "from_id": "channel1", "text": text, "text_entities": [], **more}  # fmt: skip


BOLD, HREF = {"type": "bold", "text": TITLE}, {"type": "link", "text": LINK}
POSTS = {
    "bold": ([BOLD, f"\n\n{TEXT}\n\n", HREF], TITLE, TEXT, LINK),
    "mark before bold": (["⚡️", BOLD, f"\n{TEXT}"], f"⚡️{TITLE}", TEXT, None),
    "bold word in a sentence": (
        [{"type": "bold", "text": "Tern"}, " has a ferry again."],
        None,
        "Tern has a ferry again.",
        None,
    ),
    "first line": (f"{TITLE}\n\n{TEXT}", TITLE, TEXT, None),
    "sentence": ("The ferry runs.\n\nIt carries rye.", None, "The ferry runs.\n\nIt carries rye.", None),
    "words that lead somewhere": (
        [BOLD, "\n\nMore ", {"type": "text_link", "text": "here", "href": LINK}],
        TITLE,
        "More here",
        LINK,
    ),
}


@pytest.mark.parametrize("name", POSTS)
def test_a_post_in_json(name):
    runs, title, body, url = POSTS[name]
    note = message("", type="service", action="create_channel")
    got = split(json.dumps({"name": "Kai", "type": "public_channel", "id": 1, "messages": [note, message(runs)]}))
    [story] = got.stories
    assert (story.title, story.body, story.url_raw, story.source_name) == (title, body, url, "Kai")
    assert story.published_at == 1_740_996_720_000_000
    assert story.confidence < 1 and [reject.reason for reject in got.rejects] == ["malformed"]


@pytest.mark.parametrize("kind", ["personal_chat", "private_group", "saved_messages"])
def test_a_chat_is_nobodys_news(kind):
    chat = {"name": "Ada", "type": kind, "id": 1, "messages": [message("Are you coming to the ferry tonight?")]}
    with pytest.raises(Rejected, match="chat"):
        split(json.dumps(chat))
    channel = {"name": "Kai", "type": "public_channel", "id": 2, "messages": [message([BOLD, f"\n\n{TEXT}"])]}
    got = split(json.dumps({"chats": {"list": [chat, channel]}}))
    assert [story.title for story in got.stories] == [TITLE]
    assert [reject.reason for reject in got.rejects] == ["not_a_feed"]


PAGE = """<!DOCTYPE html><html><body><div class="page_wrap">
<div class="page_header"><div class="content"><div class="text bold">
Kai
</div></div></div><div class="page_body chat_page"><div class="history">
<div class="message service" id="message-1"><div class="body details">3 March 2025</div></div>
<div class="message default clearfix" id="message2"><div class="body">
<div class="pull_right date details" title="03.03.2025 11:12:00 UTC+01:00">11:12</div><div class="from_name">
Kai
</div><div class="text">
<strong>Grain ferry runs again</strong><br><br>The ferry to Tern left at dawn.<br><br>It carries rye.<br><br><a href="https://a.example/1">https://a.example/1</a>
</div></div></div>
<div class="message default clearfix joined" id="message3"><div class="body">
<div class="pull_right date details" title="03.03.2025 12:00:00 UTC+01:00">12:00</div><div class="text">
Rye is dear this year, the millers say.
</div></div></div>
<div class="message default clearfix joined" id="message4"><div class="body">
<div class="pull_right date details" title="03.03.2025 12:01:00 UTC+01:00">12:01</div>
<div class="media_wrap clearfix"><a class="photo_wrap clearfix pull_left" href="photos/1.jpg"></a></div></div></div>
</div></div></div></body></html>
"""


def test_posts_on_a_page():
    got = split(PAGE)
    assert (got.format, got.source_name) == ("telegram_html", "Kai")
    one, two = got.stories
    assert (one.title, one.body, one.url, one.source_name) == (TITLE, TEXT, LINK, "Kai")
    assert (two.title, two.body, two.source_name) == (None, "Rye is dear this year, the millers say.", "Kai")
    assert (one.published_at, one.guid) == (1_740_996_720_000_000, "2")
    cut = split(PAGE[: PAGE.index("It carries")])
    assert [story.title for story in cut.stories] == [TITLE]


NEWSBOAT = """Newsboat 2.21 - Artikel im Feed '{}' (2 ungelesen, 3 insgesamt)
    1 N  Mär 03  0.4K {}Grain ferry runs again
    2    Mär 02  1.3K {}Rye is dear this year, the millers say
   10 N  Feb 28   12K {}Bell of the Halcyon found
q:Beenden ENTER:Öffnen s:Speichern r:Neuladen n:Nächster ungelesener /:Suchen ?:Hilfe
"""


@pytest.mark.parametrize(("feed", "column", "source"), [("Alle", "|The Quay    | ", "The Quay"), ("Kai", "", "Kai")])
def test_list_of_newsboat(feed, column, source):
    got = split(NEWSBOAT.format(feed, column, column, column))
    assert (got.format, got.chrome_lang) == ("terminal_list", "de")
    assert [(story.title, story.source_name) for story in got.stories] == [
        (TITLE, source),
        ("Rye is dear this year, the millers say", source),
        ("Bell of the Halcyon found", source),
    ]


def test_list_of_elfeed():
    rows = [
        ("2025-03-03", "Grain ferry runs again", "The Quay", "(unread,sea)"),
        ("2025-03-02", "Rye is dear this year, the millers say it", "Harbour Post", "(unread)"),  # fills its column
        ("2025-03-01", "Bell of the Halcyon found", "The Quay", "(sea)"),
    ]
    got = split("".join(f"{date} {title:<41} {feed:<16} {tags}\n" for date, title, feed, tags in rows))
    assert [(s.title, s.source_name, s.published_raw) for s in got.stories] == [(t, f, d) for d, t, f, _ in rows]
    assert got.stories[0].categories == ("sea",)


def test_table_without_a_header():
    row = "20250303{0}1200\thttps://a.example/{0}\t{1}\ta.example\tEnglish\n"
    got = split(
        row.format(10, TITLE) + row.format(11, "Rye is dear this year") + row.format(12, 'Bell of "Halcyon" found')
    )
    assert [(s.title, s.url) for s in got.stories] == [
        (TITLE, "https://a.example/10"),
        ("Rye is dear this year", "https://a.example/11"),
        ('Bell of "Halcyon" found', "https://a.example/12"),
    ]
    assert got.stories[0].published_at == 1_740_996_720_000_000
    assert {story.confidence for story in got.stories} == {0.9}


def test_list_of_gdelt_with_titles_among_much_else():
    row = "2025030310{0}00-{0}\t20250303{0}1200\t1\ta.example\thttps://a.example/{0}\tTAX_FNCACT;GENERAL_WORD AND MORE\t" \
          "1.5,2,3\t<PAGE_LINKS>https://b.example</PAGE_LINKS><PAGE_TITLE>{1}</PAGE_TITLE>\n"  # fmt: skip
    got = split(row.format(10, TITLE) + row.format(11, "Rye is dear this year"))
    assert [(s.title, s.url) for s in got.stories] == [
        (TITLE, "https://a.example/10"),
        ("Rye is dear this year", "https://a.example/11"),
    ]


CHATS = {
    "phone": "[03.03.25, 10:12:33] Ada: Good morning\n[03.03.25, 10:13:01] Jon: Are you up?\n[03.03.25, 10:13:09] Ada: Yes\n",
    "other phone": "3/3/25, 10:12 AM - Ada: Good morning\n3/3/25, 10:13 AM - Jon: Up?\n3/3/25, 10:14 AM - Ada: Yes, since six\n",
}


@pytest.mark.parametrize("name", CHATS)
def test_a_chat_of_a_phone_is_declined(name):
    with pytest.raises(Rejected, match="chat"):
        split(CHATS[name])
