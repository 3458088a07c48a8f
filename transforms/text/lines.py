"""Lines of a plain-text file: where they are, what marks them, whether they were wrapped."""

import itertools
import re
import unicodedata
from typing import NamedTuple

# every character that ends a line for Unicode; \r\n is one end
_LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")

# white space, and the marks that are invisible at the edge of a line: zero-width space, bidi controls, BOM
EDGE = "".join(map(chr, [*range(9, 14), *range(28, 33), 0x85, 0xA0, 0x1680, *range(0x2000, 0x2010)])) + (
    "\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u202f\u205f\u2060\u2066\u2067\u2068\u2069\u3000\ufeff"
)

_RULE = frozenset("-=*_~#•─━═—–―+·.…⁂§%☆★◇◆○●□■")

# "1. ", "(1) ", "[1] ", "1) ", "1 - ", "#1 ", "1、". Stop and colon need a space after: "3.5 million", "12:30"
_NUMBER = re.compile(
    r"[#№]?\s?[(\[（【]?(\d{1,4})(?:[)\]）】、．]\s{0,8}|[.:]\s{1,8}|[.)]?[^\S\r\n]?[-–—][^\S\r\n]{1,8}|º\s|ª\s)(?=\S)"
    r"|[#№]\s?(\d{1,4})\s{1,8}(?=\S)"
)
_BULLET = re.compile(r"([-*+•‣⁃∙·●○◦▪▫■□►▶▸▹◆◇♦➤➢➔→⇒»›✓✔★☆–—―])[\s\uFE0F]{1,8}(?=\S)|([•‣●○◦▪▫■□►▶▸◆◇・※])(?=\w)")

SENTENCE_END = frozenset(".!?…。！？｡؟۔।॥։።᙮‼⁇⁈⁉．")
_CLOSERS = "\"'”’»«›‹)]）」』】》〉*_ \xa0"


class Line(NamedTuple):
    """A line that is not blank, without its edges: `text == whole[start:end]`."""

    start: int
    end: int
    text: str
    indent: int  # characters before `start` on its line
    blank_before: int  # blank lines between this line and the one before it


def read_lines(text: str) -> list[Line]:
    r"""Return the lines of `text` that are not blank, edges trimmed.

    >>> [(n.text, n.indent, n.blank_before) for n in read_lines("a\r\n\n  b \u200f\n")]
    [('a', 0, 0), ('b', 2, 1)]
    """
    lines: list[Line] = []
    at, blank = 0, 0
    ends = (found.span() for found in _LINE_END.finditer(text))
    for end, after in itertools.chain(ends, [(len(text), len(text))]):
        raw = text[at:end]
        left = raw.lstrip(EDGE)
        if left:
            start = end - len(left)
            trimmed = left.rstrip(EDGE)
            lines.append(Line(start, start + len(trimmed), trimmed, start - at, blank))
            blank = 0
        else:
            blank += 1
        at = after
    return lines


def is_rule(line: str) -> bool:
    """Tell whether a line only separates: "-----", "* * *", "⁂", "%".

    >>> [is_rule(s) for s in ("---", "* * *", "-", "%", "...and then")]
    [True, True, False, True, False]
    """
    if len(line) > 400 or line[0] not in _RULE:
        return False
    marks = "".join(line.split())
    return frozenset(marks) <= _RULE and (len(marks) >= 3 or marks in {"%", "⁂", "§"})


def numbered(line: str) -> tuple[int, int] | None:
    """Return the number that leads a list item, and how many characters it takes; or None.

    >>> numbered("12) Rain"), numbered("3.5 million people"), numbered("③ 雨")
    ((12, 4), None, (3, 2))
    """
    if found := _NUMBER.match(line):
        return int(found[1] or found[2]), found.end()
    # ①..⑳, ❶..❿ and their kin carry their value in the character database
    if len(line) > 1 and unicodedata.category(line[0]) == "No" and (value := unicodedata.numeric(line[0], 0)) >= 1:
        return int(value), len(line) - len(line[1:].lstrip(EDGE))
    return None


def bullet(line: str) -> tuple[str, int] | None:
    """Return the mark that leads a list item, and how many characters it takes; or None.

    >>> bullet("• Rain"), bullet("-5 degrees"), bullet("🔹 Rain")
    (('•', 2), None, ('🔹', 2))
    """
    if found := _BULLET.match(line):
        return found[1] or found[2], found.end()
    # an emoji or dingbat used as a bullet, as chat channels do
    if len(line) > 2 and line[0] > "\u2300" and unicodedata.category(line[0]) == "So":
        return line[0], len(line) - len(line[1:].lstrip(EDGE + "\ufe0f"))
    return None


def ends_sentence(text: str) -> bool:
    """Tell whether `text` closes a sentence, whatever quotes or brackets follow it.

    >>> ends_sentence('He said "no."'), ends_sentence("Rates held"), ends_sentence("雨が降った。")
    (True, False, True)
    """
    tail = text[-8:].rstrip(_CLOSERS)
    return bool(tail) and tail[-1] in SENTENCE_END


_MAY_BE_WIDE = re.compile("[\u1100-\U0010ffff]")  # none before takes two columns (Unicode's EastAsianWidth.txt)


def columns(text: str) -> int:
    """Width on a terminal: East Asian wide characters take two.

    >>> columns("abc"), columns("東京")
    (3, 4)
    """
    if text.isascii():
        return len(text)
    return len(text) + sum(unicodedata.east_asian_width(c) in "WF" for c in _MAY_BE_WIDE.findall(text))


def _first_word(text: str) -> str:
    return text[0] if _wide(text[0]) else text[:80].split(None, 1)[0]


class Wrap(NamedTuple):
    """How a file's lines were wrapped."""

    width: int
    wide: bool  # East Asian wide characters counted as two columns; programs differ
    capitals: bool = False  # a line that starts with a capital is rare inside a paragraph, so it tells something

    def size(self, line: Line) -> int:
        return line.indent + (columns(line.text) if self.wide else len(line.text))

    def runs_on(self, line: Line, following: Line) -> bool:
        """Tell whether the wrap made the break between the two: the next word had no room.

        >>> one, two = read_lines("aaaa bbbb\\ncc dd")
        >>> Wrap(10, True).runs_on(one, two), Wrap(20, True).runs_on(one, two)
        (True, False)
        """
        word = _first_word(following.text)
        return self.size(line) + 1 + (columns(word) if self.wide else len(word)) > self.width


def join(lines: list[str]) -> str:
    """Join wrapped lines: no space between two CJK characters or after a hyphen inside a word.

    >>> join(["pro-", "democracy groups"]), join(["東京で", "雨"])
    ('pro-democracy groups', '東京で雨')
    """
    parts: list[str] = []
    for line in lines:
        if parts:
            last = parts[-1]
            glued = _wide(last[-1]) and _wide(line[0])
            hyphen = len(last) > 1 and last[-1] == "-" and last[-2].isalpha() and line[0].islower()
            if not (glued or hyphen):
                parts.append(" ")
        parts.append(line)
    return "".join(parts)


def _wide(char: str) -> bool:
    # Korean (Hangul) puts spaces between words, so it is not among them
    return "\u2e80" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or "\uff00" <= char <= "\uffef"
