"""The languages of a table's texts, as columns. Plain Python: no Beam."""

import functools
from collections import Counter
from collections.abc import Iterator

import pyarrow as pa

from transforms.parcels import Parcel
from transforms.text.language import Language, detect, detect_story
from transforms.text.words import count_words


def language_columns(table: str, rows: Parcel) -> tuple[Parcel, Counter[str]]:
    """Returns the columns that tell the languages of a table's rows, and how many texts each method decided.

    Args:
        table: one of `LOOKED_AT`.
        rows: what it reads of the table; see there.
    """
    columns, found = LOOKED_AT[table][0](rows.table)
    return Parcel(columns), Counter(language.method for language in found)


def load_models() -> None:
    """Loads all that may be asked, so that the first text need not wait half a second for it."""
    detect("Roma")  # too short for any to decide alone


def item_languages(items: pa.Table) -> tuple[pa.Table, list[Language]]:
    """Returns the language and length of each story, from its own words above all; see `detect_story`."""
    found = list(_detect_items(items))
    words = [sum(map(count_words, filter(None, texts))) for texts in _rows(items, "title", "summary", "body")]
    columns = {
        "lang": pa.array([f.lang for f in found], pa.string()),
        "lang_confidence": pa.array([f.confidence for f in found], pa.float32()),
        "lang_method": pa.array([f.method for f in found], pa.string()),
        "word_count": pa.array(words, pa.int32()),
    }
    return pa.table(columns), found


def _detect_items(items: pa.Table) -> Iterator[Language]:
    sampled = items["source_sample"].combine_chunks()
    samples = sampled.dictionary.to_pylist()

    @functools.cache
    def beside(sample: int | None, stories: int | None) -> dict[str, int]:
        """The language of the source's stories together, and how many they are."""
        found = None if sample is None else detect(samples[sample])
        return {found.lang: stories or 0} if found and found.confidence is not None else {}

    told = _rows(items, "title", "summary", "body", "lang_declared", "source_stories")
    for sample, (title, summary, body, declared, stories) in zip(sampled.indices.to_pylist(), told, strict=True):
        yield detect_story(title, body or summary, declared, functools.partial(beside, sample, stories))


def _rows(table: pa.Table, *names: str) -> Iterator[tuple]:
    return zip(*(table[name].to_pylist() for name in names), strict=True)


def removed_languages(removed: pa.Table) -> tuple[pa.Table, list[Language]]:
    """Returns the language of each text, each distinct text looked at once."""
    texts = removed["text"].dictionary_encode().combine_chunks()
    found = [detect(text) for text in texts.dictionary.to_pylist()]
    langs = pa.array([f.lang for f in found], pa.string()).take(texts.indices)
    return pa.table({"lang": langs}), found


# The tables that have texts, and the columns that tell of them.
LOOKED_AT = {
    "items": (item_languages, ("title", "summary", "body", "lang_declared", "source_sample", "source_stories")),
    "removed": (removed_languages, ("text",)),
}
