"""The names in a byline."""

import re

from feedmill.transforms.text.lines import ends_sentence

# "by" where newspapers sign, in the languages that sign with a word; what follows must look like names
_BY = re.compile(
    r"(?:by|von|par|por|di|da|door|av|af|przez|od|de|от|автор|автора|από|του|autor|autora|autore|auteur|yazan|oleh"
    r"|作者|記者|记者|撰文|文|글|기자|بقلم|كتب|מאת)\s*[:：/／]?\s*(?=\S)",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*[,;、，،]\s*|\s+(?:and|und|et|y|e|i|en|og|och|ja|и|та|και|ve|dan|&|و)\s+")
_PARTICLES = frozenset(
    [
        "de",
        "del",
        "della",
        "di",
        "da",
        "van",
        "von",
        "der",
        "den",
        "la",
        "le",
        "el",
        "al",
        "bin",
        "ibn",
        "ben",
        "y",
        "e",
    ]
    + ["dos", "das", "du", "ter", "ten", "af", "av", "zu"]
)


def byline(text: str) -> tuple[str, ...]:
    """Returns the names of a line that is a byline and nothing else, or ().

    >>> byline("By Jane Doe and Ana de Souza"), byline("By Friday the river had risen"), byline("Von Anna Müller")
    (('Jane Doe', 'Ana de Souza'), (), ('Anna Müller',))
    """
    if len(text) > 120 or ends_sentence(text) or not (lead := _BY.match(text)):
        return ()
    names = tuple(name for name in _AND.split(text[lead.end() :]) if name)
    return names if names and all(_is_name(name) for name in names) else ()


def _is_name(name: str) -> bool:
    words = name.split()
    capital = all(w in _PARTICLES or w[0].isupper() or w[0].lower() == w[0].upper() for w in words)
    cased = any(c.isupper() for c in name)
    return capital and 1 <= len(words) <= 5 and (len(words) > 1 or not cased) and not any(c.isdigit() for c in name)


def signed(text: str) -> tuple[str, tuple[str, ...]]:
    """Parts what stands before a byline from the names in it.

    >>> signed("Reuters by Jane Doe"), signed("By Jane Doe"), signed("Stand by Me")
    (('Reuters', ('Jane Doe',)), ('', ('Jane Doe',)), ('Stand by Me', ()))
    """
    words = text.split()
    for at in range(min(len(words), 10)):
        if _BY.match(words[at] + " x") and (names := byline(" ".join(words[at:]))):
            return " ".join(words[:at]), names
    return text, ()


def signed_for(text: str) -> tuple[str, tuple[str, ...]] | None:
    """Parts a source from the byline before it; None if there is no such pair.

    >>> signed_for("By Jane Doe, The Daily"), signed_for("By Jane Doe, Bo Li and Ana Silva"), signed_for("Paris, Texas")
    (('The Daily', ('Jane Doe',)), None, None)
    """
    head, _, source = text.rpartition(", ")
    names = byline(head) if source and len(_AND.split(source)) == 1 else ()
    return (source, names) if names else None
