"""Mailboxes, messages and digests: the cases, what is no mail, and what holds for any message."""

import base64
import json
import mailbox
import quopri

import pytest
from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.formats import split_snapshot
from feedmill.transforms.formats.mail.bodies import paragraphs
from feedmill.transforms.formats.mail.heads import find_head, read_says
from feedmill.transforms.formats.mail.parts import unbase64
from feedmill.transforms.formats.mail.split import sniff_mail
from feedmill.transforms.rows.story import Snapshot
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import CASES

PAIRS = sorted(path for path in (CASES / "mail").iterdir() if path.suffix != ".json")
KEEP = ("form", "title", "source_name", "authors", "url", "guid", "published_raw", "published_at", "body")


def split(data):
    return split_snapshot(Snapshot("a", data.encode() if isinstance(data, str) else data))


def told(found):
    rows = [{k: v for k, v in s._asdict().items() if k in KEEP and v} for s in found.stories]
    return {"format": found.format, "stories": rows, "removed": [gone.text for gone in found.removed]}


@pytest.mark.parametrize("case", PAIRS, ids=lambda path: path.stem)
def test_case(case):
    """To report a mail that is read wrongly, add it and what it should give to tests/cases/mail."""
    data = case.read_bytes()
    found = split(data)
    assert json.loads(json.dumps(told(found))) == json.loads(case.with_suffix(".json").read_text(encoding="utf-8"))
    assert b"".join(data[span.start : span.end] for span in found.spans) == data


@pytest.mark.parametrize("case", PAIRS, ids=lambda path: path.stem)
def test_lines_may_end_as_on_the_wire(case):
    data = case.read_bytes()
    plain = split(data.replace(b"\r\n", b"\n"))
    if b"Content-Length" in data:  # which counts the bytes of the lines as they are
        return
    wired = split(data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    assert [story.title for story in wired.stories] == [story.title for story in plain.stories]
    assert [story.body for story in wired.stories] == [story.body for story in plain.stories]


@pytest.mark.parametrize("name", ["forwarded_german.txt", "digest_as_of_old.txt", "newsletter_of_one_story.eml"])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_saved_in_another_encoding(name, encoding):
    text = (CASES / "mail" / name).read_bytes().decode()
    data = text.encode(encoding)
    found = split(data)
    assert [story.body for story in found.stories] == [story.body for story in split(text).stories]
    assert b"".join(data[span.start : span.end] for span in found.spans) == data
    for story in found.stories:
        if story.title in text:
            assert story.title in data[story.byte_start : story.byte_end].decode(
                encoding.replace("-sig", ""), "replace"
            )


@pytest.mark.parametrize(
    "text",
    [
        "From: here\nTo: there\nand back again, the road went on and on.\n",  # no blank line ends it
        "From here the road goes on.\n\nSubject: none\n",
        "Title: Crane falls\nDate: 3 March 2026\n\nTitle: Heron back\nDate: 4 March 2026\n",
        "Date: today\n\nText\n",
        "HTTP/1.1 200 OK\nDate: Tue, 3 Mar 2026 08:00:00 GMT\nServer: x\n\n<rss/>",
        "----------\n\nNote: this is no mail\n\n----------\n\nNote: neither is this\n",
        "Subject: Crane falls\nDate: 3 March 2026\nText: A crane fell across two berths on Monday, and it was seen.\n\n"
        "Subject: Heron back\nDate: 4 March 2026\nText: A heron came back to the quay, as it does each year, at dawn.\n",
        "",
    ],
)
def test_what_is_no_mail(text):
    assert sniff_mail(text) is None


def test_a_page_saved_as_a_message_is_a_page():
    head = "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://pier.example/a\r\nSubject: A page\r\n"
    head += 'Date: Tue, 3 Mar 2026 08:00:00 -0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n'
    part = "--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n--b--\r\n"
    page = "<html><body><h1>About us</h1><p>We are a harbour.</p></body></html>"
    with pytest.raises(Rejected) as caught:
        split(head + part.format(page))
    assert caught.value.reason is Reason.NOT_A_FEED
    reader = quopri.encodestring((CASES / "freshrss_html" / "reader_view.html").read_bytes()).decode()
    found = split(head + part.format(reader))
    page = split((CASES / "freshrss_html" / "reader_view.html").read_bytes())
    assert [story.title for story in found.stories] == [story.title for story in page.stories]


def test_a_mail_that_says_nothing_is_declined():
    with pytest.raises(Rejected) as caught:
        split("From: a@b.example\nMessage-ID: <1@b.example>\n\n\n")
    assert caught.value.reason is Reason.NO_STORIES


def test_the_same_message_twice_is_not_told_apart_by_its_id():
    one = "From a@b.example Tue Mar  3 08:00:00 2026\nFrom: a@b.example\nSubject: Crane\nMessage-ID: <1@b.example>\n\nx\n\n"
    assert [story.guid_trusted for story in split(one).stories] == [True]
    assert [story.guid_trusted for story in split(one + one).stories] == [False, False]


@pytest.mark.parametrize(
    ("head", "source", "authors"),
    [
        ("From: Ana Silva <a@b.example>", None, ("Ana Silva",)),
        ("From: a@b.example", None, ()),
        ('From: "The Pier: Ana Silva" <a@b.example>\nUser-Agent: rss2email/3.14', "The Pier", ("Ana Silva",)),
        ("From: The Pier <a@b.example>\nX-RSS-Feed: https://pier.example/feed", "The Pier", ()),
        ("From: The Pier <a@b.example>\nList-Unsubscribe: <mailto:u@b.example>", "The Pier", ()),
        ("From: Ana <a@b.example>\nList-Id: Pier talk <pier.b.example>\nList-Post: <x>", "Pier talk", ("Ana",)),
        ("From: Ana via Pier <p@b.example>\nList-Id: <pier.b.example>\nList-Post: <x>", "pier", ("Ana",)),
    ],
)
def test_who_a_mail_is_from(head, source, authors):
    text = f"{head}\nSubject: x\n\n"
    says = read_says(find_head(text, 0, len(text)), "UTC")
    assert (says.source, says.authors) == (source, authors)


def test_paragraphs():
    wrapped = (
        "> The river rose by two metres overnight, and the\n> bridges at Lindenfeld were closed.\n\nSo it was.\nAna\n"
    )
    assert paragraphs(wrapped) == (
        "> The river rose by two metres overnight, and the bridges at Lindenfeld were closed.\n\nSo it was.\nAna"
    )
    assert paragraphs("A \nflowed \nline\n\n> quoted \nend\n", "no") == "A flowed line\n\n> quoted end"


@given(st.binary(max_size=300))
@settings(max_examples=100, derandomize=True, database=None, deadline=None)
def test_base64_is_read_whatever_stands_in_it(data):
    sent = base64.encodebytes(data)
    assert unbase64(sent) == data
    assert unbase64(sent.replace(b"\n", b" !\r\n")) == data
    assert data.startswith(unbase64(sent[: len(sent) // 2]))


LINE = st.text("abcdefghij .,:>-", max_size=60).map(lambda s: s.rstrip()) | st.sampled_from(
    ["From here on.", ">From", "", "-- "]
)


@given(st.lists(st.lists(LINE, max_size=8), min_size=1, max_size=6))
@settings(max_examples=60, derandomize=True, database=None, deadline=None)
def test_a_mailbox_has_the_messages_that_were_put_in(tmp_path_factory, texts):
    """As Python's own `mailbox` writes one."""
    path = tmp_path_factory.mktemp("box") / "a.mbox"
    box = mailbox.mbox(path)
    for n, lines in enumerate(texts):
        message = mailbox.mboxMessage()
        message["From"], message["Subject"], message["Message-ID"] = "a@b.example", f"Number {n}", f"<{n}@b.example>"
        message.set_payload("\n".join(lines) + "\n")
        message.set_from("a@b.example", (2026, 3, 3, 8, 0, 0, 1, 62, -1))
        box.add(message)
    box.close()
    found = split(path.read_bytes())
    assert [story.title for story in found.stories if story.guid] == [f"Number {n}" for n in range(len(texts))]
    assert all(s.published_at for s in found.stories if s.guid)


@pytest.mark.parametrize("mark", ["(", "a:", "[(", "(()"])
def test_a_field_nested_to_exhaust_its_parser_says_no_name(mark):
    told = f"From: {mark * 6_000}ana@a.example\nSubject: Rain\nDate: Tue, 15 Jul 2025 10:41:03 +0000\n\nIt rained.\n"
    (story,) = split(told.encode()).stories
    assert (story.title, story.body) == ("Rain", "It rained.")


ARCHIVE = (CASES / "records" / "nexis_uni_french.txt").read_text(encoding="utf-8")
LETTER = "The newspapers of this week are below, as you asked. I shall be away until Friday."


def mail(*parts):
    head = "From: Ada <ada@a.example>\nSubject: Press of the week\nDate: Mon, 20 May 2024 09:00:00 +0000\nMessage-ID: <1@a>\n"
    if len(parts) == 1:
        return f"{head}Content-Type: text/plain; charset=utf-8\n\n{parts[0][2]}"
    body = "".join(
        f"--x\nContent-Type: {kind}; charset=utf-8\nContent-Disposition: {place}\n\n{text}\n"
        for kind, place, text in parts
    )
    return f"{head}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n{body}--x--\n"


ARCHIVED = [story.title for story in split(ARCHIVE).stories]
NESTED = {
    "the text": (mail(("text/plain", "inline", ARCHIVE)), ARCHIVED),
    "below a note": (mail(("text/plain", "inline", f"{LETTER}\n\n{ARCHIVE}")), ARCHIVED),
    "attached": (
        mail(("text/plain", "inline", LETTER), ("text/plain", "attachment; filename=press.txt", ARCHIVE)),
        ["Press of the week", *ARCHIVED],
    ),
    "a letter attached": (
        mail(("text/plain", "inline", LETTER), ("text/plain", "attachment; filename=a.txt", LETTER)),
        ["Press of the week"],
    ),
    "in a box": (
        "From ada@a.example Mon May 20 09:00:00 2024\n" + mail(("text/plain", "inline", ARCHIVE)) + "\n\n"
        "From ada@a.example Mon May 20 10:00:00 2024\n" + mail(("text/plain", "inline", LETTER)) + "\n",
        [*ARCHIVED, "Press of the week"],
    ),
}


@pytest.mark.parametrize("name", NESTED)
def test_a_dump_in_a_mail_gives_its_own_stories(name):
    text, titles = NESTED[name]
    data = text.encode()
    found = split(data)
    assert [story.title for story in found.stories] == titles
    assert b"".join(data[span.start : span.end] for span in found.spans) == data
    for story in found.stories:
        assert story.title in data[story.byte_start : story.byte_end].decode()


def test_messages_joined_with_nothing_over_each():
    letter = "From: a@b.example\nSubject: {0}\nDate: Mon, 3 Mar 2025 10:12:00 +0000\nMessage-ID: <{0}@b.example>\n\nText of {0}.\n\n"
    data = "".join(letter.format(name) for name in ("rates", "rain", "bells")).encode()
    for told in (data, data.replace(b"\n", b"\r\n")):
        got = split(told)
        assert [(s.title, s.body) for s in got.stories] == [(n, f"Text of {n}.") for n in ("rates", "rain", "bells")]
        assert b"".join(told[span.start : span.end] for span in got.spans) == told
    # the same message again, a head within a message of parts, and a text that quotes one are no messages of their own
    assert len(split((letter.format("rates") * 2).encode()).stories) == 1
    parts = letter.format("rates").replace("\n\n", '\nContent-Type: multipart/mixed; boundary="x"\n\n--x\n\n', 1)
    assert split((parts + letter.format("rain") + "--x--\n").encode()).stories[0].byte_end > len(parts)
    quoted = letter.format("rates") + "Subject: rain\nDate: Mon, 3 Mar 2025 10:12:00 +0000\n\nAll of it.\n"
    assert len(split(quoted.encode()).stories) == 1
