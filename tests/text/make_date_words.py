"""Makes transforms/text/date_words.json from the Unicode CLDR, as Babel ships it: `python -m
tests.text.make_date_words`.

Unicode License V3 (https://www.unicode.org/license.txt). Taken are the languages that CLDR covers at its "modern"
level.
"""

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from feedmill.transforms.text.dates import fold

_CODES = """en af am ar as az be bg bn bs ca cs cy da de el es et eu fa fi fil fr ga gd gl gu ha he hi hr hu hy id ig is it
    ja ka kk km kn ko kok ky lo lt lv mk ml mn mr ms my nb ne nl nn no or pa pl ps pt ro ru si sd sk sl so sq sr sr_Latn sv
    sw ta te th tk tr uk ur uz vi yo yue zh zh_Hant zu lb eo br fo fy mt rm ku de_AT pt_PT es_MX es_CL fr_CA fr_CH it_CH
    en_GB en_AU en_CA nl_BE sv_FI ar_DZ ar_MA ar_LB ar_SA"""
LANGUAGES = tuple(_CODES.split())
TARGET = Path(__file__).parents[2] / "transforms/text/date_words.json"


def words(languages: Sequence[str] = LANGUAGES) -> dict[str, Any]:
    from babel import Locale, UnknownLocaleError
    from babel.dates import format_date

    months: dict[str, set[int]] = defaultdict(set)
    weekdays: dict[str, set[int]] = defaultdict(set)
    halves: dict[str, set[str]] = defaultdict(set)
    fillers: set[str] = set()
    for language in languages:
        try:
            locale = Locale.parse(language)
        except UnknownLocaleError:
            continue
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in locale.months[context][width].items():
                    months[fold(name).strip(" .")].add(number)
                for number, name in locale.days[context][width].items():
                    weekdays[fold(name).strip(" .")].add(number)
                for half in ("am", "pm"):
                    name = locale.day_periods.get(context, {}).get(width, {}).get(half)
                    if name:
                        halves[fold(name).strip(" .")].add(half)
        for width in ("full", "long", "medium"):
            patterns = [locale.date_formats[width].pattern, locale.time_formats[width].pattern]
            patterns.append(str(locale.datetime_formats[width]).replace("{0}", "").replace("{1}", ""))
            for pattern in patterns:
                fillers |= set(re.findall(r"'([^']+)'", pattern))
                fillers |= set(re.findall(r"[^\sa-zA-Z\d.,/:()\[\]'-]+", re.sub(r"'[^']*'", "", pattern)))
            for month in (
                range(1, 13) if width != "full" else ()
            ):  # in some languages the name of a month changes in a sentence
                for name in re.findall(r"[^\W\d_]+", fold(format_date(date(2025, month, 11), width, locale))):
                    if month in months.get(name[1:], ()) or any(
                        month in months.get(name[:n], ()) for n in range(4, len(name))
                    ):
                        months[name].add(month)
    numbered = {str(n) for n in range(1, 13)}
    dotted = {fold(word).strip(" .,()") for filler in fillers for word in filler.split()}
    return {
        "source": "Unicode CLDR by Babel, Unicode License V3; see tests/text/make_date_words.py",
        "months": {
            k: sorted(v) for k, v in sorted(months.items()) if not re.search(r"\d", k) and k not in numbered and k
        },
        "weekdays": {k: sorted(v) for k, v in sorted(weekdays.items()) if k and not re.search(r"\d", k)},
        "halves": {k: v.pop() for k, v in sorted(halves.items()) if len(v) == 1 and not re.fullmatch("[a-z]?", k)},
        "fillers": sorted(word for word in dotted if word and word not in months and not re.search(r"\d", word)),
    }


def dump() -> str:
    return json.dumps(words(), ensure_ascii=False, indent=0) + "\n"


if __name__ == "__main__":
    TARGET.write_text(dump(), encoding="utf-8")
