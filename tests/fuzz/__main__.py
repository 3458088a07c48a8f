"""`make fuzz`: inputs of every kind, damaged at the places where their readers decide, for so many minutes of CPU.

    python -m tests.fuzz MINUTES [SEED]

Held are the laws of `tests/test_fuzz.py`: only `Rejected` is raised, spans tile the bytes. And no input takes longer
than its size allows: what seems to is tried again, and against half of itself. What is found is written to
`tests/fuzz/found/` with what came; it should become a test, and the file go.
"""

import hashlib
import io
import pathlib
import random
import sys
import tarfile
import time
import traceback
from collections.abc import Callable

from feedmill.transforms.captures.containers import DeadInput, SkippedRecords, unpack
from feedmill.transforms.rows.story import Snapshot

from tests.conftest import CASES, ROOT
from tests.linear.growth import spent
from tests.test_fuzz import LIMITS, PACKED, SEEDS, SNIPPETS, check

FOUND = pathlib.Path(__file__).parent / "found"
_PER_SECOND = 50_000  # bytes, at the very least: what is slower is looked at again
_LEAST = 2.0  # seconds that any input may take
_LARGEST = 100_000  # bytes of an input

Mutation = Callable[[random.Random, bytearray], None]


def starts() -> list[bytes]:
    """All that is known to be read: samples, test cases, archives."""
    found = [*SEEDS, *PACKED, _tar()]
    for folder in (CASES, ROOT / "seeds"):
        found += [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]
    return [data[:_LARGEST] for data in found if data]


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as members:
        for number, data in enumerate(SEEDS[:3]):
            info = tarfile.TarInfo(f"é{number}.xml")
            info.size, info.mtime = len(data), 1_752_576_063.5
            members.addfile(info, io.BytesIO(data))
    return out.getvalue()


# --- where inputs are damaged ----------------------------------------------------------------------

_DECIDES = b"<>&;\"'=/{}[]:,\\\n\r\t#-!?%()|"  # what readers look for


def _place(dice: random.Random, data: bytearray) -> int:
    """Somewhere, three times of four just at or behind what a reader looks for."""
    at = dice.randrange(len(data) + 1)
    if dice.random() < 0.75:
        mark = dice.choice(_DECIDES)
        found = data.find(bytes((mark,)), at)
        at = found + dice.randrange(2) if found >= 0 else at
    return at


def _put(dice: random.Random, data: bytearray) -> None:
    at = _place(dice, data)
    data[at:at] = dice.choice(SNIPPETS).encode("utf-8", "replace")


def _cut(dice: random.Random, data: bytearray) -> None:
    at = _place(dice, data)
    del data[at : _place(dice, data) if dice.random() < 0.3 else at + dice.randrange(1, 40)]


def _repeat(dice: random.Random, data: bytearray) -> None:
    at = _place(dice, data)
    piece = data[at : at + dice.choice((1, 2, 8, 40, 400))]
    data[at:at] = piece * dice.choice((1, 2, 50, 2_000))


def _swap(dice: random.Random, data: bytearray) -> None:
    one, other = sorted((_place(dice, data), _place(dice, data)))
    size = dice.randrange(1, 60)
    data[one : one + size], data[other : other + size] = data[other : other + size], data[one : one + size]


def _number(dice: random.Random, data: bytearray) -> None:
    """Lengths, sizes, times: a number in digits, or two, four or eight bytes of one."""
    at = _place(dice, data)
    digits = [n for n in range(at, min(at + 400, len(data))) if data[n : n + 1].isdigit()]
    if digits and dice.random() < 0.7:
        at = digits[0]
        end = next((n for n in range(at, len(data)) if not data[n : n + 1].isdigit()), len(data))
        data[at:end] = dice.choice(
            (b"", b"0", b"-1", b"99999999999", b"9" * 400, "²".encode(), b"1e9", b"07777777777", b"4294967295")
        )
    else:
        size = dice.choice((1, 2, 4, 8))
        data[at : at + size] = dice.choice(
            (bytes(size), b"\xff" * size, b"\x7f" + b"\xff" * (size - 1), dice.randbytes(size))
        )


def _encode(dice: random.Random, data: bytearray) -> None:
    text = bytes(data).decode("utf-8", "replace")
    codec = dice.choice(
        (
            "utf-16",
            "utf-16-be",
            "utf-32",
            "cp1252",
            "shift_jis",
            "gb18030",
            "koi8-r",
            "cp037",
            "iso2022_jp",
            "utf-8-sig",
        )
    )
    data[:] = text.encode(codec, "replace")


def _flip(dice: random.Random, data: bytearray) -> None:
    for _ in range(dice.choice((1, 1, 4, 30))):
        if data:
            data[dice.randrange(len(data))] = dice.randrange(256)


def _end(dice: random.Random, data: bytearray) -> None:
    del data[_place(dice, data) :]


MUTATIONS: tuple[Mutation, ...] = (_put, _put, _cut, _repeat, _swap, _number, _number, _encode, _flip, _end)


def damaged(dice: random.Random, seeds: list[bytes]) -> bytes:
    data = bytearray(dice.choice(seeds))
    if dice.random() < 0.1:  # one behind the other, or a part of one in another
        at = _place(dice, data)
        data[at:at] = dice.choice(seeds)
    for _ in range(dice.choice((1, 1, 2, 3, 6))):
        dice.choice(MUTATIONS)(dice, data)
    return bytes(data[: 2 * _LARGEST])


# --- what must hold --------------------------------------------------------------------------------


def hold(data: bytes) -> None:
    """Unpacks and splits, and checks what comes out."""
    names = set()
    for found in unpack("a", data, 7, LIMITS):
        assert isinstance(found, (Snapshot, DeadInput, SkippedRecords))
        if isinstance(found, Snapshot):
            assert found.uri not in names, f"two are called {found.uri!r}"
            names.add(found.uri)
            check(found.data)
        elif isinstance(found, DeadInput):
            assert 0 <= found.start <= found.end <= len(data), f"{found.start} to {found.end} of {len(data)}"


def is_slow(data: bytes, took: float) -> bool:
    """Whether an input takes longer than its size allows, each time, and much longer than half of it."""
    allowed = _LEAST + len(data) / _PER_SECOND
    return (
        took > allowed
        and min(spent(lambda: hold(data)) for _ in range(2)) > allowed
        and spent(lambda: hold(data[: len(data) // 2])) < allowed / 3
    )


def main(minutes: float, seed: int) -> int:
    dice, seeds, tried, found = random.Random(seed), starts(), 0, 0
    end = time.process_time() + 60 * minutes
    while time.process_time() < end:
        data = damaged(dice, seeds)
        tried += 1
        began, what = time.process_time(), ""
        try:
            hold(data)
        except Exception:  # noqa: BLE001 - whatever it is, it is what is looked for
            what = traceback.format_exc()
        if not what and is_slow(data, time.process_time() - began):
            what = f"{time.process_time() - began:.1f} s for {len(data)} bytes"
        if what:
            found += 1
            name = hashlib.sha256(data).hexdigest()[:12]
            FOUND.mkdir(exist_ok=True)
            (FOUND / f"{name}.bin").write_bytes(data)
            (FOUND / f"{name}.txt").write_text(what)
            print(f"tests/fuzz/found/{name}.bin: {what.strip().splitlines()[-1][:200]}", flush=True)
    print(f"{tried:,} inputs, seed {seed}, {minutes:g} minutes of CPU: {found or 'nothing'} found")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(
        main(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(1 << 32))
    )
