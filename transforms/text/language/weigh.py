"""How much each voter counts, and what they say together."""

import math
from collections.abc import Mapping
from typing import NamedTuple

from feedmill.transforms.text.language import voters
from feedmill.transforms.text.language.scripts import CANDIDATES, is_possible


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


def weigh(said: Evidence, w: Weights) -> dict[str, float]:
    """Return a log score for each language that a voter takes into account.

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
    neighbours = CANDIDATES.get(said.script)
    if neighbours:  # who knows but one of them has nothing to compare it with
        heard = [voter for voter in heard if len(voter[1] & neighbours) > 1]
    lean = _LEAN.get(said.script, {})
    if count >= _TEXT_NGRAMS and said.script == "Latin":
        lean = {**lean, **_LEAN_IN_TEXTS}
    scores: dict[str, float] = {}
    for lang in candidates:
        if is_possible(lang, said.script):
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


def best_of(scores: Mapping[str, float]) -> str:
    """Return the language with the highest score; of equals, the first by name."""
    highest = max(scores.values())
    return min(lang for lang, score in scores.items() if score == highest)
