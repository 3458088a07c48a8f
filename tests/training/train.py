"""Train the network that labels the units of a dump: `make train`. Needs jax, which nothing else does.

Reads samples (see page.py), writes transforms/formats/dumps/model.npz. The same samples and the same machine give the
same bytes. Whole families of layouts are held out (HELD_OUT), never pages: what is reported is reported of those.
"""

import argparse
import functools
import io
import multiprocessing
import sys
import time
import zipfile

import jax
import jax.numpy as jnp
import numpy as np
from feedmill.transforms.formats.dumps.evidence import FACTS
from feedmill.transforms.formats.dumps.labeller import DILATIONS, STATES

from tests.training.samples import held_out, prepare, read_samples

HIDDEN = 64
GROUPS = 4  # measures of alikeness that evidence.py knows
LENGTH = 4096  # units of one step
GAP = 16  # empty units between two pages, as many as the furthest look
LEXICON = (
    35  # the fact that a unit is a word of interfaces: left out of half of the pages, as most have words not listed
)


def init(key):
    def dense(key, *shape):
        return jax.random.normal(key, shape) * (2.0 / np.prod(shape[:-1])) ** 0.5

    keys = iter(jax.random.split(key, 64))
    w = {"in.w": dense(next(keys), FACTS, HIDDEN), "in.b": jnp.zeros(HIDDEN)}
    for n, dilations in enumerate(DILATIONS):
        for d in dilations:
            w[f"c{n}.{d}.w"], w[f"c{n}.{d}.b"] = dense(next(keys), 3, HIDDEN, HIDDEN) * 0.5, jnp.zeros(HIDDEN)
        if n < len(DILATIONS) - 1:
            w[f"p{n}.w"], w[f"p{n}.b"] = dense(next(keys), (2 + GROUPS) * HIDDEN, HIDDEN) * 0.5, jnp.zeros(HIDDEN)
    w["out.w"], w["out.b"] = dense(next(keys), HIDDEN, len(STATES)) * 0.1, jnp.zeros(len(STATES))
    return w


def forward(w, facts, groups, mask, key=None):
    """As labeller.label, for many pages behind one another; `mask` is 0 between them."""
    m = mask[:, None]
    norm = lambda h: h / jnp.sqrt((h * h).mean(axis=1, keepdims=True) + 1e-5) * m  # noqa: E731
    h = jax.nn.relu(facts @ w["in.w"] + w["in.b"]) * m
    drops = iter(jax.random.split(key, 32)) if key is not None else None

    def drop(x):
        if drops is None:
            return x
        return x * jax.random.bernoulli(next(drops), 0.9, x.shape) / 0.9

    for n, dilations in enumerate(DILATIONS):
        for d in dilations:
            x, k = norm(h), w[f"c{n}.{d}.w"]
            left = jnp.pad(x, ((d, 0), (0, 0)))[:-d]
            right = jnp.pad(x, ((0, d), (0, 0)))[d:]
            h = (h + drop(jax.nn.relu(left @ k[0] + x @ k[1] + right @ k[2] + w[f"c{n}.{d}.b"]))) * m
        if f"p{n}.w" in w:
            x = norm(h)
            seen = [x]
            for g in groups:
                total = jax.ops.segment_sum(x, g, LENGTH)
                count = jax.ops.segment_sum(mask, g, LENGTH)
                seen.append((total / jnp.maximum(count, 1)[:, None])[g])
            h = (h + drop(jax.nn.relu(jnp.concatenate(seen, axis=1) @ w[f"p{n}.w"] + w[f"p{n}.b"]))) * m
    return norm(h) @ w["out.w"] + w["out.b"]


def loss(w, batch, key):
    facts, groups, mask, states, weight = batch
    scores = jax.nn.log_softmax(forward(w, facts, groups, mask, key))
    hit = jnp.take_along_axis(scores, states[:, None], axis=1)[:, 0]
    smooth = 0.98 * hit + 0.02 * scores.mean(axis=1)
    return -(smooth * weight).sum() / weight.sum()


@functools.partial(jax.jit, static_argnums=())
def step(w, m, v, t, rate, batch, key):
    value, g = jax.value_and_grad(loss)(w, batch, key)
    size = jnp.sqrt(sum((x * x).sum() for x in g.values()))
    g = {k: x * jnp.minimum(1.0, 1.0 / size) for k, x in g.items()}
    m = {k: 0.9 * m[k] + 0.1 * g[k] for k in g}
    v = {k: 0.99 * v[k] + 0.01 * g[k] ** 2 for k in g}
    new = {}
    for k in w:
        change = (m[k] / (1 - 0.9**t)) / (jnp.sqrt(v[k] / (1 - 0.99**t)) + 1e-8)
        new[k] = w[k] - rate * (change + (0.01 * w[k] if k.endswith(".w") else 0.0))
    return new, m, v, value


def pack(pages, order, rng, lost=0.0):
    """Puts pages behind one another into steps of LENGTH units."""
    facts = np.zeros((LENGTH, FACTS), np.float32)
    groups = np.full((1 + GROUPS, LENGTH), LENGTH - 1, np.int32)
    mask, weight = np.zeros(LENGTH, np.float32), np.zeros(LENGTH, np.float32)
    states = np.zeros(LENGTH, np.int32)
    at, bases = 0, [0] * (1 + GROUPS)

    def fresh():
        return (
            np.zeros((LENGTH, FACTS), np.float32),
            np.full((1 + GROUPS, LENGTH), LENGTH - 1, np.int32),
            np.zeros(LENGTH, np.float32),
            np.zeros(LENGTH, np.float32),
            np.zeros(LENGTH, np.int32),
        )

    for index in order:
        f, g, s = pages[index]
        n = len(s)
        if n > LENGTH - GAP:
            n = LENGTH - GAP
            f, g, s = f[:n], [x[:n] for x in g], s[:n]
        if at + n + GAP > LENGTH:
            yield facts, groups, mask, states, weight
            facts, groups, mask, weight, states = fresh()
            at, bases = 0, [0] * (1 + GROUPS)
        here = slice(at, at + n)
        facts[here] = f
        if rng is not None and rng.random() < 0.5:
            facts[here, LEXICON] = 0
        if rng is not None:  # what a page does not show, another layout may: no fact is leaned on alone
            facts[here] *= rng.random(FACTS) > lost
        for k in range(GROUPS):
            groups[k, here] = np.minimum(g[k] + bases[k], LENGTH - 2)
            bases[k] += int(g[k].max()) + 1
        groups[GROUPS, here] = bases[GROUPS]
        bases[GROUPS] += 1
        mask[here] = 1
        states[here] = s
        weight[here] = 1 / np.sqrt(n)
        at += n + GAP
    if at:
        yield facts, groups, mask, states, weight


def save(path, w):
    """Writes the weights as numpy does, but without the time of day: the same weights are the same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name in sorted(w):
            array = io.BytesIO()
            np.lib.format.write_array(array, np.asarray(w[name], np.float16), allow_pickle=False)
            out.writestr(zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), array.getvalue(), zipfile.ZIP_DEFLATED)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", nargs="+", required=True)
    parser.add_argument("--out", default="transforms/formats/dumps/model.npz")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--start", help="weights to go on from")
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--lost", type=float, default=0.02, help="share of a page's facts that are left out")
    parser.add_argument("--all", action="store_true", help="hold nothing out")
    args = parser.parse_args()
    start = time.time()
    train, test = [], []
    with multiprocessing.get_context("forkserver").Pool(2) as pool:
        for page in pool.imap(prepare, read_samples(args.samples), chunksize=16):
            if page is not None:
                (test if not args.all and held_out(page[0]) else train).append(page[1:])
    print(
        f"{len(train)} pages to train on, {len(test)} held out, {sum(len(p[2]) for p in train)} units, {time.time() - start:.0f} s",
        flush=True,
    )
    rng = np.random.default_rng(0)
    key = jax.random.PRNGKey(0)
    w = init(key)
    if args.start:
        w = {name: jnp.asarray(x, jnp.float32) for name, x in np.load(args.start).items()}
    m = {k: jnp.zeros_like(x) for k, x in w.items()}
    v = {k: jnp.zeros_like(x) for k, x in w.items()}
    steps = args.epochs * max(1, len(list(pack(train, range(len(train)), None))))
    t = 0
    for epoch in range(args.epochs):
        total, count = 0.0, 0
        for batch in pack(train, rng.permutation(len(train)), rng, args.lost):
            t += 1
            rate = args.rate * min(1, t / 100) * (0.5 + 0.5 * np.cos(np.pi * min(1, t / steps))) + 1e-5
            key, sub = jax.random.split(key)
            facts, groups, mask, states, weight = batch
            w, m, v, value = step(w, m, v, float(t), rate, (facts, tuple(groups), mask, states, weight), sub)
            total, count = total + float(value), count + 1
        right = tested = 0
        for facts, groups, mask, states, _ in pack(test, range(len(test)), None):
            scores = np.asarray(_forward(w, facts, tuple(groups), mask))
            right += ((scores.argmax(axis=1) == states) * mask).sum()
            tested += mask.sum()
        print(
            f"epoch {epoch}: loss {total / max(1, count):.4f}, states right on held-out families {right / max(1, tested):.4f}, {time.time() - start:.0f} s",
            flush=True,
        )
        save(args.out, w)
    return 0


_forward = jax.jit(forward)

if __name__ == "__main__":
    sys.exit(main())
