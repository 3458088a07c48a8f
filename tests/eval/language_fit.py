"""Searches the weights of `transforms/text/language/weigh.py`; prints them and what they reach. Changes nothing.

    python -m tests.eval.language_fit [rows per language, 60 if not said]

One weight at a time, twice round, on the even rows of SIB-200 and on CLDR's names of countries and currencies in
African and South Asian languages. `tests/eval/language.py` tells on the odd rows what a change is worth.
"""

import random
import sys
from collections import defaultdict

from babel import Locale
from feedmill.transforms.text.language import voters, weigh
from feedmill.transforms.text.language.codes import Language
from feedmill.transforms.text.language.vote import gather_evidence, judge_cheaply

from tests.eval.language import CODES, DATA, samples

NAMED = "am as bn ha hi ig ks lg ln mg mr ne om ps rw sa sd sn so st sw ti ur xh yo zu".split()
# what a percentage is worth, by kind of text
WORTH = {
    "whole": 3.0,
    "first 40": 2.0,
    "first 20": 1.0,
    "two words": 1.0,
    "one word": 1.0,
    "3 names": 0.5,
    "6 names": 0.5,
}
FACTORS = (0.5, 0.7, 0.85, 1.18, 1.4, 2.0)


def names(count: int) -> list[tuple[str, str, str]]:
    """Returns (language, kind, text) made of names that are not spelt as in English."""
    english = Locale.parse("en")
    theirs = {*english.territories.values(), *english.currencies.values()}
    pick, found = random.Random(3), []
    for lang in NAMED:
        locale = Locale.parse(lang)
        known = sorted({*locale.territories.values(), *locale.currencies.values()} - theirs)
        if len(known) > 30:
            found += [(lang, f"{n} names", " ".join(pick.sample(known, n))) for n in (3, 6) for _ in range(count)]
    return found


def main(rows: int) -> None:
    if not DATA.is_dir():
        print("skipped: the development data is absent")
        return
    texts = [(CODES[file[:3]], length, text) for file, length, text in samples(rows, odd=0)] + names(rows)
    open_texts = []
    for lang, kind, text in texts:
        doubt = judge_cheaply(text)
        if not isinstance(doubt, Language):
            open_texts.append((lang, kind, gather_evidence(doubt, voters.common_words(doubt.words))))
    print(len(open_texts), "of", len(texts), "texts come to a vote")

    def reached(weights: weigh.Weights) -> dict[str, float]:
        right = defaultdict(list)
        for lang, kind, said in open_texts:
            scores = weigh.weigh(said, weights)
            right[kind].append(bool(scores) and weigh.best_of(scores) == lang)
        return {kind: round(100 * sum(found) / len(found), 2) for kind, found in right.items()}

    def worth(weights: weigh.Weights) -> float:
        return sum(WORTH[kind] * percent for kind, percent in reached(weights).items())

    best = weigh.WEIGHTS
    top = worth(best)
    print(f"{top:.2f} now: {reached(best)}")
    for _ in range(2):
        for name in best._fields:
            if name in ("letters_most", "declared", "history"):
                continue
            for factor in FACTORS:
                tried = best._replace(**{name: getattr(best, name) * factor})
                if (found := worth(tried)) > top + 0.03:
                    top, best = found, tried
                    print(f"{top:.2f} {name} {getattr(best, name):.3f}", flush=True)
    print(best)
    print(reached(best))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
