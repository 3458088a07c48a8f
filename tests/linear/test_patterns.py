"""Every regular expression: no text, made of what the expression itself is made of, takes it longer than its size."""

import importlib
import pathlib
import pkgutil
import re
import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterator

import feedmill.transforms
import pytest

from tests.linear.growth import growth

# Asked only of what is short already, at most so many characters: what they take is bounded, and small.
SHORT: dict[str, int] = {
    "feedmill.transforms.failures._INSTALLED": 1_000,  # the start of an error's message
    "feedmill.transforms.formats.dumps.evidence._MAIL": 600,  # the start of a line
    "feedmill.transforms.formats.freshrss.chrome._COUNT": 120,
    "feedmill.transforms.storage.gcs._PIECES": 300,  # a glob that was typed
    "feedmill.transforms.identity.keys._ELLIPSIS": 24,
}
SIZE = 2_000
_ANY = [" ", "\t", "\n", "a", "1", "A", "\xa0", "é", "的", "-", ".", "<", "(", '"', "="]


def patterns() -> dict[str, tuple[re.Pattern, str]]:
    """Those that a module keeps, by name, and whether they are searched for, or asked of one place alone."""
    found = {}
    for module in pkgutil.walk_packages(feedmill.transforms.__path__, "feedmill.transforms."):
        loaded = importlib.import_module(module.name)
        source = pathlib.Path(loaded.__file__ or "").read_text(encoding="utf-8")
        for name, value in vars(loaded).items():
            for number, one in enumerate(_inside(value)):
                used = set(
                    re.findall(rf"\b{re.escape(name)}\.(match|fullmatch|search|sub|split|findall|finditer)\b", source)
                )
                how = "match" if used and used <= {"match", "fullmatch"} else "search"
                found.setdefault((one.pattern, one.flags), (f"{module.name}.{name}", number, one, how))
    return {name + (f"[{n}]" if n else ""): (one, how) for name, n, one, how in found.values()}


def _inside(value: object) -> Iterator[re.Pattern]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, (tuple, list)):
        for part in value:
            yield from _inside(part)


def _samples(tree) -> Iterator[str]:
    """A character or two for each set of characters in an expression."""
    for kind, value in tree:
        if kind is op.LITERAL:
            yield chr(value)
        elif kind is op.NOT_LITERAL or kind is op.ANY:
            yield "a"
        elif kind is op.IN:
            for inner, what in value:
                if inner is op.LITERAL:
                    yield chr(what)
                elif inner is op.RANGE:
                    yield chr(what[0])
                elif inner is op.CATEGORY:
                    yield {"CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " ", "CATEGORY_WORD": "a"}.get(str(what), "-")
                elif inner is op.NEGATE:
                    yield "a"
                    break
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            yield from _samples(value[2])
        elif kind is op.SUBPATTERN:
            yield from _samples(value[3])
        elif kind is op.BRANCH:
            for branch in value[1][:8]:
                yield from _samples(branch)
        elif kind in (op.ASSERT, op.ASSERT_NOT):
            yield from _samples(value[1])
        elif kind is op.ATOMIC_GROUP:
            yield from _samples(value)


def _shortest(tree) -> str:
    """A text that an expression finds, or nearly."""
    found = ""
    for kind, value in tree:
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            found += _shortest(value[2]) * max(1, min(value[0], 3))
        elif kind is op.SUBPATTERN:
            found += _shortest(value[3])
        elif kind is op.BRANCH:
            found += _shortest(value[1][0])
        elif kind is op.ATOMIC_GROUP:
            found += _shortest(value)
        elif kind not in (op.ASSERT, op.ASSERT_NOT, op.AT):
            found += next(_samples([(kind, value)]), "")
    return found


def texts(pattern: re.Pattern) -> Iterator[tuple[str, str]]:
    """Beginnings, and what to repeat behind them."""
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    own = list(dict.fromkeys(_samples(tree)))[:10]
    starts = list(dict.fromkeys(_shortest(list(tree)[:n]) for n in range(len(tree) + 1)))
    for start in dict.fromkeys(["", *starts[1:-1][:5]]):
        for unit in dict.fromkeys([*own, *_ANY]):
            yield start, unit
    for one in own[:6]:
        for other in [*own[:6], " "]:
            yield "", one + other
    for start in starts[1:]:
        yield "", start[:60]


ALL = patterns()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ALL)
def test_pattern(name):
    pattern, how = ALL[name]
    slow = {}
    for start, unit in texts(pattern):
        if not unit:
            continue

        def work(size, start=start, unit=unit):
            given = start + unit * (min(size, SHORT.get(name, size)) // len(unit)) + "\x00"
            data = given.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else given
            return lambda: pattern.match(data) if how == "match" else sum(1 for _ in pattern.finditer(data))

        if found := growth(work, SIZE):
            slow[start + unit] = found
    assert not slow
