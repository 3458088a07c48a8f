"""What is said of a text's language, and in which codes.

Codes are ISO 639-1, or 639-3 where there is none. Norwegian Bokmål is `no` (what the detectors
and most feeds say), Nynorsk `nn`. Chinese is `zh-hans`, `zh-hant`, or `zh` if the text does not
tell.
"""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

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

History = Callable[[], Mapping[str, int]]


class Language(NamedTuple):
    """A language, how sure that is (0 to 1; None for `und`), and what decided. Methods: `METHODS`."""

    lang: str
    confidence: float | None
    method: str


def normalise_code(code: str | None) -> str | None:
    """Return a declared language in the codes used here, or None if it is no language tag.

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
