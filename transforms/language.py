"""Tell the language of each new text.

    TableRows ──DetectLanguages──▶ TableRows    items: lang, lang_confidence, lang_method; removed: lang

The rules live in `transforms.text.language`. The step comes after dedupe, so
that no text is looked at twice.

Counters (namespace "language"):
    texts_in           texts looked at
    method_<method>    by what decided
"""

import functools
from collections import Counter
from collections.abc import Iterator

import apache_beam as beam
import pyarrow as pa
from apache_beam.metrics import Metrics

from transforms.batch import TableRows
from transforms.parcels import Parcel
from transforms.text.language import Language, detect, detect_story
from transforms.text.words import count_words

_STEP = "language"
_TEXTS_IN = Metrics.counter(_STEP, "texts_in")


def item_languages(items: pa.Table) -> list[Language]:
    """Returns the language of each story, from its own words above all; see `detect_story`."""
    sampled = items["source_sample"].combine_chunks()
    samples = sampled.dictionary.to_pylist()

    @functools.cache
    def beside(sample: int | None, stories: int | None) -> dict[str, int]:
        """The language of the source's stories together, and how many they are."""
        found = None if sample is None else detect(samples[sample])
        return {found.lang: stories or 0} if found and found.confidence is not None else {}

    told = _rows(items, "title", "summary", "body", "lang_declared", "source_stories")
    return [
        detect_story(title, body or summary, declared, functools.partial(beside, sample, stories))
        for sample, (title, summary, body, declared, stories) in zip(sampled.indices.to_pylist(), told, strict=True)
    ]


def with_item_languages(items: pa.Table) -> tuple[pa.Table, list[Language]]:
    """Returns `items` with the columns that tell each row's language and length."""
    found = item_languages(items)
    words = [sum(map(count_words, filter(None, texts))) for texts in _rows(items, "title", "summary", "body")]
    for name, kind, values in (
        ("lang", pa.string(), [f.lang for f in found]),
        ("lang_confidence", pa.float32(), [f.confidence for f in found]),
        ("lang_method", pa.string(), [f.method for f in found]),
        ("word_count", pa.int32(), words),
    ):
        items = items.append_column(name, pa.array(values, kind))
    return items, found


def _rows(table: pa.Table, *names: str) -> Iterator[tuple]:
    return zip(*(table[name].to_pylist() for name in names), strict=True)


def with_removed_languages(removed: pa.Table) -> tuple[pa.Table, list[Language]]:
    """Returns `removed` with the language of each text, each distinct text looked at once."""
    texts = removed["text"].dictionary_encode().combine_chunks()
    found = [detect(text) for text in texts.dictionary.to_pylist()]
    langs = pa.array([f.lang for f in found], pa.string()).take(texts.indices)
    return removed.append_column("lang", langs), found


_LOOK_AT = {"items": with_item_languages, "removed": with_removed_languages}


def with_languages(rows: TableRows) -> TableRows:
    """Returns rows of any table with the languages of their texts, if they have any. Counts."""
    if rows.table not in _LOOK_AT:
        return rows
    table, found = _LOOK_AT[rows.table](rows.rows.table)
    _TEXTS_IN.inc(len(found))
    for method, count in Counter(f.method for f in found).items():
        Metrics.counter(_STEP, f"method_{method}").inc(count)
    return TableRows(rows.table, rows.run_id, Parcel(table))


class DetectLanguages(beam.PTransform):
    """Adds languages: `rows = rows | DetectLanguages()`. Tables that hold no text pass through."""

    def expand(self, rows):
        return rows | "DetectLanguage" >> beam.Map(with_languages).with_output_types(TableRows)
