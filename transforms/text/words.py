"""How long a text is."""

import re

# Han, kana and Hangul syllables are written without blanks: each character counts as a word.
_NO_BLANKS = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_WORDS = re.compile(rf"{_NO_BLANKS.pattern}|[^\s\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")


def count_words(text: str) -> int:
    """Counts words: what stands between blanks, and each character of scripts that write none.

    >>> count_words("The river rose."), count_words("河水上涨 2 米")
    (3, 6)
    """
    return len(text.split()) if text.isascii() or not _NO_BLANKS.search(text) else len(_WORDS.findall(text))
