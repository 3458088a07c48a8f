"""How well languages are told: ours beside the detectors that one would use instead.

    python -m tests.eval.language [rows per language, 100 if not said]

Reads SIB-200 sentences from the development data, a file a language, and takes the odd rows; the weights and
thresholds of `transforms/text/language/` were set on the even ones (`tests/eval/language_fit.py`). Writes
a table by length and one by language; exits with 1 if a floor is not held, with 0 and a word if the data is
absent. Detectors that are not installed are left out of the table; langdetect and fastText must be there.
"""

import gc
import re
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from feedmill.transforms.text.language import vote as language
from feedmill.transforms.text.language import voters

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "language"

# three letters of the files -> the codes that are right
CODES = dict(
    pair.split(":")
    for pair in [
        "afr:af",
        "arb:ar",
        "ben:bn",
        "bul:bg",
        "cat:ca",
        "ces:cs",
        "cym:cy",
        "dan:da",
        "deu:de",
        "ell:el",
        "eng:en",
        "epo:eo",
        "est:et",
        "eus:eu",
        "fin:fi",
        "fra:fr",
        "gle:ga",
        "glg:gl",
        "heb:he",
        "hin:hi",
        "hrv:hr",
        "hun:hu",
        "ind:id",
        "isl:is",
        "ita:it",
        "jpn:ja",
        "kor:ko",
        "lit:lt",
        "lvs:lv",
        "mkd:mk",
        "nld:nl",
        "nob:no",
        "pes:fa",
        "pol:pl",
        "por:pt",
        "ron:ro",
        "rus:ru",
        "slk:sk",
        "slv:sl",
        "spa:es",
        "srp:sr",
        "swe:sv",
        "swh:sw",
        "tam:ta",
        "tha:th",
        "tur:tr",
        "ukr:uk",
        "urd:ur",
        "vie:vi",
        "zho:zh",
    ]
)
LENGTHS = ("whole", "first 40", "first 20", "two words", "one word")

Detector = Callable[[str], str]


def samples(rows: int, odd: int) -> list[tuple[str, str, str]]:
    """Returns (file, length, text) for `rows` odd or even rows of each file."""
    found = []
    for path in sorted(DATA.glob("*_*.tsv")):
        lines = path.read_text(encoding="utf-8").splitlines()[1:]
        for number, line in list(enumerate(lines))[odd::2][:rows]:
            text = line.split("\t")[2]
            found += [
                (path.stem, "whole", text),
                (path.stem, "first 40", text[:40]),
                (path.stem, "first 20", text[:20]),
            ]
            words = text.split()
            if len(words) > 4:
                at = number % (len(words) - 2) + 1
                found.append((path.stem, "two words", " ".join(words[at : at + 2])))
            common = [w for w in re.findall(r"[^\W\d_]+", text)[1:] if 5 <= len(w) <= 20 and not w[0].isupper()]
            if common and path.stem[:3] not in ("zho", "jpn", "tha"):
                found.append((path.stem, "one word", common[number % len(common)]))
    return found


def known_to_all(name: str) -> bool:
    """Whether langdetect, fastText, py3langid and lingua all have the language."""
    return name[:3] not in ("epo", "eus", "gle", "glg", "isl", "srp")


def detectors() -> dict[str, Detector]:
    """The detectors to compare, as functions from text to code."""
    import langdetect

    langdetect.DetectorFactory.seed = 0

    def by_langdetect(text: str) -> str:
        try:
            return langdetect.detect(text)
        except langdetect.LangDetectException:
            return "und"

    def by_fasttext(text: str) -> str:
        found = voters.fasttext(text.replace("\n", " "))
        return max(found, key=lambda lang: found[lang], default="und")

    found: dict[str, Detector] = {
        "ours": lambda text: language.detect(text).lang,
        "langdetect": by_langdetect,
        "fasttext": by_fasttext,
    }
    try:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped,unused-ignore]

        identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
        found["py3langid"] = lambda text: identifier.classify(text)[0]
    except ModuleNotFoundError:
        print("py3langid is not installed: left out")
    try:
        from lingua import LanguageDetectorBuilder

        lingua = LanguageDetectorBuilder.from_all_languages().build()

        def by_lingua(text: str) -> str:
            answer = lingua.detect_language_of(text)
            return answer.iso_code_639_1.name.lower() if answer else "und"

        found["lingua"] = by_lingua
    except ModuleNotFoundError:
        print("lingua is not installed: left out")
    return found


def plain(code: str) -> str:
    """A detector's code without script, in the codes of `CODES`."""
    code = voters.ISO.get(code, code)
    return voters.ISO.get(code.split("-")[0], code.split("-")[0])


def main(rows: int) -> int:
    if not DATA.is_dir():
        print("skipped: the development data is absent")
        return 0
    found = detectors()
    texts = samples(rows, odd=1)
    right: dict[tuple[str, str, str], list[bool]] = {}
    taken: dict[tuple[str, str], list[float]] = {}
    for name, detect in found.items():
        detect("Ministers meet")  # loads what it needs
        gc.collect()
        gc.freeze()  # one detector's big tables are not to slow another's garbage collection
        for file, length, text in texts:
            start = time.thread_time()
            answer = detect(text)
            if known_to_all(file):  # or ours pays for languages that the others do not have
                taken.setdefault((name, length), []).append(time.thread_time() - start)
            right.setdefault((name, length, file), []).append(plain(answer) == CODES[file[:3]])

    def score(name: str, length: str, all_know: bool) -> float:
        results = [r for (n, size, f), rs in right.items() if (n, size) == (name, length) for r in rs
                   if known_to_all(f) or not all_know]  # fmt: skip
        return 100 * sum(results) / len(results)

    def spent(name: str, length: str) -> float:
        return 1e6 * statistics.fmean(taken[name, length])

    for all_know in (True, False):
        print(f"\n{'languages that all know' if all_know else 'all languages'}: % right, us a text (mean; median)")
        print(f"{'':12}" + "".join(f"{name:>26}" for name in found))
        for length in LENGTHS:
            row = "".join(
                f"{score(n, length, all_know):10.2f}{spent(n, length):8.0f}{1e6 * statistics.median(taken[n, length]):8.0f}"
                for n in found
            )
            print(f"{length:12}{row}")

    print("\nby language, % right: whole / first 40 / one word")
    print(f"{'':10}" + "".join(f"{name:>18}" for name in found))
    for file in sorted({f for _, _, f in right}):
        cells = []
        for name in found:
            each = [right.get((name, length, file)) for length in ("whole", "first 40", "one word")]
            cells.append(" ".join(f"{100 * sum(r) / len(r):4.0f}" if r else "   -" for r in each))
        print(f"{file:10}" + "".join(f"{cell:>18}" for cell in cells))

    asked = [language.detect(text).method for file, length, text in texts if length == "whole" and known_to_all(file)]
    print("\nwhole sentences decided by:", {m: asked.count(m) for m in sorted(set(asked))})
    return floors(score, spent, list(found))


def floors(score: Callable[[str, str, bool], float], spent: Callable[[str, str], float], names: list[str]) -> int:
    """Prints and returns the number of floors that do not hold, at most 1."""
    checks = []
    for length, ahead in (("whole", 0.0), ("first 40", 1.0)):
        best = max(score("langdetect", length, True), score("fasttext", length, True))
        checks.append((f"{length}: {ahead} above {best:.2f}", score("ours", length, True) >= best + ahead))
        share = spent("ours", length) / spent("langdetect", length)
        checks.append((f"{length}: {share:.2f} of langdetect's time, at most 0.25", share <= 0.25))
    for length in LENGTHS:
        best = max(score(name, length, False) for name in names if name != "ours")
        checks.append(
            (f"{length}, all languages: at least the best other, {best:.2f}", score("ours", length, False) >= best)
        )
    print()
    for told, holds in checks:
        print("holds" if holds else "FAILS", told)
    return int(not all(holds for _, holds in checks))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
