"""The words of a text by which its language is judged: without links, handles, digits, symbols and program text."""

import re
import unicodedata

SAMPLE_CHARS = 300  # a text is judged by this many of its characters

_LINK = re.compile(
    r"(?:https?|ftp)://\S+|www\.\S+|[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,32}){1,4}|[@#]\w+"
    r"|\b[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}/\S*|\b[\w-]{1,63}(?:\.[\w-]{1,63}){0,3}\.(?:com|org|net|info|edu|gov|io)\b"
)
# ASCII but letters and apostrophe, Latin-1 signs, general punctuation but joiners and ’, symbols, CJK
# punctuation, full-width signs, surrogates, private use, emoji and their selectors
_NOISE = re.compile(
    "[\x00-\x26\x28-\x40\\[-`{-\xa9\xab-\xb4\xb6\xb8\xb9\xbb-\xbf\xd7\xf7\u2000-\u200b\u200e-\u2018\u201a-\u2bff"
    "\u3000-\u3004\u3008-\u3020\u3030\ud800-\uf8ff\ufe00-\ufe0f\ufe10-\ufe1f\ufe30-\ufe6f\ufeff\uff00-\uff20"
    "\uff3b-\uff40\uff5b-\uff65\ufff0-\uffff\U0001f000-\U0001faff\U000e0000-\U0010ffff]+|\\d+"
)
# where a link may be: the pattern above is tried only then, as it costs twenty times as much
_DOTTED = re.compile(r"\.\S")


class _Blank(dict[int, int]):
    """Code point -> itself, or a blank for noise; for str.translate, which is quicker than the pattern."""

    def __missing__(self, char: int) -> int:
        self[char] = shown = 32 if _NOISE.fullmatch(chr(char)) else char
        return shown


_BLANK = _Blank()


def _blank_bytes(charset: str) -> bytes:
    """`_BLANK` of a charset's characters, by their bytes."""
    shown = bytes(range(256)).decode(charset, "replace").translate(_BLANK)
    return bytes(32 if char == " " else byte for byte, char in enumerate(shown))


# Charsets of a byte a character that most texts of Latin letters fit in; the second has typographic quotes. To
# translate bytes takes a quarter of the time, or less.
_BY_BYTES = tuple((charset, _blank_bytes(charset)) for charset in ("latin-1", "cp1252"))


def _without_noise(text: str) -> str:
    for charset, blank in _BY_BYTES:
        try:
            return text.encode(charset).translate(blank).decode(charset)
        except UnicodeEncodeError:
            continue
    return text.translate(_BLANK)


# what parts texts, and the rules of a style sheet that stand before one: neither is program text
_RULER = re.compile(r"([=_~*^|<>$;-])\1{2,}|(?:[=_~*^|<>] ){3,}")
_STYLES = re.compile(
    r"(?:/\*[^*]{0,400}\*/\s*)?[@.#\w][^{}<>;\n]{0,200}\{\s*(?:[a-z-]{2,40}\s*:\s*[^{};]{1,200}(?:;\s*|(?=\s*\}))){1,60}\}"
)
_CODE_SIGNS = b"{}()[];=<>|\\$_*^~`"


def clean(text: str) -> tuple[str, str]:
    """Return the words of a text's sample on one line, or why there are none: url | code | no_letters."""
    sample = rest = text[: 2 * SAMPLE_CHARS]
    if "@" in sample or "#" in sample or "://" in sample or _DOTTED.search(sample):
        rest = _LINK.sub(" ", sample)
    if "{" in rest:
        rest = _STYLES.sub(" ", rest)
    words = " ".join(_without_noise(rest[: SAMPLE_CHARS + 50]).split())
    if len(words) < SAMPLE_CHARS < len(rest):  # many blanks: it takes more
        words = " ".join(_without_noise(rest).split())
    words = words[:SAMPLE_CHARS]
    if not words.isascii():
        words = unicodedata.normalize("NFC", words)
    if not words[:1].isalpha() and not any(map(str.isalpha, words)):
        return "", "no_letters" if rest == sample else "url"
    raw = _RULER.sub(" ", rest).encode("utf-8", "replace")
    signs = len(raw) - len(raw.translate(None, _CODE_SIGNS))
    if signs >= 4 and signs * 8 > len(words):
        return "", "code"
    return words.lower() if words.isupper() else words, ""
