"""Chinese, and Japanese: what is written in Han characters."""

from collections import Counter

from feedmill.transforms.text.language import voters
from feedmill.transforms.text.language.codes import Language
from feedmill.transforms.text.language.scripts import SCRIPTS, script_numbers


class _HanOf(dict[str, str]):
    """Character -> which national sets have it: "s" GB 2312 (simplified), "t" Big5 (traditional), "j" JIS."""

    def __missing__(self, char: str) -> str:
        sets = (("s", "gb2312"), ("t", "big5"), ("j", "euc_jp"))
        is_han = SCRIPTS[script_numbers()[ord(char)]] == "Han"
        self[char] = kind = "".join(m for m, charset in sets if char.encode(charset, "ignore")) if is_han else _NOT_HAN
        return kind


_NOT_HAN = "-"
_HAN_OF = _HanOf()


def han_language(words: str, kana: int, han: int) -> Language:
    """Return the language of a text in Han characters, with or without kana."""
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
