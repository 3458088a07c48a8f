"""Which script a text is in, and which languages write so. Tables, and how they are looked up."""

import functools
import re
import sys
from typing import Any

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
SCRIPTS = sorted({script for _, script in _RANGES})  # the first is none

# scripts that one living language alone is written in, as far as news goes
DECIDES = {
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
CANDIDATES = {script: frozenset(langs.split()) for script, langs in _WRITES.items()}
_NOT_LATIN = frozenset().union(*CANDIDATES.values(), DECIDES.values()) - {"az", "sr", "iu", "ff"}


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
def script_numbers() -> Any:
    """For each code point the number of its script in `SCRIPTS`."""
    import numpy as np

    numbers = np.zeros(sys.maxunicode + 1, np.uint8)
    ends = [start for start, _ in _RANGES[1:]] + [len(numbers)]
    for (start, script), end in zip(_RANGES, ends, strict=True):
        numbers[start:end] = SCRIPTS.index(script)
    return numbers


_BEYOND_LATIN = re.compile("[\u0370-\U0010ffff]")


def is_western(words: str) -> bool:
    """All characters are of Latin-1. To encode tells this twenty times as fast as a pattern."""
    try:
        words.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


def scripts_of(words: str) -> dict[str, int]:
    """Return how many characters of each script there are in a text of letters, apostrophes and blanks."""
    if is_western(words) or not _BEYOND_LATIN.search(words):
        return {"Latin": len(words) - words.count(" ") - words.count("'")}
    import numpy as np

    points = np.frombuffer(words.encode("utf-32-le", "surrogatepass"), "<u4")
    counts = np.bincount(script_numbers()[points], minlength=len(SCRIPTS)).tolist()
    return {script: count for script, count in zip(SCRIPTS, counts, strict=True) if script and count}


def foreign_letters(words: str) -> list[tuple[frozenset[str], int]]:
    """Return how often a text has letters that some languages alone have, and those languages."""
    if is_western(words):  # none of these letters is
        return []
    words = words.lower()
    return [(_WRITTEN_IN[c], words.count(c)) for c in sorted(_WRITTEN_IN.keys() & set(words))]


def is_possible(lang: str, script: str) -> bool:
    return lang in CANDIDATES[script] if script in CANDIDATES else lang not in _NOT_LATIN
