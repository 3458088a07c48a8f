"""From what was decided for a batch to the rows of every table, their languages told. Plain Python: no Beam.

    BatchDecision ──batch.assemble──▶ tables ──languages──▶ tables ──layout.cut──▶ rows, by the file that they go to

It is one call, because another process may be asked for it: texts, which are nearly all there is, travel once.
"""

import functools
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import pyarrow as pa
from feedmill.transforms.rows.packed_table import PackedTable
from feedmill.transforms.stages.split import BatchDecision, assemble
from feedmill.transforms.text.language.codes import Language
from feedmill.transforms.text.language.story import detect_story
from feedmill.transforms.text.language.vote import detect
from feedmill.transforms.text.words import count_words
from feedmill.transforms.warehouse.layout import Partitioning, cut
from feedmill.transforms.warehouse.ledger import Ledger
from feedmill.transforms.warehouse.parquet import Place


class BatchTables(NamedTuple):
    """The rows of a batch as they are written, and its books."""

    parts: list[tuple[Place, PackedTable]]
    ledger: Ledger
    methods: Counter[str]  # how many texts each method decided


def detect_languages(decided: BatchDecision, partitioning: Partitioning) -> BatchTables:
    """Make the rows of every table out of a batch, and cut them as files are: by language, among others.

    Raises:
        ValueError: the books of a snapshot do not balance.
    """
    tables, ledger = assemble(*decided)
    tables["items"], of_items = item_languages(tables["items"])
    tables["removed"], of_removed = removed_languages(tables["removed"])
    run_id = decided.assignment.run_id
    parts = [
        ((run_id, name, folder), PackedTable(part))
        for name, rows in tables.items()
        for folder, part in cut(name, rows, partitioning)
    ]
    return BatchTables(parts, ledger, Counter(language.method for language in (*of_items, *of_removed)))


def item_languages(items: pa.Table) -> tuple[pa.Table, list[Language]]:
    """Add the language and length of each story, from its own words above all; see `detect_story`.

    What `items` has of its sources to tell by, `source_sample` and `source_stories`, is used up.
    """
    found = list(_detect_items(items))
    words = [sum(map(count_words, filter(None, texts))) for texts in _rows(items, "title", "summary", "body")]
    told = items.drop_columns(["source_sample", "source_stories"])
    for name, column in (
        ("lang", pa.array([f.lang for f in found], pa.string())),
        ("lang_confidence", pa.array([f.confidence for f in found], pa.float32())),
        ("lang_method", pa.array([f.method for f in found], pa.string())),
        ("word_count", pa.array(words, pa.int32())),
    ):
        told = told.append_column(name, column)
    return told, found


def _detect_items(items: pa.Table) -> Iterator[Language]:
    sampled = items["source_sample"].combine_chunks()
    samples = sampled.dictionary.to_pylist()

    @functools.cache
    def beside(sample: int | None, stories: int | None) -> dict[str, int]:
        """Return the language of the source's stories together, and how many they are."""
        found = None if sample is None else detect(samples[sample])
        return {found.lang: stories or 0} if found and found.confidence is not None else {}

    told = _rows(items, "title", "summary", "body", "lang_declared", "source_stories")
    for sample, (title, summary, body, declared, stories) in zip(sampled.indices.to_pylist(), told, strict=True):
        yield detect_story(title, body or summary, declared, functools.partial(beside, sample, stories))


def _rows(table: pa.Table, *names: str) -> Iterator[tuple]:
    return zip(*(table[name].to_pylist() for name in names), strict=True)


def removed_languages(removed: pa.Table) -> tuple[pa.Table, list[Language]]:
    """Add the language of each text, each distinct text looked at once."""
    texts = removed["text"].dictionary_encode().combine_chunks()
    found = [detect(text) for text in texts.dictionary.to_pylist()]
    langs = pa.array([f.lang for f in found], pa.string()).take(texts.indices)
    return removed.append_column("lang", langs), found
