"""Posts of channels, as Telegram exports them (`result.json`, `messages.html`): a headline, a text and a link in one.

A post's first line is its headline if it is set in bold, or stands alone above the text and is no sentence; else the
post has none.
"""

import re
from typing import Any, NamedTuple

from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.formats.json.story import address, all_media, form_of, media, one_line, people
from feedmill.transforms.rows.settings import Settings
from feedmill.transforms.rows.story import Media, RemovedText, Span, Split, Story
from feedmill.transforms.text.dates import Instant, publication, read_date
from feedmill.transforms.text.decode import Document
from feedmill.transforms.text.html import plain_to_text, read_html
from feedmill.transforms.text.lines import ends_sentence
from feedmill.transforms.text.spans import tile

_LONGEST = 200  # characters of a headline
_LINK_AT_END = re.compile(r"(?:\s|^)<?(https?://[^\s<>]+)>?\s*\Z")
# what chats with people, and not channels, are called; what people write to each other is nobody's news
CHATS = frozenset(("personal_chat", "bot_chat", "saved_messages", "private_group", "private_supergroup"))
_BOLD, _BY_PLACE, _NONE = (
    0.97,
    0.85,
    0.9,
)  # how sure a headline in bold is, one told by its place, and that there is none


class Post(NamedTuple):
    """What a post says."""

    title: str | None
    body: str | None
    url: str | None
    sure: float


def read_post(text: str, bold: str | None) -> Post:
    """Return headline, text and link of a post; `bold`: what is set in bold at its start, if that fills lines.

    >>> read_post("Rates held\\n\\nThe bank held rates.\\n\\nhttps://a.example/1", None)
    Post(title='Rates held', body='The bank held rates.', url='https://a.example/1', sure=0.85)
    >>> read_post("It rained. All day.", None).title
    """
    text = text.strip()
    link = _LINK_AT_END.search(text, max(0, len(text) - 2000))
    if link and text[: link.start()].strip():
        text = text[: link.start()].rstrip()
    url = link[1] if link else None
    head, rest, sure = "", text, _NONE
    if bold and text.startswith(bold) and len(bold) <= _LONGEST:
        head, rest, sure = bold, text[len(bold) :], _BOLD
    elif not bold:
        first, gap, more = text.partition("\n\n")
        if gap and more.strip() and "\n" not in first and len(first) <= _LONGEST and not ends_sentence(first):
            head, rest, sure = first, more, _BY_PLACE
        elif not gap and "\n" not in text and len(text) <= _LONGEST and not ends_sentence(text) and url:
            head, rest, sure = text, "", _BY_PLACE
    return Post(one_line(head), plain_to_text(rest) or None, url, sure)


def is_post(entry: Any) -> bool:
    """Whether an object is a message in an export of Telegram."""
    return (
        isinstance(entry, dict)
        and "date" in entry
        and "type" in entry
        and ("text_entities" in entry or "from_id" in entry)
    )


def post_story(entry: dict[str, Any], channel: str | None) -> Story | None:
    """Return the story in a message; None if it says nothing, as notes on the channel do."""
    runs = entry.get("text")
    runs = runs if isinstance(runs, list) else [runs]
    shown = [(run, "") if isinstance(run, str) else (run.get("text"), run.get("type")) for run in runs if run]
    said = [(text, kind) for text, kind in shown if isinstance(text, str)]
    text = "".join(text for text, _ in said)
    if entry.get("type") == "service" or not text.strip():
        return None
    post = read_post(text, _bold(said))
    own = next((run.get("href") for run in runs if isinstance(run, dict) and isinstance(run.get("href"), str)), None)
    source = one_line(str(entry.get("forwarded_from") or entry.get("from") or "")) or channel
    at = read_date(str(entry.get("date_unixtime") or ""), zone="UTC") or None
    if str(entry.get("date_unixtime", "")).isdecimal():
        at = Instant(int(entry["date_unixtime"]) * 1_000_000, "second", "explicit")
    raw = str(entry.get("date") or "") or None
    at = at or (read_date(raw) if raw else None)
    story = _story(post, post.url or own, source, raw, at, str(entry["author"]) if entry.get("author") else "")
    return story._replace(guid=f"{entry['id']}" if "id" in entry else None, feed_name=channel)


def _bold(runs: list[tuple[str, str | None]]) -> str | None:
    """Return what is set in bold at the start of a post, with what marks stand before it, if a line ends behind it."""
    lead = ""
    for n, (text, kind) in enumerate(runs):
        if kind == "bold":
            bold = text
            following = runs[n + 1 :]
            while following and following[0][1] == "bold":
                bold += following.pop(0)[0]
            rest = following[0][0] if following else "\n"
            if bold.strip() and (rest[:1] == "\n" or bold[-1:] == "\n" or not rest.strip()):
                return (lead + bold).strip()
            return None
        if any(map(str.isalnum, text)) and kind != "hashtag":
            return None
        lead += text
    return None


def _story(post: Post, url: str | None, source: str | None, raw: str | None, at: Instant | None, author: str) -> Story:
    return Story(
        0,
        0,
        form=form_of(post.title, None, post.body) if post.title else "blurb",
        title=post.title,
        body=post.body,
        authors=people(author) if author else (),
        source_name=source,
        url=address(url, None),
        url_raw=url,
        published_raw=raw,
        **publication(at),
        confidence=post.sure,
        confidence_bounds=0.99,
        confidence_fields=post.sure,
    )


# Pages

_MESSAGE = re.compile(
    r"<div class=\"message (default|service)[^\"]{0,80}\"(?: id=\"message(-?\d{1,20})\")?[^<>]{0,200}>"
)
_DATE = re.compile(r"<div class=\"[^\"]{0,80}\bdate\b[^\"]{0,80}\" title=\"([^\"]{8,60})\"")
_FROM = re.compile(r"<div class=\"from_name\">\s*([^<]{1,300})")
_TEXT = re.compile(r"<div class=\"text\">")
_HEAD = re.compile(r"<div class=\"text bold\">\s*([^<]{1,300})")
_LEAD = re.compile(r"[^\w<]{0,20}<strong>(.{1,1000}?)</strong>\s*(?=<br|\Z)", re.DOTALL)
_PICTURE = re.compile(r"<a class=\"(?:photo|video|animated)_wrap[^\"]{0,80}\" href=\"([^\"]{1,1000})\"")


def looks_like_posts(text: str) -> bool:
    """Whether a page is an export of a channel by Telegram's program."""
    first = _MESSAGE.search(text)
    return first is not None and _DATE.search(text, first.start()) is not None and _TEXT.search(text) is not None


def split_posts(doc: Document, name: str, settings: Settings) -> Split:
    """Return the posts of `messages.html`, each at its message's bytes.

    Raises:
        Rejected: NO_STORIES if no message says anything.
    """
    text = doc.text
    marks = list(_MESSAGE.finditer(text))
    head = _HEAD.search(text, 0, marks[0].start()) if marks else None
    channel = plain_to_text(head[1]) if head else None
    offsets = doc.byte_offsets([0, *(mark.start() for mark in marks), len(text)])
    stories, spans = [], []
    said = channel
    for n, mark in enumerate(marks):
        end = marks[n + 1].start() if n + 1 < len(marks) else len(text)
        if mark[1] == "service":
            continue
        # "joined" messages name no sender: it is that of the one above
        sender = _FROM.search(text, mark.end(), end)
        said = plain_to_text(sender[1]) or said if sender else said
        story = _message(text, mark, end, said, doc.url)
        if story is not None:
            story = story._replace(byte_start=offsets[n + 1], byte_end=offsets[n + 2], feed_name=channel)
            stories.append(story)
            spans.append(Span(offsets[n + 1], offsets[n + 2], "story"))
    if not stories:
        raise Rejected(Reason.NO_STORIES, "an export of a channel in which no message says anything")
    removed: list[RemovedText] = []
    if head:
        start, stop = doc.byte_offsets([head.start(1), head.end(1)])
        spans.append(Span(start, stop, "chrome"))
        removed.append(RemovedText(start, stop, "chrome", head[1].strip()))
    return Split(
        format=name,
        encoding=doc.encoding,
        replaced_chars=doc.replaced_chars,
        stories=tuple(stories),
        spans=tile(len(doc.data), spans, "markup"),
        removed=tuple(removed),
        source_name=channel,
    )


def _message(text: str, mark: re.Match[str], end: int, sender: str | None, base: str | None) -> Story | None:
    opens = _TEXT.search(text, mark.end(), end)
    if opens is None:
        return None
    close = text.find("</div>", opens.end(), end)
    inner = text[opens.end() : close if close >= 0 else end].strip()
    page = read_html(inner, base or "")
    lead = _LEAD.match(inner)
    bold = read_html(inner[: lead.end()], "").text.strip() if lead else None
    post = read_post(page.text, bold)
    if not (post.title or post.body):
        return None
    url = post.url or next(iter(re.findall(r"<a href=\"(https?://[^\"]{1,2000})\"", inner)), None)
    date = _DATE.search(text, mark.end(), end)
    raw = date[1] if date else None
    story = _story(post, url, sender, raw, read_date(raw) if raw else None, "")
    pictures: tuple[Media, ...] = tuple(
        m for found in _PICTURE.finditer(text, mark.end(), end) for m in media(found[1], base)
    )
    return story._replace(guid=mark[2], media=all_media(pictures, page.media))
