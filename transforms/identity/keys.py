"""What a story is compared by: one row of hashes a story, so that no text has to travel.

Two texts are made of a story, both free of white space and of what is volatile
(see volatile.py), after Unicode NFKC:
- the exact one keeps its case. Its digest is `content_hash`: two sightings with
  one hash are one version of a story. Case is kept because publishers do edit it:
  a tenth of the revisions in the development data change nothing else.
- the folded one is what the match rules compare, because the
  same story is set in capitals by one reader and not by another.

Keys are 64-bit hashes, 0 for "has none". With ten million stories the odds that
any two differing ones share a key are about 1 in 400,000.
"""

import functools
import re
import struct
import unicodedata
import zlib
from collections.abc import Sequence
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from feedmill.transforms.identity.sketches import MINHASH_BYTES, TITLE_BYTES, sketch
from feedmill.transforms.identity.volatile import without_volatile
from feedmill.transforms.rows.story import Story

U64 = npt.NDArray[np.uint64]

# Lengths of prefix, in bytes of the folded text, that are hashed. A text is contained in another if they agree at the
# longest of these that it fills and the other fills more: at 1.15 times the one before, that is 87 % of it at least,
# and 97 % of the 500 characters that FreshRSS shows of an English story. What is shorter by less than a step is
# similar enough to be a near copy.
PREFIX_LENGTHS = (64, 83, 108, 140, 161, 185, 213, 245, 282, 324, 373, 429, 493, 567, 652, 750, 862, 991, 1140, 1311)

FORM_RANK = {"headline": 0, "blurb": 1, "teaser": 2, "full": 3}

# Bits of `traits`. The lowest two are the form's rank.
GUID_GLOBAL = 4  # unique by its form, whoever says it: a URL, tag:, urn:, a UUID
URL_DEEP = 8  # looks like one article's address, not a section's
SHORT = 16  # title and text together are too short to be one story's by being equal
BODILESS = 32  # no text beside the title
TOMBSTONE = 64  # no story: what an item is named for, of which nothing says it any more; see `match_rules.name_edges`

_SHORT_BYTES = 160

NODE_SCHEMA = pa.schema(
    [
        pa.field("node_id", pa.binary(16), nullable=False),  # of all that follows: equal ids, equal rows
        pa.field("content_hash", pa.binary(16), nullable=False),  # of the exact title, summary and text
        pa.field("text_key", pa.uint64(), nullable=False),  # of the folded title and text
        pa.field("title_key", pa.uint64(), nullable=False),
        pa.field("guid_key", pa.uint64(), nullable=False),  # 0 if the guid is not to be trusted
        pa.field("url_key", pa.uint64(), nullable=False),  # 0 for the bare root of a host
        pa.field("source_key", pa.uint64(), nullable=False),  # of the source's name
        pa.field("site_key", pa.uint64(), nullable=False),  # of the source's host
        pa.field("published_minute", pa.int32()),  # since the epoch, UTC
        pa.field("text_bytes", pa.int32(), nullable=False),  # of the folded text, less an ellipsis
        pa.field("traits", pa.uint8(), nullable=False),
        pa.field(
            "ladder", pa.binary(4 * len(PREFIX_LENGTHS))
        ),  # CRC-32 of the prefixes of PREFIX_LENGTHS, 0 where the text is shorter
        pa.field("guard_key", pa.uint64(), nullable=False),  # of the numbers and days named; 0 without a minhash
        pa.field(
            "title_sketch", pa.binary(TITLE_BYTES)
        ),  # which letter triples the title has, as bits; only beside a minhash
        pa.field("minhash", pa.binary(MINHASH_BYTES)),  # of the folded text; null if it is too short
    ]
)

_SPACE = b" \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x00"
_UNSEEN = ("\u200b", "\ufeff", "\u00ad", "\u2060", "\u200e", "\u200f", "\u2028", "\u2029", "\u0085")
_ELLIPSIS = re.compile(
    rb"(?:\.\.\.+|\[\.\.\.+\]|\(\.\.\.+\)|\[more\]|\(more\)|readmore|continuereading|weiterlesen|lirelasuite|"
    rb"le\xc3\xadrm\xc3\xa1s|seguirleyendo|leggitutto|continuaaleggere|leesverder|\xc2\xbb|>>)\Z"
)


class NormalText(NamedTuple):
    """A text made comparable: UTF-8 without white space."""

    exact: bytes
    folded: bytes


def normal(text: str | None) -> NormalText:
    """Return a text's exact and its folded form.

    >>> normal("The  River\\u00a0Rose")
    NormalText(exact=b'TheRiverRose', folded=b'theriverrose')
    """
    if not text:
        return NormalText(b"", b"")
    text = without_volatile(text)
    if text.isascii():
        exact = text.encode().translate(None, _SPACE)
        return NormalText(exact, exact.lower())
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    for mark in _UNSEEN:
        if mark in text:
            text = text.replace(mark, "")
    exact = text.encode("utf-8", "surrogatepass").translate(None, _SPACE)
    return NormalText(exact, text.casefold().encode("utf-8", "surrogatepass").translate(None, _SPACE))


def without_ellipsis(folded: bytes) -> bytes:
    """Return a folded text without the marks that say that there is more of it.

    >>> without_ellipsis(b"theriverrose[...]"), without_ellipsis(b"theriverrose")
    (b'theriverrose', b'theriverrose')
    """
    end = len(folded)
    while found := _ELLIPSIS.search(folded, max(0, end - 24), end):
        end = found.start()
    return folded[:end]


def _key(named: bytes) -> bytes:
    return blake2b(named, digest_size=8).digest()


_NONE = bytes(8)
_HOST = re.compile(r"\A[a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?(?:www\.)?([^/?#]+)(.*)\Z", re.IGNORECASE | re.DOTALL)
_GLOBAL_GUID = re.compile(
    r"\A(?:https?://[^/]+/+[^/]|tag:.|urn:.|yt:video:|oai:.|at://|\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?\Z)",
    re.IGNORECASE,
)
_DEEP_URL = re.compile(r"\d{4}|[-_][^/?]*[-_]")


@functools.lru_cache(maxsize=4096)
def _source_keys(name: str | None, url: str | None) -> tuple[bytes, bytes]:
    host = _HOST.match(url) if url else None
    by_name = _key(b"name\x1f" + normal(name).folded) if name else _NONE
    return by_name, _key(b"site\x1f" + host[1].lower().encode("utf-8", "surrogatepass")) if host else _NONE


def _guid_key(guid: str, site: bytes, source: bytes) -> tuple[bytes, int]:
    guid = guid.strip()
    raw = guid.encode("utf-8", "surrogatepass")
    if _GLOBAL_GUID.match(guid):
        return _key(b"guid\x1f" + raw), GUID_GLOBAL
    return _key(b"local\x1f" + (site if site != _NONE else source) + raw), 0


def _url_key(url: str) -> tuple[bytes, int]:
    host = _HOST.match(url)
    if host and host[2] in ("", "/"):
        return _NONE, 0
    path = host[2] if host else url
    return _key(b"url\x1f" + url.encode("utf-8", "surrogatepass")), URL_DEEP if _DEEP_URL.search(path) else 0


_HASHES = struct.Struct(f"<{len(PREFIX_LENGTHS)}I")
_ZEROS = (0,) * len(PREFIX_LENGTHS)


def _ladder(text: bytes) -> bytes | None:
    if len(text) < PREFIX_LENGTHS[0]:
        return None
    hashes, crc, at = [], 0, 0
    for length in PREFIX_LENGTHS:
        if length > len(text):
            break
        crc = zlib.crc32(text[at:length], crc)
        hashes.append(crc or 1)
        at = length
    return _HASHES.pack(*hashes, *_ZEROS[len(hashes) :])


def fingerprint(stories: Sequence[Story]) -> pa.Table:
    """Return what each story is compared by: one row a story, in order, as `NODE_SCHEMA`.

    A row depends on its story alone, so it does not matter how stories are batched.

    >>> rain = Story(0, 9, "blurb", body="Rain is expected  in the north.")
    >>> again = Story(50, 59, "blurb", body="Rain is expected in the north.")
    >>> table = fingerprint([rain, again])
    >>> table["node_id"][0] == table["node_id"][1]
    True
    """
    keys: list[bytes] = []  # text, title, guid, url, source, site of each story
    node_ids, contents, minutes, lengths, traits, ladders = [], [], [], [], [], []
    titles, texts = [], []
    for story in stories:
        title = normal(story.title)
        text = normal(story.body or story.summary)
        summary = b""
        if story.body and story.summary:
            brief = normal(story.summary)
            if not text.folded.startswith(without_ellipsis(brief.folded)):
                summary = brief.exact
        content = blake2b(title.exact + b"\x1f" + text.exact + b"\x1f" + summary, digest_size=16).digest()

        source, site = _source_keys(story.source_name, story.source_url)
        bits = FORM_RANK[story.form]
        guid = url = _NONE
        if story.guid and story.guid_trusted:
            guid, bit = _guid_key(story.guid, site, source)
            bits |= bit
        if story.url:
            url, bit = _url_key(story.url)
            bits |= bit
        whole = without_ellipsis(text.folded)
        if not whole:
            bits |= BODILESS
        if len(title.folded) + len(whole) < _SHORT_BYTES:
            bits |= SHORT
        text_key = _key(title.folded + b"\x1f" + text.folded)
        title_key = _key(b"title\x1f" + title.folded) if title.folded else _NONE
        key = text_key + title_key + guid + url + source + site
        minute = None if story.published_at is None else story.published_at // 60_000_000
        node_ids.append(
            blake2b(
                b"%b%b%d,%d" % (content, key, bits, -(2**40) if minute is None else minute), digest_size=16
            ).digest()
        )
        contents.append(content)
        keys.append(key)
        minutes.append(minute)
        lengths.append(len(whole))
        traits.append(bits)
        ladders.append(_ladder(whole))
        titles.append(title.folded)
        texts.append(whole)

    matrix = np.frombuffer(b"".join(keys), "<u8").reshape(len(stories), 6)
    drawn = sketch(titles, texts)
    columns = [
        pa.array(node_ids, pa.binary(16)),
        pa.array(contents, pa.binary(16)),
        *(pa.array(np.ascontiguousarray(matrix[:, i])) for i in range(6)),
        pa.array(minutes, pa.int32()),
        pa.array(lengths, pa.int32()),
        pa.array(traits, pa.uint8()),
        pa.array(ladders, pa.binary(4 * len(PREFIX_LENGTHS))),
        pa.array(drawn.guard, pa.uint64()),
        pa.array(drawn.title, pa.binary(TITLE_BYTES)),
        pa.array(drawn.minhash, pa.binary(MINHASH_BYTES)),
    ]
    return pa.Table.from_arrays(columns, schema=NODE_SCHEMA)
