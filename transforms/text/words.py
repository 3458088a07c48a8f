"""How long a text is."""

import re

# Han, kana and Hangul syllables are written without blanks: each character counts as a word.
_NO_BLANKS = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_BELOW = bytes(range(0xE3))  # no UTF-8 of the characters above U+3000 begins with these
_WORDS = re.compile(rf"{_NO_BLANKS.pattern}|[^\s\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")


def count_words(text: str) -> int:
    """Count words: what stands between blanks, and each character of scripts that write none.

    >>> count_words("The river rose."), count_words("河水上涨 2 米")
    (3, 6)
    """
    if text.isascii() or not text.encode("utf-8", "surrogatepass").translate(None, _BELOW):
        return len(text.split())
    return len(_WORDS.findall(text)) if _NO_BLANKS.search(text) else len(text.split())
