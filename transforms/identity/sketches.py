"""Sketches of texts, small enough to travel, from which near.py tells how alike two texts are.

A text of MIN_BYTES or more is cut into all its runs of 8 bytes (8 Latin letters, 4 Cyrillic ones, 2 to 3 Chinese
characters: as much information each), and its MinHash signature of 128 slots is kept with 16 bits a slot. Shorter
texts have no signature, so they are joined only if they are equal. Two signatures agree in as large a share of their
slots as the two texts share runs (Jaccard similarity), give or take 0.03.

Beside it stand the numbers and days that title and text name, as one key, and the letter triples of the title, as
bits: what the editions of a daily column differ in.
"""

import functools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from feedmill.transforms.identity.graph import I64, U64, Mask, mix

SLOTS = 128
MINHASH_BYTES = 2 * SLOTS
TITLE_BYTES = 32
MIN_BYTES = 140
_SEED = 20_240_601
_READ_BYTES = 2_048  # of a text: what news says, it says first
_GUARDED_BYTES = 8_192  # of title and text, in which numbers and days are looked for
_RUN = 8
_BATCH = 64  # texts sketched at a time: what fits a processor's cache

_DAY_NAMES = (
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july august "
    "september october november december lundi mardi mercredi jeudi vendredi samedi dimanche janvier février "
    "avril juillet août septembre octobre novembre décembre montag dienstag mittwoch donnerstag freitag "
    "samstag sonnabend sonntag januar februar märz oktober dezember lunes martes miércoles jueves viernes "
    "sábado domingo enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre "
    "lunedì martedì mercoledì giovedì venerdì sabato domenica gennaio febbraio aprile maggio giugno luglio "
    "settembre ottobre dicembre segunda terça quarta quinta sexta janeiro fevereiro março maio junho julho "
    "setembro outubro novembro dezembro maandag dinsdag woensdag donderdag vrijdag zaterdag zondag januari "
    "februari maart augustus понедельник вторник среда четверг пятница суббота воскресенье января февраля "
    "марта апреля июня июля августа сентября октября ноября декабря понеділок вівторок середа п'ятниця неділя "
    "poniedziałek wtorek środa czwartek piątek sobota niedziela stycznia lutego marca kwietnia czerwca lipca "
    "sierpnia września października listopada grudnia pazartesi çarşamba perşembe cumartesi şubat nisan "
    "haziran temmuz ağustos eylül aralık måndag tisdag onsdag torsdag fredag lördag söndag mandag tirsdag "
    "lørdag søndag 星期一 星期二 星期三 星期四 星期五 星期六 星期日 月曜日 火曜日 水曜日 木曜日 金曜日 土曜日 日曜日 "
    "월요일 화요일 수요일 목요일 금요일 토요일 일요일 "
    "الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد"
)
_DAYS = tuple(_DAY_NAMES.split())


NO_FACTS = 1  # the guard of a text that names no number or day


class Sketches(NamedTuple):
    """One entry a story; None and 0 where its text is too short to be sketched."""

    minhash: list[bytes | None]
    guard: U64
    title: list[bytes | None]


def sketch(titles: Sequence[bytes], texts: Sequence[bytes]) -> Sketches:
    """Sketch folded texts (see keys.normal), each with its folded title."""
    size = len(texts)
    done = Sketches([None] * size, np.zeros(size, np.uint64), [None] * size)
    long = [n for n in range(size) if len(texts[n]) >= MIN_BYTES]
    for at in range(0, len(long), _BATCH):
        part = long[at : at + _BATCH]
        signatures = _signatures([texts[n][:_READ_BYTES] for n in part])
        guards = _guards([titles[n][:1024] + b"\x1f" + texts[n][:_GUARDED_BYTES] for n in part])
        shapes = _title_bits([titles[n] for n in part])
        for row, n in enumerate(part):
            done.minhash[n] = signatures[row].tobytes()
            done.guard[n] = guards[row]
            done.title[n] = shapes[row].tobytes()
    return done


def _runs(texts: Sequence[bytes], width: int) -> tuple[U64, I64, I64]:
    """Return all runs of `width` (at most 8) bytes as numbers, where each text's begin, and their places.

    A place counts the bytes of all texts.
    """
    raw = b"".join(texts) + bytes(8)
    words = np.ndarray((len(raw) - 8,), "<u8", raw, strides=(1,)).astype(np.uint64)
    sizes = np.array([len(t) for t in texts], np.int64)
    ends = np.cumsum(sizes)
    inside = np.ones(words.size, np.bool_)
    for back in range(1, width):  # a run does not reach into the next text
        inside[ends[sizes >= back] - back] = False
    places = np.flatnonzero(inside)
    runs = words[places]
    if width < 8:
        runs &= np.uint64((1 << (8 * width)) - 1)
    return runs, np.concatenate(([0], np.cumsum(np.maximum(sizes - width + 1, 0)))), places


def _scattered(runs: U64) -> U64:
    """Hash runs, quicker than `mix` and well enough for MinHash."""
    runs = runs * np.uint64(0x9E3779B97F4A7C15)
    runs ^= runs >> np.uint64(32)
    runs *= np.uint64(0xD6E8FEB86659FD93)
    runs ^= runs >> np.uint64(32)
    return runs


def _signatures(texts: Sequence[bytes]) -> npt.NDArray[np.uint16]:
    from rensa import RMinHash

    runs, starts, _ = _runs(texts, _RUN)
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(_scattered(runs), starts.astype(np.uint64), SLOTS, _SEED)
    return (np.array(matrix.to_rows(), np.uint32) & np.uint32(0xFFFF)).astype("<u2")


def _title_bits(titles: Sequence[bytes]) -> npt.NDArray[np.uint8]:
    runs, starts, _ = _runs(titles, 3)
    bits = np.zeros((len(titles), 8 * TITLE_BYTES), np.bool_)
    bits[np.repeat(np.arange(len(titles)), np.diff(starts)), _scattered(runs) % np.uint64(8 * TITLE_BYTES)] = True
    return np.packbits(bits, axis=1)


@functools.cache
def _day_runs() -> tuple[Mask, U64, U64]:
    """How names of days and months begin: a filter by 16 bits of hash of 5 bytes, and the runs of 8 and of 5 bytes."""
    names = [name.encode() for name in _DAYS]
    eight = np.unique(_runs([n[:8] for n in names if len(n) >= 8], 8)[0])
    five = np.unique(_runs([n[:5] for n in names if 5 <= len(n) < 8], 5)[0])
    held = np.zeros(1 << 16, np.bool_)
    held[_slot(eight & _FIVE)] = True
    held[_slot(five)] = True
    return held, eight, five


_FIVE = np.uint64((1 << 40) - 1)


def _slot(runs: U64) -> U64:
    return (runs * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(48)


def _guards(texts: Sequence[bytes]) -> U64:
    """Return a key of the set of numbers, and of days and months, that each text names. Never 0."""
    joined = b"\x1f".join(texts) + b"\x1f"  # so that no name is put together of two texts
    raw = np.frombuffer(joined, np.uint8)
    ends = np.cumsum([len(t) + 1 for t in texts])
    digit = (raw - np.uint8(48)) < 10
    if raw.size > 2 and raw.max() >= 0x80:  # Arabic, Persian and Devanagari digits
        digit[1:] |= ((raw[:-1] == 0xD9) & ((raw[1:] - np.uint8(0xA0)) < 10)) | (
            (raw[:-1] == 0xDB) & ((raw[1:] - np.uint8(0xB0)) < 10)
        )
        digit[2:] |= (raw[:-2] == 0xE0) & (raw[1:-1] == 0xA5) & ((raw[2:] - np.uint8(0xA6)) < 10)
    at = np.flatnonzero(digit)
    owner = np.searchsorted(ends, at, "right")
    facts: list[tuple[I64, U64]] = []
    if at.size:
        # digits with no more than a separator between them are one number: 1,204 and 1204 are the same
        fresh = np.concatenate(([True], (np.diff(at) > 3) | (np.diff(owner) > 0)))
        first = np.flatnonzero(fresh)
        place = np.arange(at.size) - np.repeat(first, np.diff(np.append(first, at.size)))
        weight = mix(place.astype(np.uint64) % np.uint64(64) + np.uint64(1))
        numbers = np.add.reduceat((raw[at].astype(np.uint64) + np.uint64(1)) * weight, first)
        facts.append((owner[first], numbers))

    named, eight, five = _day_runs()
    words = np.ndarray((raw.size,), "<u8", joined + bytes(8), strides=(1,)).astype(np.uint64)
    at = np.flatnonzero(named[_slot(words & _FIVE)])
    owner = np.searchsorted(ends, at, "right")
    runs = words[at]
    for names, beginning in ((eight, runs), (five, runs & _FIVE)):
        hit = np.isin(beginning, names)
        facts.append((owner[hit], beginning[hit]))

    whose = np.concatenate([w for w, _ in facts])
    what = mix(np.concatenate([f for _, f in facts]) | np.uint64(1 << 63))
    order = np.lexsort((what, whose))
    whose, what = whose[order], what[order]
    fresh = np.ones(whose.size, np.bool_)
    fresh[1:] = (whose[1:] != whose[:-1]) | (what[1:] != what[:-1])
    total = np.full(len(texts), NO_FACTS, np.uint64)
    np.add.at(total, whose[fresh], what[fresh])
    total[total == 0] = 2
    return total
