"""Fit how sure a story's bounds and fields are, on layouts that the labeller never saw: `make train` ends with this.

For each story read from a page of a held-out family it is known whether the truth has one with the same bounds, and with
the same title, source and date and nearly the same text. A logistic regression on what the reading shows of the story and
its page (decode.SIGNS) makes of that the two confidences; its weights go beside the labeller's.
"""

import argparse
import bisect
import collections
import difflib
import json
import multiprocessing
import pathlib
import re
import sys

import numpy as np
from feedmill.transforms.formats.dumps import labeller
from feedmill.transforms.formats.dumps.decode import SIGNS, agreed, decode, signs_of
from feedmill.transforms.formats.dumps.evidence import find_evidence
from feedmill.transforms.formats.dumps.stories import read_page
from feedmill.transforms.formats.dumps.units import read_units

from tests.training.samples import held_out, read_samples


def squeeze(text):
    return re.sub(r"\W+", "", text or "").casefold()


def alike(a, b):
    a, b = squeeze(a), squeeze(b)
    if a == b:
        return True
    if not a or not b or len(a) > 20000:
        return False
    return (
        2 * min(len(a), len(b)) / (len(a) + len(b)) > 0.9
        and difflib.SequenceMatcher(None, a, b, autojunk=False).quick_ratio() > 0.95
    )


def judge(sample):
    """Returns family, signs, and whether bounds and fields are right, of each story read from a page."""
    if not held_out(sample["family"]):
        return []
    if "html" in sample:
        return []
    text, fields = sample["text"], [tuple(f) for f in sample["fields"]]
    page = read_units(text)
    if not page.units:
        return []
    scores = agreed(labeller.label(find_evidence(page)), page)
    reading = decode(scores, page.units)
    found = read_page(reading, page, text, "UTC")
    owner = owners(page.units, fields)
    out = []
    signs = signs_of(reading, page.units, scores)
    for record, got, sign in zip(reading.records, found, signs, strict=True):
        mine = collections.Counter()
        for piece in record.pieces:
            for told, size in owner[piece.unit].items():
                mine[told] += size
        story = mine.most_common(1)[0][0] if mine else None
        whole = sum(sizes[story] for sizes in owner if story in sizes)
        bounds = story is not None and len(mine) == 1 and mine[story] >= 0.9 * whole
        right = False
        if story is not None:
            truth = sample["stories"][story]
            right = (
                squeeze(got.title) == squeeze(truth["title"])
                and (not truth["source"] or squeeze(got.source) == squeeze(truth["source"]))
                and alike(f"{got.summary or ''} {got.body or ''}", f"{truth['teaser'] or ''} {truth['body'] or ''}")
            )
        out.append(
            (
                sample["family"],
                sign,
                bounds,
                right,
                len(sample["stories"]),
                squeeze(got.title) in {squeeze(t["title"]) for t in sample["stories"]} if got.title else right,
            )
        )
    return out


def owners(units, fields):
    """Returns of each unit how many characters of its title or text each story has."""
    out = [collections.Counter() for _ in units]
    starts = [u.start for u in units]
    for start, end, label, story in fields:
        if story >= 0 and label in ("title", "teaser", "body"):
            n = max(0, bisect.bisect_right(starts, start) - 1)
            while n < len(units) and units[n].start < end:
                if (shared := min(end, units[n].end) - max(start, units[n].start)) > 0:
                    out[n][story] += shared
                n += 1
    return out


def fit(x, y, steps=400):
    """Returns weights and bias of a logistic regression, by Newton's method with a little ridge."""
    x = np.hstack([x, np.ones((len(x), 1))])
    w = np.zeros(x.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ w))
        g = x.T @ (p - y) + 1e-2 * w
        h = (x * (p * (1 - p))[:, None]).T @ x + 1e-2 * np.eye(len(w))
        w -= np.linalg.solve(h, g)
    return w


def table(p, y):
    for low in np.arange(0, 1, 0.1):
        here = (p >= low) & (p < low + 0.1 + 1e-9 * (low > 0.85))
        if here.any():
            print(
                f"  {low:.1f} to {low + 0.1:.1f}: {here.sum():6d} stories, said {p[here].mean():.2f}, right {y[here].mean():.2f}"
            )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", nargs="+", required=True)
    parser.add_argument("--model")
    parser.add_argument("--out", default="transforms/formats/dumps/confidence.json")
    args = parser.parse_args()
    if args.model:
        labeller._MODEL = pathlib.Path(args.model)
    rows = []
    with multiprocessing.get_context("fork").Pool(2) as pool:
        for got in pool.imap(judge, read_samples(args.samples), chunksize=16):
            rows += got
    families = np.array([r[0] for r in rows])
    x = np.array([r[1] for r in rows])
    weights = {}
    print(
        f"{len(rows)} stories of {len(set(families))} families; titles right {np.mean([r[5] for r in rows]):.3f}, bounds {np.mean([r[2] for r in rows]):.3f}, fields {np.mean([r[3] for r in rows]):.3f}"
    )
    names = sorted(set(families))
    fold = np.array([names.index(f) % 2 for f in families])
    for name, column in (("bounds", 2), ("fields", 3)):
        y = np.array([float(r[column]) for r in rows])
        p = np.zeros(len(y))
        for k in (0, 1):  # what is said of half of the families is fitted on the others
            w = fit(x[fold != k], y[fold != k])
            p[fold == k] = 1 / (1 + np.exp(-np.hstack([x[fold == k], np.ones((int((fold == k).sum()), 1))]) @ w))
        print(name)
        table(p, y)
        weights[name] = [round(float(v), 4) for v in fit(x, y)]
    pathlib.Path(args.out).write_text(json.dumps({"signs": SIGNS, **weights}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
