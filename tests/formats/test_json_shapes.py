"""The JSON of services and programs, and shapes that no table knows: what is told of their entries."""

import gzip
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from feedmill.transforms.captures.containers import DeadInput, unpack
from feedmill.transforms.failures import Rejected
from feedmill.transforms.formats import split_snapshot
from feedmill.transforms.rows.story import Snapshot

ONE = "Bread prices rise in the capital"
TWO = "Bakers meet the minister on Friday"
TEXT = "The price of a loaf rose by a tenth in a week, and bakers ask why the flour is so dear."
URL = "https://loaf.example/1"
DAY = "2026-03-04T08:00:00Z"
AT = 1_772_611_200  # that time, in seconds


def split(value):
    text = value if isinstance(value, str) else json.dumps(value)
    found = split_snapshot(Snapshot("a.json", text.encode()))
    at = 0
    for span in found.spans:
        assert span.start == at < span.end
        at = span.end
    assert at == len(text.encode())
    return found


# What an answer or export is like, and the title, text, url, source, site and author of its first entry.
SERVICES = {
    "The New York Times, a search": (
        {
            "status": "OK",
            "response": {
                "docs": [
                    {
                        "web_url": URL,
                        "snippet": TEXT,
                        "lead_paragraph": TEXT,
                        "headline": {"main": ONE, "kicker": None},
                        "byline": {"original": "By Ann Miller and Bo Oven"},
                        "pub_date": DAY,
                        "source": "The Loaf",
                        "keywords": [{"name": "subject", "value": "Bread"}],
                    }
                ]
            },
        },
        (ONE, TEXT, URL, "The Loaf", None, ("Ann Miller", "Bo Oven")),
    ),
    "bioRxiv": (
        {
            "messages": [{"status": "ok", "total": 1}],
            "collection": [
                {"doi": "10.1/1", "title": ONE, "authors": "Miller, A.; Oven, B.", "date": "2026-03-04", "abstract": TEXT}
            ],
        },
        (ONE, TEXT, None, None, None, ("Miller, A.", "Oven, B.")),
    ),
    "YouTube": (
        {
            "kind": "youtube#searchListResponse",
            "items": [
                {
                    "kind": "youtube#searchResult",
                    "id": {"kind": "youtube#video", "videoId": "x1"},
                    "snippet": {
                        "publishedAt": DAY,
                        "channelId": "c",
                        "title": ONE,
                        "description": TEXT,
                        "channelTitle": "Loaf TV",
                        "thumbnails": {"default": {"url": "https://loaf.example/1.jpg"}},
                    },
                }
            ],
        },
        (ONE, TEXT, "https://www.youtube.com/watch?v=x1", "Loaf TV", None, ()),
    ),
    "Ghost, an export": (
        {"db": [{"meta": {"version": "5"}, "data": {"posts": [
            {"id": "1", "title": ONE, "slug": "bread", "html": f"<p>{TEXT}</p>", "status": "published", "published_at": DAY}
        ], "users": [{"id": "1", "name": "Ann", "email": "a@loaf.example"}]}}]},
        (ONE, TEXT, None, None, None, ()),
    ),
    "WordPress, its interface": (
        [{"id": 1, "date_gmt": "2026-03-04T08:00:00", "link": URL, "title": {"rendered": ONE},
          "content": {"rendered": f"<p>{TEXT}</p>", "protected": False}, "excerpt": {"rendered": ""}}],
        (ONE, TEXT, URL, None, None, ()),
    ),
    "Discourse, posts": (
        {"post_stream": {"posts": [
            {"id": 1, "username": "ann", "created_at": DAY, "cooked": f"<p>{TEXT}</p>", "topic_slug": "bread"}
        ]}, "title": ONE},
        (None, TEXT, None, ONE, None, ("ann",)),
    ),
    "Bluesky": (
        {"feed": [{"post": {"uri": "at://did/1", "author": {"handle": "ann.loaf.example", "displayName": "Ann"},
                            "record": {"text": TEXT, "createdAt": DAY}}}], "cursor": "x"},
        (None, TEXT, "at://did/1", None, None, ("Ann",)),
    ),
    "Lemmy": (
        {"posts": [{"post": {"id": 1, "name": ONE, "url": URL, "body": TEXT, "published": DAY},
                    "creator": {"name": "ann"}, "community": {"name": "bread"}, "counts": {"score": 3}}]},
        (ONE, TEXT, URL, "bread", None, ("ann",)),
    ),
    "Pocket, a list under ids": (
        {"status": 1, "list": {
            "11": {"item_id": "11", "resolved_title": ONE, "resolved_url": URL, "excerpt": TEXT, "time_added": str(AT)},
            "12": {"item_id": "12", "resolved_title": TWO, "resolved_url": URL + "2", "excerpt": TEXT, "time_added": str(AT)},
        }},
        (ONE, TEXT, URL, None, None, ()),
    ),
    "Hacker News, items a line": (
        "\n".join(json.dumps({"by": "ann", "id": n, "time": AT, "title": ONE, "type": "story", "url": URL}) for n in (1, 2)),
        (ONE, None, URL, None, None, ("ann",)),
    ),
    "JSON:API": (
        {"data": [{"type": "articles", "id": "1", "attributes": {"title": ONE, "body": TEXT, "created": DAY, "url": URL}}]},
        (ONE, TEXT, URL, None, None, ()),
    ),
    "GraphQL": (
        {"data": {"posts": {"edges": [{"cursor": "a", "node": {"title": ONE, "content": TEXT, "date": DAY, "url": URL}}]}}},
        (ONE, TEXT, URL, None, None, ()),
    ),
    "Elasticsearch": (
        {"took": 3, "hits": {"total": 1, "hits": [
            {"_id": "1", "_score": 1.0, "_source": {"headline": ONE, "text": TEXT, "published": DAY, "url": URL}}]}},
        (ONE, TEXT, URL, None, None, ()),
    ),
    "a feed that was turned from XML, with one item": (
        {"rss": {"channel": {"title": "The Loaf", "link": "https://loaf.example/",
                             "item": {"title": ONE, "link": URL, "description": TEXT, "pubDate": DAY}}}},
        (ONE, TEXT, URL, "The Loaf", "https://loaf.example/", ()),
    ),
    "wallabag": (
        {"page": 1, "_embedded": {"items": [
            {"id": 1, "title": ONE, "url": URL, "content": f"<p>{TEXT}</p>", "published_at": DAY, "published_by": ["Ann"],
             "tags": [{"label": "bread"}], "domain_name": "loaf.example"}]}},
        (ONE, TEXT, URL, "loaf.example", None, ("Ann",)),
    ),
    "NewsBlur": (
        {"stories": [{"story_title": ONE, "story_permalink": URL, "story_content": TEXT, "story_date": "2026-03-04 08:00:00"}],
         "user_profiles": [], "feeds": {"7": {"feed_title": "The Loaf", "feed_link": "https://loaf.example/"}}},
        (ONE, TEXT, URL, None, None, ()),
    ),
}  # fmt: skip


@pytest.mark.parametrize("service", SERVICES)
def test_what_services_answer_is_read(service):
    value, (title, text, url, source, site, authors) = SERVICES[service]
    found = split(value)
    first = found.stories[0]
    assert first.title == title
    assert (first.body or first.summary) == text
    assert (first.url, first.source_name, first.source_url, first.authors) == (url, source, site, authors)
    dated = {"Pocket, a list under ids": None, "bioRxiv": AT - 8 * 3600}.get(service, AT)
    assert first.published_at == (dated and dated * 10**6)
    assert found.rejects == ()


def test_a_time_of_saving_is_no_time_of_publication():
    found = split(SERVICES["Pocket, a list under ids"][0])
    assert [s.published_at for s in found.stories] == [None, None]
    assert found.captured_at == AT * 10**6


ROWS = [
    {"title": ONE, "text": TEXT, "url": URL, "date": DAY, "domain": "loaf.example"},
    {"title": TWO, "text": TEXT + " Again.", "url": URL + "2", "date": DAY, "domain": "loaf.example"},
]
POSTS = [
    {"id": str(n), "url": f"{URL}{n}", "text": f"{TEXT} ({n})", "created_at": DAY, "author": "ann"} for n in range(3)
]


def parquet(rows, kind="parquet"):
    table, out = pa.Table.from_pylist(rows), io.BytesIO()
    if kind == "parquet":
        pq.write_table(table, out)
    else:
        with pa.ipc.new_file(out, table.schema) as writer:
            writer.write_table(table)
    return out.getvalue()


def csv_of(rows):
    head = ",".join(rows[0])
    return "\n".join([head, *(",".join(f'"{v}"' for v in row.values()) for row in rows)]).encode()


@pytest.mark.parametrize("rows", [ROWS, POSTS], ids=["news", "posts"])
def test_the_same_objects_are_the_same_stories_in_every_wrapping(rows):
    lines = "\n".join(map(json.dumps, rows)).encode()
    ways = [json.dumps(rows).encode(), lines, gzip.compress(lines), parquet(rows), parquet(rows, "arrow"), csv_of(rows)]
    told = []
    for data in ways:
        [snapshot] = unpack("a", data)
        stories = split_snapshot(snapshot).stories
        told.append([(s.title, s.summary, s.body, s.url, s.published_at, s.source_name, s.authors) for s in stories])
    assert len(told[0]) == len(rows)
    assert all(one == told[0] for one in told)


def test_a_large_table_of_entries_is_several_snapshots(monkeypatch):
    from feedmill.transforms.captures import containers

    monkeypatch.setattr(containers, "_ENTRIES", 400)
    found = list(unpack("a.parquet", parquet(POSTS)))
    assert [f.uri for f in found] == ["a.parquet", "a.parquet#3"]
    assert not any(isinstance(f, DeadInput) for f in found)
    assert sum(len(split_snapshot(f).stories) for f in found) == len(POSTS)


def test_shapes_that_no_table_knows_are_read_by_evidence():
    rows = [
        {"nr": n, "kop": title, "adres": f"{URL}/{n}", "verschenen_datum": f"2026-03-0{n}", "verhaal": f"{n}. {TEXT} " * 4,
         "plaatje": f"https://loaf.example/{n}.jpg"}
        for n, title in ((4, ONE), (5, TWO))
    ]  # fmt: skip
    for value in (rows, {"antwoord": {"lijst": rows}}, "\n".join(map(json.dumps, rows))):
        found = split(value)
        assert [s.title for s in found.stories] == [ONE, TWO]
        assert [s.url for s in found.stories] == [f"{URL}/4", f"{URL}/5"]
        assert [s.published_raw for s in found.stories] == ["2026-03-04", "2026-03-05"]
        assert all(s.body.startswith(("4.", "5.")) and s.confidence < 1 for s in found.stories)


@pytest.mark.parametrize(
    "value",
    [
        [{"sku": n, "price": 3.5, "stock": n} for n in range(5)],
        {"users": [{"name": f"user {n}", "url": f"{URL}/{n}", "id": n} for n in range(5)]},
        {"commits": [{"sha": "a" * 40, "author": "Ann", "when": DAY}] * 3},
        {"rates": {"EUR": {"value": 1.1, "date": DAY}, "GBP": {"value": 1.2, "date": DAY}}},
        [{"station": f"Quay {n}", "date": DAY, "level": n} for n in range(5)],
    ],
)
def test_tables_of_other_things_are_declined(value):
    with pytest.raises(Rejected):
        split(value)


def test_whole_feeds_in_a_row_keep_their_names_and_their_stories():
    feeds = [
        {"title": name, "link": f"https://{name}.example/", "feedUrl": f"https://{name}.example/rss",
         "items": [{"title": f"{ONE} in {name}", "link": f"https://{name}.example/{n}", "isoDate": DAY} for n in range(2)]}
        for name in ("loaf", "crumb")
    ]  # fmt: skip
    for value in (feeds, "\n".join(map(json.dumps, feeds)), {"updated": {"feeds": feeds}}):
        found = split(value)
        assert [(s.source_name, s.source_url) for s in found.stories] == [
            (name, f"https://{name}.example/") for name in ("loaf", "loaf", "crumb", "crumb")
        ]
        assert found.source_name is None


def test_what_an_entry_holds_besides_is_none():
    value = [
        {"title": ONE, "content": TEXT, "url": URL, "date": DAY,
         "related": [{"title": TWO, "url": URL + "2", "date": DAY, "summary": TEXT}] * 2,
         "comments": [{"author": "x", "text": "So it is.", "date": DAY, "url": URL}] * 2}
    ]  # fmt: skip
    assert [s.title for s in split(value).stories] == [ONE]
    assert [s.title for s in split(value[0]).stories] == [ONE]


def test_a_list_that_is_cut_off_gives_what_is_there():
    text = json.dumps({"response": {"results": [{"webTitle": ONE, "webUrl": URL, "webPublicationDate": DAY}] * 3}})
    found = split(text[: text.rindex('"webUrl"')])
    assert [s.title for s in found.stories] == [ONE, ONE]
    assert [r.reason for r in found.rejects] == ["truncated"]


def test_a_summary_that_repeats_the_title_is_none():
    [story] = split([{"title": ONE, "summary": ONE.upper() + ".", "url": URL}]).stories
    assert (story.summary, story.form) == (None, "headline")


def test_a_date_that_can_be_read_goes_before_one_that_cannot():
    [story] = split([{"title": ONE, "published": "the day before yesterday", "updated": DAY}]).stories
    assert (story.published_at, story.published_raw) == (AT * 10**6, DAY)
