"""Makes `transforms/text/language/language_words.npz`: how common each language's most common words are.

    python -m tests.eval.make_language_words <langidentify's models/lite folder>

The counts are those of the package langidentify 1.0.2 (Apache-2.0, (c) 2026 Jeremy Lilley), which took them
from Wikipedia; it needs seconds to load them and has n-gram tables that feedmill does not use. Kept here are
the first `TOP` words of each language, a word as its CRC-32. Serbian is added in Latin letters, too.
"""

import gzip
import sys
import zlib
from pathlib import Path

import numpy as np

TOP = 10_000
SKIP = {"la"}  # nobody writes news in it, and its words are those of its daughters
STEP = 8  # parts of a nat that a log probability is stored in
TARGET = Path(__file__).parents[2] / "transforms" / "text" / "language_words.npz"

SERBIAN = dict(zip("абвгдђежзијклмнопрстћуфхцчш", "abvgdđežzijklmnoprstćufhcčš", strict=True))
SERBIAN |= {"љ": "lj", "њ": "nj", "џ": "dž"}


def main(folder: str) -> None:
    table: dict[int, dict[int, int]] = {}
    files = [f for f in sorted(Path(folder).glob("topwords-*.txt.gz")) if f.name[9:-7] not in SKIP]
    langs = [f.name[9:-7] for f in files]
    for number, file in enumerate(files):
        lines = gzip.decompress(file.read_bytes()).decode().splitlines()
        for word, log_p in [line.split() for line in lines if not line.startswith("#")][:TOP]:
            forms = [word]
            if langs[number] == "sr":
                forms.append("".join(SERBIAN.get(c, c) for c in word))
            for form in forms:
                rarity = min(255, round(-float(log_p) * STEP))
                entry = table.setdefault(zlib.crc32(form.encode()), {})
                entry[number] = min(rarity, entry.get(number, 255))
    keys = sorted(table)
    np.savez_compressed(
        TARGET,
        langs=np.array(langs),
        word=np.array(keys, np.uint32),
        first=np.cumsum([0] + [len(table[k]) for k in keys]).astype(np.uint32),
        lang=np.array([lang for k in keys for lang in sorted(table[k])], np.uint8),
        rarity=np.array([table[k][lang] for k in keys for lang in sorted(table[k])], np.uint8),
    )
    print(f"{len(keys)} words of {len(langs)} languages, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
