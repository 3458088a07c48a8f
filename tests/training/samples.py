"""Samples, as page.py describes them, to what the labeller is trained and judged on."""

import bisect
import hashlib
import io
import json

import numpy as np
import zstandard
from feedmill.transforms.formats.dumps.evidence import find_evidence
from feedmill.transforms.formats.dumps.labeller import STATES
from feedmill.transforms.formats.dumps.tree import placed, see
from feedmill.transforms.formats.dumps.units import read_units

from tests.training.page import unmark

STATE = {state: n for n, state in enumerate(STATES)}


def read_samples(paths):
    for path in paths:
        with open(path, "rb") as file:
            for line in io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), encoding="utf-8"):
                yield json.loads(line)


def held_out(family: str) -> bool:
    """A fifth of the families, by a hash of their name."""
    return hashlib.blake2b(family.encode(), digest_size=2).digest()[0] % 5 == 0


def states_of(units, fields) -> np.ndarray:
    """Returns the state of each unit: of the label that most of its characters have."""
    out = np.zeros(len(units), np.int32)
    begun, at = -1, 0
    fields = sorted(fields)
    for n, unit in enumerate(units):
        while at < len(fields) and fields[at][1] <= unit.start:
            at += 1
        best, size, k = None, 0, at
        while k < len(fields) and fields[k][0] < unit.end:
            start, end, name, story = fields[k]
            shared = min(end, unit.end) - max(start, unit.start)
            if name != "chrome" and shared > size:
                best, size = (name, story), shared
            k += 1
        if best is None or size < 0.3 * (unit.end - unit.start):
            continue
        name, story = best
        if name == "day":
            out[n] = STATE["day", False]
        else:
            out[n] = STATE[name, story > begun]
            begun = max(begun, story)
    return out


def prepare(sample):
    """Returns family, facts, groups and states of a page; None of one without units. A page of HTML is read by its tree."""
    if "html" in sample:
        text, fields, seen = of_tree(sample)
        page = read_units(text)
        page = page._replace(units=placed(page.units, seen))
    else:
        page, fields = read_units(sample["text"]), [tuple(f) for f in sample["fields"]]
    if not page.units:
        return None
    evidence = find_evidence(page)
    return sample["family"], evidence.facts, evidence.groups, states_of(page.units, fields)


def of_tree(sample):
    """Returns the text that is seen of an HTML page, and where its fields stand in it."""
    source, fields = unmark(sample["html"], [tuple(m) for m in sample["marks"]])
    seen = see(source)
    starts = [s.source for s in seen.stretches]
    out = []
    for field in fields:
        n = max(0, bisect.bisect_right(starts, field.start) - 1)
        while n < len(seen.stretches) and seen.stretches[n].source < field.end:
            s = seen.stretches[n]
            if s.source_end > field.start:
                plain = s.end - s.start == s.source_end - s.source
                first = s.start + max(0, field.start - s.source) if plain else s.start
                last = s.end - max(0, s.source_end - field.end) if plain else s.end
                if first < last:
                    out.append((first, last, field.label, field.story))
            n += 1
    return seen.text, out, seen
