"""Decoding: what is believed, what damage costs, and the way back to the bytes."""

import codecs

import pytest
from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.rows.story import Snapshot
from feedmill.transforms.text.decode import Document, decode, repair_text
from hypothesis import example, given, settings
from hypothesis import strategies as st

RUSSIAN = "В четверг паром снова пошёл, и оба моста открыты; так сообщили власти города. "
ENCODINGS = [
    "utf-8",
    "cp1252",
    "cp1251",
    "koi8-r",
    "iso8859-2",
    "cp1254",
    "gb18030",
    "big5",
    "cp949",
    "euc_kr",
    "shift_jis",
    "euc_jp",
    "iso2022_jp",
    "hz",
]
LOOKING_AHEAD = ("gb18030", "iso2022_jp", "hz")  # characters of four bytes, and escapes


def read(data: bytes, content_type: str | None = None) -> Document:
    return decode(Snapshot("a", data, content_type=content_type))


def declared(text: str, encoding: str, label: str | None = None) -> bytes:
    return f'<?xml version="1.0" encoding="{label or encoding}"?><a>{text}</a>'.encode(encoding)


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "cp037"]
)
def test_marks_and_first_bytes(encoding):
    text = "<?xml version='1.0'?><a>naïve café</a>"
    assert read(text.encode(encoding)).text == text


@pytest.mark.parametrize(
    "encoding, text",
    [
        ("cp1251", RUSSIAN),
        ("koi8-r", RUSSIAN),
        ("gb18030", "渡轮"),
        ("shift_jis", "かもめ"),
        ("iso2022_jp", "かもめ"),
        ("hz", "渡轮"),
    ],
)
def test_declarations(encoding, text):
    assert read(declared(text, encoding)).text.endswith(f">{text}</a>")


def test_utf8_is_utf8_whatever_it_says():
    assert read(declared("naïve “café”", "utf-8", "iso-8859-1")).text.endswith(">naïve “café”</a>")


def test_latin1_means_windows():
    assert read(b'<?xml version="1.0" encoding="iso-8859-1"?><a>\x93caf\xe9\x94</a>').text.endswith(">“café”</a>")


def test_a_header_counts_where_there_is_no_declaration():
    assert read(f"<a>{RUSSIAN}</a>".encode("koi8-r"), "text/xml; charset=KOI8-R").encoding == "koi8-r"


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r"])
def test_detection(encoding):
    assert read(f"<a>{RUSSIAN * 3}</a>".encode(encoding)).text == f"<a>{RUSSIAN * 3}</a>"


def test_a_few_letters_are_western():
    assert read(b"<a>caf\xe9 na\xefve</a>").text == "<a>café naïve</a>"


def test_unknown_and_dangerous_labels_are_not_followed():
    for label in ("utf-7", "zip", "rot13", "base64", "no-such", "utf-16", "undefined", "idna"):
        assert read(declared("+ADw-script+AD4-", "ascii", label)).text.endswith("<a>+ADw-script+AD4-</a>")


def test_a_bad_byte_costs_itself():
    data = ("<a>" + "é" * 20 + "X" + "ö" * 20 + "</a>").encode().replace(b"X", b"\xff")
    found = read(data)
    assert (found.text, found.replaced_chars, found.encoding) == (
        "<a>" + "é" * 20 + "\ufffd" + "ö" * 20 + "</a>",
        1,
        "utf-8",
    )
    assert read("é\ufffdé".encode()).replaced_chars == 0  # somebody else's


def test_binary_is_declined():
    for data in (b"\x89PNG\r\n\x1a\n" + bytes(100), bytes(range(32)) * 9, b"\xff\xd8\xff\xe0abc"):
        with pytest.raises(Rejected) as rejected:
            read(data)
        assert rejected.value.reason is Reason.BINARY


@pytest.mark.parametrize(
    "text, repaired",
    [
        ("plain", "plain"),
        ("café", "café"),
        ("cafÃ©", "café"),
        ("itâ\x80\x99s", "it’s"),
        ("itâ€™s", "it’s"),
        ("déjà vu â\x80\x94 again", "déjà vu — again"),
        ("Ð¿Ð°ÑÐ¾Ð¼", "Ð¿Ð°ÑÐ¾Ð¼"),  # not all of it is there any more: not certain
        ("it\x92s", "it’s"),
        ("São Paulo, Ângela, Ã", "São Paulo, Ângela, Ã"),
    ],
)
def test_repair_when_certain(text, repaired):
    assert repair_text(text) == repaired


@given(st.text(max_size=60))
def test_repair_repairs_what_was_encoded_twice_and_settles(text):
    repair_text(text)
    once = text.encode().decode("latin-1") if text.isprintable() else None
    if once and not text.isascii():
        assert repair_text(once) == text or not text.isascii()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=80), st.sampled_from(ENCODINGS), st.text(max_size=20))
@example(b"\0\0\b\b\b\b\b   ", "iso2022_jp", "\x1b")
@example(b"\0\0\x800  ", "gb18030", "00000")
def test_offsets_are_where_the_characters_end(noise, encoding, text):
    head = f'<?xml version="1.0" encoding="{encoding}"?>'.encode("ascii")
    data = head + text.encode(encoding, "ignore") + noise
    try:
        found = read(data)
    except Rejected:
        return
    chars = list(range(len(found.text) + 1))
    offsets = found.byte_offsets(chars)
    assert offsets[0] == found.mark and offsets[-1] <= len(data)
    assert offsets == sorted(offsets)
    assert found.byte_offsets(chars[::3]) == offsets[::3]
    for char, offset in list(zip(chars, offsets, strict=True))[:: max(1, len(chars) // 5)]:
        decoder = codecs.getincrementaldecoder(found.encoding)("replace")
        before = decoder.decode(data[found.mark : offset])
        left, _ = decoder.getstate()
        if left and found.encoding in LOOKING_AHEAD:  # what these bytes are, only what follows tells
            assert found.text.startswith(before[:char]) and len(before) + len(left) >= char
        else:
            before += decoder.decode(b"", True)
            assert len(before) >= char and before[:char] == found.text[:char]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_decoded_or_declined(data):
    try:
        found = read(data)
    except Rejected as rejected:
        assert rejected.reason is Reason.BINARY
    else:
        assert found.replaced_chars <= len(data)


@pytest.mark.parametrize(
    "data",
    [
        b"Bakers\xe2\x80\x99 loaf \xe2\x80 and \xe2\x80 and \xe2\x80 end",  # cut within characters
        "Café très ".encode() + b"\xed\xa0\xbd\xed\xb8\x8a!",  # the halves of a character
    ],
)
def test_a_stated_utf8_that_is_damaged_costs_only_the_damage(data):
    doc = decode(Snapshot("a", b'<?xml version="1.0" encoding="utf-8"?><a>' + data + b"</a>"))
    assert doc.encoding == "utf-8"
    assert doc.replaced_chars > 0


def test_a_false_label_of_utf8_does_not_win():
    text = "<a>Хлеб подорожал в столице, и пекари спрашивают почему</a>"
    doc = decode(Snapshot("a", b'<?xml version="1.0" encoding="utf-8"?>' + text.encode("cp1251")))
    assert doc.text.endswith(text)


def test_japanese_in_seven_bits_without_a_label():
    text = "<rss><channel><title>パンの値段</title></channel></rss>"
    doc = decode(Snapshot("a", text.encode("iso2022_jp")))
    assert (doc.text, doc.encoding) == (text, "iso2022_jp")
