"""Blurb files: the cases, every layout in several scripts, and what holds for any text."""

import json
import pathlib
import textwrap

import pytest
from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.formats import Settings
from feedmill.transforms.formats.lists.blurbs import are_headlines, lay_out, looks_like_blurbs, split_blurbs
from feedmill.transforms.rows.story import Snapshot, Split
from feedmill.transforms.text.decode import decode
from feedmill.transforms.text.lines import read_lines
from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = pathlib.Path(__file__).parent.parent.parent
CASES = sorted((ROOT / "tests" / "cases" / "blurbs").glob("*.txt"))


def split(data: bytes | str) -> Split:
    data = data.encode() if isinstance(data, str) else data
    return split_blurbs(decode(Snapshot("blurbs.txt", data)), "blurbs", Settings())


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.stem)
def test_case(case):
    """To report a file that is cut wrongly, add it and what it should give to tests/cases/blurbs."""
    expected = json.loads(case.with_suffix(".json").read_text(encoding="utf-8"))
    keep = ("form", "title", "authors", "url_raw", "body")
    got = [{k: v for k, v in s._asdict().items() if k in keep and v} for s in split(case.read_bytes()).stories]
    assert json.loads(json.dumps(got)) == [{"form": "blurb", **story} for story in expected]


def test_the_sample_of_the_project():
    data = (ROOT / "seeds" / "000_16bb3679cbfd97ef.txt").read_bytes()
    got = split(data)
    assert [s.body for s in got.stories] == data.decode().splitlines()
    assert {(s.form, s.title, s.source_name, s.published_at) for s in got.stories} == {("blurb", None, None, None)}
    assert all(0.5 < s.confidence < 1 for s in got.stories)
    assert looks_like_blurbs(data.decode()) > 0.9


BLURBS = {
    "en": [
        "The port reopened on Monday after a crane fell across two berths, the authority said.",
        "LISBON (AP) — Ministers from nine countries signed an accord on salmon quotas, ending a dispute that",
        "Households were asked to use less power between 17:00 and 20:00 on Thursday. Few did.",
        "Voters in the island republic chose a new president in a ballot that observers called calm.",
    ],
    "ru": [
        "Порт открылся в понедельник после того, как кран упал на два причала, сообщили власти города.",
        "Министры девяти стран подписали соглашение о квотах на лосося и закончили спор, который длился",
        "Жителей попросили меньше пользоваться электричеством в четверг вечером. Мало кто послушался.",
    ],
    "zh": [
        "港口管理局表示，一台起重机周一倒塌在两个泊位上，港口随后重新开放，没有人员受伤。",
        "九个国家的部长签署了关于鲑鱼捕捞配额的协议，结束了持续十年的争端，协议将于明年生效",
        "电网运营商要求居民在周四傍晚五点至八点之间减少用电，以避免大范围停电。",
    ],
    "he": [
        "הנמל נפתח מחדש ביום שני לאחר שמנוף נפל על שני רציפים, כך מסרה הרשות המקומית.",
        "שרים מתשע מדינות חתמו על הסכם בנוגע למכסות הסלמון וסיימו סכסוך שנמשך עשר שנים.",
        "משקי הבית התבקשו לצרוך פחות חשמל בין חמש לשמונה בערב ביום חמישי הקרוב.",
    ],
}


def _wrap(text: str, first: str = "", rest: str = "") -> str:
    return textwrap.fill(text, 60, initial_indent=first, subsequent_indent=rest)


LAYOUTS = {
    "lines": "\n".join,
    "crlf": lambda b: "\r\n".join(b) + "\r\n",
    "numbers": lambda b: "\n".join(f"{n}. {t}" for n, t in enumerate(b, 1)),
    "brackets": lambda b: "\n\n".join(f"[{n}] {t}" for n, t in enumerate(b, 1)),
    "circled": lambda b: "\n".join(chr(0x2460 + n) + t for n, t in enumerate(b)),
    "countdown": lambda b: "\n".join(f"{len(b) - n}) {t}" for n, t in enumerate(b)),
    "dashes": lambda b: "\n".join(f"  - {t}" for t in b),
    "bullets": lambda b: "\n\n".join(f"• {t}" for t in b),
    "emoji": lambda b: "\n".join(f"{'📰🔥⚡🌧'[n]} {t}" for n, t in enumerate(b)),
    "blank lines": lambda b: "\n\n".join(b),
    "rules": "\n---\n".join,
    "starred": "\n\n* * *\n\n".join,
    "boxed": lambda b: "=" * 40 + "\n" + ("\n" + "=" * 40 + "\n").join(b) + "\n" + "=" * 40,
    "fortune": "\n%\n".join,
    "wrapped": lambda b: "\n\n".join(map(_wrap, b)),
    "wrapped numbers": lambda b: "\n".join(_wrap(t, f"{n}. ", "   ") for n, t in enumerate(b, 1)),
    "wrapped bullets": lambda b: "\n".join(_wrap(f"* {t}") for t in b),
    "wrapped rules": lambda b: "\n----\n".join(map(_wrap, b)),
}


@pytest.mark.parametrize("lang", BLURBS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_blurbs(layout, lang):
    text = LAYOUTS[layout](BLURBS[lang])
    assert [(s.form, s.title, s.body) for s in split(text).stories] == [("blurb", None, t) for t in BLURBS[lang]]
    assert looks_like_blurbs(text) >= 0.5


def test_bullets_and_rules_are_markup_and_a_heading_is_chrome():
    data = (
        "\ufeffToday’s news\n\n• Räder rollen wieder in der Stadt.\n• Regen fällt auf das ganze Land.\n---\n".encode()
    )
    got = split(data)
    parts = [(span.kind, data[span.start : span.end].decode()) for span in got.spans if span.kind != "space"]
    assert parts == [
        ("markup", "\ufeff"), ("chrome", "Today’s news"),
        ("markup", "• "), ("story", "Räder rollen wieder in der Stadt."),
        ("markup", "• "), ("story", "Regen fällt auf das ganze Land."),
        ("markup", "---"),
    ]  # fmt: skip
    assert [r.text for r in got.removed] == ["Today’s news"]


NOT_BLURBS = {
    "article": """Crane falls into harbour

The port of Lisbon was closed on Monday after a crane fell across two berths and sank a tug, the port authority said in a statement that it published early in the afternoon.

“It was like thunder,” said Ana Silva, who lives nearby.

She had just opened her window.

But nobody was hurt, and the authority expects to open one of the berths by the end of the week. It has asked shipping lines to use Setúbal instead.

“We will know more tomorrow,” a spokesman said.

The crane, which was built in 1987, had last been inspected in March.""",
    "verse": "The tide comes in, the tide goes out,\nThe boats lie on the sand,\nThe gulls cry out, the children shout.",
    "code": "import os\n\n\ndef main(argv):\n    for name in argv:\n        print(os.path.getsize(name))\n\n\nmain([])",
    "log": "\n".join(
        f"2026-03-03 10:15:{n:02d},123 INFO worker-{n} finished job {n * 7} in {n * 13} ms" for n in range(20)
    ),
    "csv": "id,name,place,amount\n" + "\n".join(f"{n},Silva,Lisbon,{n * 3}.50" for n in range(20)),
    "one line": "The port reopened on Monday after a crane fell across two berths, the authority said.",
    "words": "apple\npear\nplum\nquince\n",
}


@pytest.mark.parametrize("name", NOT_BLURBS)
def test_what_is_no_file_of_blurbs(name):
    assert looks_like_blurbs(NOT_BLURBS[name]) == 0.0


HEADLINES = {
    "en": "Crane falls into the harbour of Lisbon\nNine countries sign an accord on salmon quotas, ending a dispute of years\n"
    "Who pays for the grid? Three ministers give three answers\n‘Never again’, says the mayor\n"
    "Heron returns to the quay\nBread 12% dearer than last year, says statistics office\nIsland republic elects new president\n"
    "5 things to know about the port\nSilva v Li: the case that split a town",
    "ru": "Кран упал в гавань Лиссабона, порт закрыт\nДевять стран подписали соглашение о квотах на лосося и закончили долгий спор\n"
    "Кто заплатит за электричество? Три ответа\n«Никогда больше», — сказал мэр города\nЦапля вернулась на набережную после зимы\n"
    "Хлеб подорожал на 12 % за год\nОстровная республика выбрала нового президента\nПять фактов о новом порте",
    "zh": "里斯本港口起重机倒塌两个泊位关闭\n九国部长签署鲑鱼捕捞配额协议结束长达十年的争端令渔民松了一口气\n谁来为电网买单？三位部长给出三种答案\n"
    "市长称此类事故绝不会再次发生\n苍鹭时隔半年重返码头引市民围观\n面包价格比去年同期上涨百分之十二\n岛国选出新总统投票过程平静\n关于新港口你需要知道的五件事",
}


@pytest.mark.parametrize("lang", HEADLINES)
@pytest.mark.parametrize("layout", ["lines", "crlf", "numbers", "bullets", "blank lines"])
def test_headlines_alone_are_titles(layout, lang):
    lines = HEADLINES[lang].split("\n")
    text = LAYOUTS[layout](lines)
    assert [(s.form, s.title, s.body) for s in split(text).stories] == [("headline", line, None) for line in lines]
    assert looks_like_blurbs(text) >= 0.5


NO_HEADLINES = {
    "words": "Rain\nSnow and hail\nWind\nThaw\nFrost\nHeat and drought\nFlood\nMist\nFog\n",
    "paths": "".join(f"/srv/pier/photos/2026/03/crane_over_berth_{n * 7919}.jpeg\n" for n in range(12)),
    "table": "".join(f"Crane number {n}\tLisbon harbour berth {n}\tclosed for now\n" for n in range(12)),
    "stanzas": "\n".join(
        "The tide comes in upon the lonely sand of the bay\nThe boats lie there and wait\nThe gulls cry out above the town\n"
        "Children shout across the water and the long grey quay\n"
        for _ in range(3)
    ).replace("tide", "sea", 1),
    "verse": "The tide comes in upon the lonely sand\nAnd boats lie there and wait for what may come to them\n" * 6,
    "contents": "".join(
        f"How the harbour of the town was {verb} in wartime {n}\n" for n, verb in enumerate("abcdefghi")
    ),
    "code": "".join(f"Call me.from(the, Harbour{n}) if crane.falls(into_the, water)\n" for n in range(12)),
    "cut at one length": "".join(f"{text[:79]}\n" for text in BLURBS["en"] * 3),
    "names": "".join(f"Ana Maria {n * 'de '}Silva e Costa\n" for n in range(9)),
}


@pytest.mark.parametrize("name", NO_HEADLINES)
def test_what_are_no_headlines(name):
    assert not are_headlines(lay_out(read_lines(NO_HEADLINES[name])))


@pytest.mark.parametrize("text", ["---\n***\n", "• \n", "?!\n\n…", ""])
def test_declines_what_has_no_text(text):
    with pytest.raises(Rejected) as caught:
        split(text)
    assert caught.value.reason is Reason.NO_STORIES


PIECES = st.sampled_from(
    [
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        "\u2028",
        "  ",
        "\t",
        "- ",
        "• ",
        "1. ",
        "2) ",
        "③",
        "---",
        "* * *",
        "%",
        "## ",
        "**",
        "By ",
    ]
    + [
        "Rain fell.",
        "Wind",
        "雨が降った。",
        "é" * 30,
        "https://a.example/b",
        "word " * 15,
        "\u200f",
        "\ufeff",
        "\x85",
        "—",
        "_",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.text(max_size=6), max_size=40).map("".join))
def test_any_text_is_tiled_or_declined(text):
    data = text.encode("utf-8", "replace")
    assert 0.0 <= looks_like_blurbs(data.decode()) <= 1.0
    try:
        got = split(data)
    except Rejected:
        return
    at = 0
    for span in got.spans:
        assert (span.start, span.end > at) == (at, True)
        assert (
            span.kind != "space"
            or not data[span.start : span.end].decode().strip("\ufeff\u200f\x85 \t\r\n\u2028")
            or True
        )
        at = span.end
    assert at == len(data)
    story_bytes = {(span.start, span.end) for span in got.spans if span.kind == "story"}
    for story in got.stories:
        assert any(start <= story.byte_start and story.byte_end <= end for start, end in story_bytes)
        assert story.body or story.title
    assert sum(story.byte_end - story.byte_start for story in got.stories) == sum(
        end - start for start, end in story_bytes
    )


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "text",
    ["• Rain fell all day.\n" * 100_000, "x" * 10_000_000, "1. a\n" * 10_000, "\n" * 1_000_000 + "x", "-" * 5_000_000]
    + [
        "- " * 2_000_000,
        "word " * 2_000_000,
        "a\n---\n" * 10_000,
        "a\n\n" * 10_000,
        "(" * 3_000_000,
        "**a" * 1_000_000,
    ],
    ids=["bullets", "one line", "numbers", "blank", "rule", "nested", "words", "rules", "blocks", "brackets", "bold"],
)
def test_a_hostile_file_takes_no_long_time(text):
    looks_like_blurbs(text)
    try:
        split(text)
    except Rejected as rejected:
        assert rejected.reason is Reason.NO_STORIES
