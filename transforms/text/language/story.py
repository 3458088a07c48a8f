"""Which language a story is in, or which two."""

import re

from feedmill.transforms.text.language.clean import SAMPLE_CHARS
from feedmill.transforms.text.language.codes import History, Language
from feedmill.transforms.text.language.vote import decided, detect, judge_cheaply

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
    """Return the language of a story.

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
    first, last = judge_cheaply(text[:PIECE_CHARS]), judge_cheaply(text[-PIECE_CHARS:])
    if isinstance(first, Language) and isinstance(last, Language) and first.lang == last.lang != "und":
        return first
    start = detect(text, declared, history)
    end = decided(last, declared, history)
    if start.lang == end.lang and start.method in ("fasttext", "script", "words"):
        return start
    return _by_pieces(text, start)


def _by_pieces(text: str, start: Language) -> Language:
    """Return the language of a story that may hold several; `start` where its pieces tell no more."""
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
