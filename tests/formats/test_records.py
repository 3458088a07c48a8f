"""Tables and labelled records: the cases, every language of labels, what must be declined, and what holds for any text."""

import csv
import io
import json

import pytest
from feedmill.transforms.failures import Rejected
from feedmill.transforms.formats import Settings, split_snapshot
from feedmill.transforms.formats.labelled.labels import WORDS
from feedmill.transforms.formats.records import looks_like_records, split_records
from feedmill.transforms.rows.story import Snapshot
from feedmill.transforms.text.decode import decode
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import CASES

PAIRS = sorted(path for path in (CASES / "records").iterdir() if path.suffix != ".json")
KEEP = ("form", "title", "source_name", "authors", "url_raw", "published_raw", "published_at", "published_precision")
KEEP += ("summary", "body")


def split(text, **options):
    return split_records(decode(Snapshot("a.txt", text.encode("utf-8", "replace"))), "records", Settings(**options))


@pytest.mark.parametrize("case", PAIRS, ids=lambda path: path.stem)
def test_case(case):
    """To report records that are read wrongly, add them and what they should give to tests/cases/records."""
    data = case.read_bytes()
    got = split_snapshot(Snapshot(case.name, data))
    told = {"stories": [{k: v for k, v in s._asdict().items() if k in KEEP and v} for s in got.stories]}
    if got.rejects:
        told["rejects"] = [reject.reason for reject in got.rejects]
    assert got.format == "records"
    assert json.loads(json.dumps(told)) == json.loads(case.with_suffix(".json").read_text(encoding="utf-8"))
    assert b"".join(data[span.start : span.end] for span in got.spans) == data
    for story in got.stories:
        assert story.title.split()[0].strip('"').encode() in data[story.byte_start : story.byte_end]


@pytest.mark.parametrize("title", [word for word in WORDS["title"] if " " not in word])
def test_every_word_for_a_title_is_one(title):
    assert looks_like_records(
        f"{title}: Rates held again\nURL: https://a.example/1\n\n{title}: Rain fell\nURL: https://a.example/2"
    )
    assert looks_like_records(f"{title.upper()},URL\nRates held again,https://a.example/1\n")


ARCHIVES = [path for path in PAIRS if path.stem.split("_")[0] in {"factiva", "lexisnexis", "nexis", "proquest", "gale"}]
ARCHIVES += [path for path in PAIRS if path.stem in {"ebsco", "europresse", "genios", "ris", "endnote"}]
# at most this share of what is given for sure may be no story of the text, whatever is cut out of it
WRONG = 0.04


def sure_of(text):
    """The titles that are given with a confidence of 0.7 and more."""
    try:
        return [
            story.title for story in split_snapshot(Snapshot("a.txt", text.encode())).stories if story.confidence >= 0.7
        ]
    except Rejected:
        return []


@pytest.mark.parametrize("case", ARCHIVES, ids=lambda path: path.stem)
def test_what_is_left_of_an_archive_is_read_or_not_sure(case):
    text = case.read_text(encoding="utf-8")
    true = {story["title"] for story in json.loads(case.with_suffix(".json").read_text(encoding="utf-8"))["stories"]}
    lines = text.splitlines(keepends=True)
    cut = ["".join(lines[:n]) for n in range(3, len(lines), 9)]
    cut += ["".join(lines[n:]) for n in range(3, len(lines), 9)]
    cut += ["".join(lines[:n] + lines[n + 1 :]) for n in range(1, len(lines), 3) if lines[n].strip()]
    told = [title for damaged in cut for title in sure_of(damaged)]
    whole = [title for title in told if title in true or any(title and title in one for one in true)]
    assert len(told) - len(whole) <= WRONG * len(told)
    # a line that is missing costs no other record
    kept = [len(set(sure_of("".join(lines[:n] + lines[n + 1 :]))) & true) for n in range(0, len(lines), 9)]
    assert sum(kept) >= 0.9 * len(true) * len(kept)


NO_ARCHIVE = {
    "law": "".join(
        f"Article {n}\n\nThe council meets in public on the first Monday of each month.\n\n" for n in range(1, 9)
    ),
    "pages": "".join(
        f"Page {n} of 9\n\nThe river rose by two metres overnight, and the bridges were closed.\n\n"
        for n in range(1, 9)
    ),
    "minutes": "".join(
        f"Item: {n}\nSpeaker: Ada Quist\nNote: nothing was said about it.\nStatus: open\n\n" for n in range(1, 9)
    ),
    "prices": "".join(f"Title: bolt\nPrice: {n}\nStock: 12\n\n" for n in range(1, 9)),
    "contacts": "".join(f"Company: Ostrel Ltd\nPerson: Ada Quist\nDate: 2026-03-0{n}\n\n" for n in range(1, 9)),
    "exam": "".join(f"Document {n} of 8\n\nRead the text and answer.\n\n" for n in range(1, 9)),
}


@pytest.mark.parametrize("name", NO_ARCHIVE)
def test_what_is_no_archive(name):
    assert not looks_like_records(NO_ARCHIVE[name])


CELL = st.text("ab ,;\t\"'\n\r|é東", max_size=12)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=6), st.sampled_from(",\t;|"))
def test_what_a_program_writes_as_a_table_is_read_back(rows, delimiter):
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows([("title", "summary"), *(("Rates held" + a, "s" + b) for a, b in rows)])
    got = split(out.getvalue())
    clean = [(" ".join(("Rates held" + a).split()), " ".join(("s" + b).split())) for a, b in rows]
    assert [(s.title, " ".join((s.summary or "").split())) for s in got.stories] == clean


NO_RECORDS = {
    "table of another kind": "id,name,place,date\n1,Silva,Lisbon,2026-03-04\n2,Li,Porto,2026-03-05\n",
    "jobs": "title,salary,date\nClerk,2000,2026-03-04\nDriver,2100,2026-03-05\n",
    "books": "title,author,date\nMoby-Dick or the Whale,Melville,1851\nWar and Peace,Tolstoy,1869\n",
    "package": "Title: tool\nVersion: 1.2\nDescription: a tool\n\nTitle: tool-doc\nVersion: 1.2\nDescription: its pages\n",
    "one record": "Title: The river rose overnight\nDate: 2026-03-04\nSummary: It rained, and then the river rose.\n",
    "words of a story": "The mayor spoke. Title: none.\nHe said: this is the end.\nDate: unknown.\n",
    "end of a story": "It rained all day, and the river rose by a metre.\n" * 9
    + "Title: Rates held again\nDate: 2026-03-04\n\nTitle: Rain fell all day\nDate: 2026-03-05\n",
    "header alone": "title,link,date\n",
}


@pytest.mark.parametrize("name", NO_RECORDS)
def test_what_is_no_list_of_records(name):
    assert not looks_like_records(NO_RECORDS[name])


def test_a_date_without_a_zone_is_in_that_of_the_settings():
    text = "title,date\nRates held again,2026-03-04 10:00\n"
    in_utc, in_paris = (split(text, timezone=zone).stories[0].published_at for zone in ("UTC", "Europe/Paris"))
    assert in_utc - in_paris == 3_600_000_000


PIECES = st.sampled_from(
    [
        "title,link\n",
        "Title: ",
        "Link: ",
        "Date: 2026-03-04",
        "https://a.example/1",
        "\n",
        "\n\n",
        "---\n",
        '"',
        ",",
        "\t",
    ]
    + ["Rates held again", "\r", "\r\n", "- ", "**", "：", "\x00", "\ufeff", "\u2028", "標題：", ";"]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.text(max_size=4), max_size=40).map("".join))
def test_any_text_is_tiled(text):
    size = len(text.encode("utf-8", "replace"))
    looks_like_records(text)
    for text_of_a_kind in (text, "title,link\n" + text):
        try:
            got = split(text_of_a_kind)
        except Rejected:
            continue
        at = 0
        for span in got.spans:
            assert span.start == at < span.end
            at = span.end
        assert at == size + len(text_of_a_kind) - len(text)
