"""Stories as records in plain text: a table with a header (CSV, TSV), or blocks of lines as "Title: …", "Link: …".

What columns and labels mean is looked up in `formats/json/vocabulary.json`, and in the
words of other languages below; a story is then made as from an entry of JSON.
A text is read so only if its header or labels name a title or a text and one
thing more that stories have, and most records bear that out.
"""

import collections
import csv
import itertools
import re
from collections.abc import Iterator

from feedmill.transforms.failures import Reason
from feedmill.transforms.formats.json.entries import entry_story
from feedmill.transforms.formats.json.scan import ValueSpan
from feedmill.transforms.formats.json.story import build, when
from feedmill.transforms.formats.json.vocabulary import LOOSE, fields, is_entry, plain
from feedmill.transforms.formats.settings import Settings
from feedmill.transforms.rows.story import Split, Story
from feedmill.transforms.text.dates import fold
from feedmill.transforms.text.decode import Document
from feedmill.transforms.text.lines import EDGE, Line, bullet, columns, is_rule, numbered, read_lines

_WORDS = {
    "title": "titel titre título titolo tytuł título rubrik tittel overskrift otsikko cím název titlu başlık judul "
    "заголовок заглавие τίτλος العنوان عنوان כותרת शीर्षक 标题 標題 题目 タイトル 見出し 제목",
    "url": "lien enlace enlaces adresse collegamento länk lenke linkki odkaz odnośnik bağlantı tautan ссылка посилання "
    "σύνδεσμος الرابط رابط קישור 链接 連結 网址 網址 リンク 링크",
    "published": "datum fecha data dato päivämäärä dátum tarih tanggal veröffentlicht publié publicado pubblicato "
    "gepubliceerd opublikowano publicerad дата опубликовано опубліковано ημερομηνία التاريخ تاريخ תאריך 日期 时间 時間 "
    "发布时间 日付 日時 날짜",
    "summary": "zusammenfassung beschreibung résumé resumen descripción riassunto descrizione resumo descrição "
    "samenvatting streszczenie opis sammanfattning özet ringkasan описание аннотация опис περίληψη الملخص ملخص "
    "תקציר 摘要 概要 简介 요약",
    "body": "texte texto testo tekst contenu contenido contenuto conteúdo inhalt inhoud treść metin içerik isi "
    "текст содержание κείμενο النص نص טקסט 正文 内容 內容 本文 본문 내용",
    "source": "quelle fuente fonte bron źródło källa kilde lähde zdroj kaynak sumber источник джерело πηγή المصدر مصدر "
    "מקור 来源 來源 出典 ソース 출처",
    "authors": "by autor autora auteur autore forfatter författare yazar penulis автор συγγραφέας الكاتب مؤلف מאת "
    "作者 著者 記者 저자 기자",
    "categories": "kategorie kategorien catégorie categoría categoria rubrique kategori kategoria рубрика категория "
    "التصنيف 分类 分類 カテゴリ 카테고리",
}


def _key(label: str) -> str:
    return fold(label).replace("ı", "i")  # Turkish has both, and the capital of one is that of the other's elsewhere


_FIELD_OF = {_key(word): field for field, words in _WORDS.items() for word in words.split()}
_SAMPLE = 100_000  # characters that are looked at to tell what a text is
_ROWS = 20  # rows of a table, likewise
_MANY_KNOWN = 4  # columns of stories: what else is in the table does not matter
_EXCEL = re.compile(r"sep=.\r?\n")
_MAX_HEADER = 1000  # characters
_DELIMITERS = ",\t;|"
_ROW_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n|\Z)")
_LABEL = re.compile(r"\*{0,2}([^\W\d_][^:：*]{0,24}?)\*{0,2}\s?[:：]\*{0,2}\s{0,8}(.*)")
_ADDRESS = re.compile(r"https?://\S+")

csv.field_size_limit(2**31 - 1)  # a field may hold a whole article: what bounds it is the size of a snapshot


def split_records(doc: Document, name: str, settings: Settings) -> Split:
    """Return the stories of a table or of labelled records, each at the bytes of its row or lines.

    A row with more cells than the header is `MALFORMED`, and costs only itself.

    >>> from feedmill.transforms.text.decode import decode
    >>> from feedmill.transforms.rows.story import Snapshot
    >>> data = b"title,link\\n\\"Rates held,\\nagain\\",https://a.example/1\\n"
    >>> [(s.title, s.url) for s in split_records(decode(Snapshot("a", data)), "records", Settings()).stories]
    [('Rates held, again', 'https://a.example/1')]
    """

    def story(entry: ValueSpan) -> Story | None:
        return entry_story(entry.value, doc.url, None, zone=settings.timezone)

    found = _table(doc.text) or iter(_labelled(doc.text))
    return build(doc, name, found, story)


def looks_like_records(text: str) -> bool:
    """Tell whether this is a table or labelled records of which most are stories.

    >>> looks_like_records("Title: Rates held\\nDate: 2026-03-04\\n\\nTitle: Rain fell all day\\nDate: 2026-03-05\\n")
    True
    >>> looks_like_records("title,salary,date\\nClerk,2000,2026-03-04\\n")
    False
    """
    sample = text[:_SAMPLE]
    table = _table(sample)
    found = list(itertools.islice(table, _ROWS)) if table else _labelled(sample)
    # one record says little, and long before the first is a text of another kind
    if not table and (len(found) < 2 or 3 * found[0].start > len(sample)):
        return False
    return 2 * sum(_is_told(entry.value) for entry in found) > len(found)


def _is_told(record: dict[str, str] | None) -> bool:
    """Tell whether this is a record whose values are a story's: a title or text of some words, and an address, date
    or text."""
    parts = fields(record or {})
    title, url = parts.get("title", ""), parts.get("url", "")
    text = parts.get("body") or parts.get("summary") or ""
    said = len(title.split()) > 1 or columns(title) >= 12 or len(text) >= 40
    at, _ = when(parts.get("published"))
    dated = at is not None and at.precision != "year"  # which books have, too
    return said and bool(_ADDRESS.match(url) or dated or (title and len(text) >= 40))


def _field(label: str) -> str:
    """Return the name by which `vocabulary.fields` knows a label: its own, or that of the field it is a word for."""
    known = _FIELD_OF.get(_key(label))
    return known or (f"other{label}" if plain(label) in LOOSE else label)


def _is_known(label: str) -> bool:
    return bool(fields({_field(label): "x"}))


# Tables


def _table(text: str) -> Iterator[ValueSpan] | None:
    """Return the rows of a table, each an object with the columns' names; None if the first line is no header of
    stories."""
    start = len(text) - len(text.lstrip(EDGE))
    if told := _EXCEL.match(text, start):  # which delimiter Excel is to use
        start = told.end()
    header = text[start : start + _MAX_HEADER].splitlines()[:1]
    for delimiter in _DELIMITERS:
        names = [_field(name.strip(EDGE)) for name in next(csv.reader(header, delimiter=delimiter), [])]
        known = sum(_is_known(name) for name in names)
        if len(names) > 1 and (2 * known >= len(names) or known >= _MANY_KNOWN) and is_entry(dict.fromkeys(names, "x")):
            return _rows(text, names, delimiter, start)
    return None


def _rows(text: str, names: list[str], delimiter: str, start: int) -> Iterator[ValueSpan]:
    """Yield the rows below the header, which starts at `start`."""
    at = start

    def lines(first: int) -> Iterator[str]:
        nonlocal at
        for found in _ROW_LINE.finditer(text, first):
            at = found.end()
            yield found[0]

    rows = csv.reader(lines(start), delimiter=delimiter)
    next(rows)
    while True:
        begin = at
        row = next(rows, None)
        if row is None:
            return
        if at == len(text) and text.count('"', begin) % 2:
            # a quote that is never closed, and no other follows: without it nothing is hidden
            rows = csv.reader(lines(begin), delimiter=delimiter, quoting=csv.QUOTE_NONE)
            row = next(rows)
        if any(cell.strip() for cell in row):
            end = begin + len(text[begin:at].rstrip("\r\n"))
            if any(row[len(names) :]):
                yield ValueSpan(
                    begin, end, None, (Reason.MALFORMED, f"{len(row)} cells below a header of {len(names)}")
                )
            else:
                yield ValueSpan(begin, end, dict(zip(names, row, strict=False)))


# Labels


def _label(line: Line) -> tuple[str, str] | None:
    """Return the label of a line, past marks of lists and of bold, and what stands behind it; None if it has none."""
    lead = bullet(line.text) or numbered(line.text)
    found = _LABEL.match(line.text, lead[1] if lead else 0)
    return (found[1], found[2]) if found else None


def _labelled(text: str) -> list[ValueSpan]:
    """Return the records of a text in which lines have labels.

    A record ends where one of its labels comes again: at the line itself, or at the blank line or rule above it.
    Lines without a label go on with the text above them, or are the text.
    """
    lines = read_lines(text)
    labels = {line.start: found for line in lines if (found := _label(line))}
    counts = collections.Counter(name for name, _ in labels.values())
    most = max((count for name, count in counts.items() if _is_known(name)), default=0)
    # a label that is not known counts as one if it comes with most records: "Views: 12"
    names = {name for name, count in counts.items() if _is_known(name) or 2 * count > most > 1}
    labels = {start: found for start, found in labels.items() if found[0] in names}
    records: list[list[list[Line]]] = []  # of blocks: what lies between blank lines and rules
    seen: set[str] = set()
    for block in _blocks(lines):
        here = [(n, labels[line.start][0]) for n, line in enumerate(block) if line.start in labels]
        if here and (not records or any(name in seen for _, name in here)):
            records.append([])
            seen = set()
            block = block[here[0][0] :]  # what stands above the first label is a heading
        if not records:
            continue
        records[-1].append([])
        for line in block:
            name = labels[line.start][0] if line.start in labels else None
            if name in seen:
                records.append([[]])
                seen = set()
            if name:
                seen.add(name)
            records[-1][-1].append(line)
    return [_record(blocks, labels) for blocks in records]


def _blocks(lines: list[Line]) -> Iterator[list[Line]]:
    block: list[Line] = []
    for line in lines:
        if block and (line.blank_before or is_rule(line.text)):
            yield block
            block = []
        if not is_rule(line.text):
            block.append(line)
    if block:
        yield block


def _record(blocks: list[list[Line]], labels: dict[int, tuple[str, str]]) -> ValueSpan:
    parts: dict[str, list[str]] = {}
    field, edge = "", 0
    for block in blocks:
        gap = "\n\n"
        for line in block:
            if line.start in labels:
                name, rest = labels[line.start]
                field, edge = _field(name), line.indent
                parts[field] = [rest]
            else:
                kind = next(iter(fields({field: "x"})), "")
                if kind not in ("summary", "body") and not (kind == "title" and line.indent > edge):
                    field = "body"  # a text may stand below the labels without one of its own
                own = parts.setdefault(field, [])
                own += [gap, line.text] if any(own) else [line.text]
            gap = "\n"
    lines = [line for block in blocks for line in block]
    return ValueSpan(lines[0].start, lines[-1].end, {name: "".join(own).strip() for name, own in parts.items()})
