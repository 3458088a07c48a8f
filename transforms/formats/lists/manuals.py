"""What systems are full of and holds no stories: program text, settings, licences, manuals, lists of changes.

Such texts have bullets, headings and paragraphs as lists of stories have, so
their shape does not tell them apart; their words do. Four kinds are counted,
over a hundred words: lines with a mark that programs write and journalists do
not (an option, a path, a call, a comment), phrases of licences, words of
manuals ("directory", "configure"), and those that speak to a reader ("you",
"should"), which count only as far as others stand beside them. English is
enough for the words: marks and licences are the same in any language.
"""

import re

from feedmill.transforms.text.lines import columns

_SAMPLE = 100_000  # characters that are looked at
_ADDRESS = re.compile(r"\b(?:https?|ftp)://\S+|\bwww\.\S+|[\w.+-]{1,64}@\S+")
_MARK = re.compile(
    r"""(?x)
    (?<!\S)["'(]?(?:-[A-Za-z](?![\w-])|--[a-z])     # options: -x, --all
    |(?<![\w/.:])(?:~|\.\.?)?/[\w.-]{1,80}/         # paths, not addresses, "and/or" or dates
    |(?<![@\#\w-])\w+_\w                            # joined_names, not handles
    |\w\(\)|[a-z]\([1-8]\)                          # calls(), pages(1) of manuals
    |`[^`\n]+[`']                                   # literals, as Markdown and Texinfo write them
    |\w\.(?:[ch]|[ch]pp|cfg|conf|dll|exe|gz|json|txt|xml|ya?ml)\b
    |[{}\\]|[=!<>]=|\w->\w|::|;$|\$[a-z({]|\w=\w|(?<![\d ])%[a-z]\b
    """
)
_COMMENT = re.compile(r"\s*(?://|/\*|#(?![\w#])|;|%%|\.\.\s|dnl\b)")
_LICENCE = re.compile(
    r"permission is hereby granted|to any person obtaining|redistributions? (?:and use|of source|in binary)"
    r"|without (?:any )?warrant|merchantability|general\s+public\s+licen|(?:apache|bsd|mit|artistic) licen"
    r"|spdx licen|licensed under|free software foundation|copyright holders?|sublicen[sc]e",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
_MANUAL_WORDS = (
    "argument arguments binaries binary bug bugs callback command commands compile compiled compiler configuration "
    "configure configured copyright default defaults deprecated directories directory distributed documentation "
    "encoding file filename files function functions header headers install installation installed installing kernel "
    "libraries library license licensed locale macro macros makefile module modules option options package packages "
    "parameter parameters parser patch patches posix readme redistribute repository runtime script scripts shell "
    "software stdin stdout string strings syntax unicode upstream variable variables warranty"
)
_MANUAL = frozenset(_MANUAL_WORDS.split())
_ADDRESSED_WORDS = "you your this these should must see use used using note please if"
_ADDRESSED = frozenset(_ADDRESSED_WORDS.split())
# Points a hundred words, by what is counted, and how many make a text a system's. Set by hand on 500 files below
# /usr and /etc that have the shape of a list, of which 89 % are told, against 286 lists of stories, many of them about
# software: the most that one of these has is 2.9.
_POINTS = {"mark": 2.0, "licence": 5.0, "manual": 0.25, "addressed": 0.5}
_MOST = 3.6
_MARGIN = 40  # words that are added to each text, as a mark or two in a short one tell little


def is_manual(text: str) -> bool:
    """True for program text, settings, licences, manuals and lists of changes.

    >>> is_manual("- Pass --all to list hidden files too.\\n- Edit /etc/lsrc/config to make it the default.\\n")
    True
    >>> is_manual("- The kernel's maintainers met in Lisbon.\\n- A bug in a library let attackers read files.\\n")
    False
    """
    lines = _ADDRESS.sub(" ", text[:_SAMPLE]).splitlines()
    words = [word.lower() for line in lines for word in _WORD.findall(line)]
    comments = [bool(_COMMENT.match(line)) for line in lines]
    # a heading of Markdown looks like a comment, and stands alone
    marks = sum((comments[n] and n > 0 and comments[n - 1]) or bool(_MARK.search(line)) for n, line in enumerate(lines))
    # words alone: licences are wrapped, and their lines may begin with the marks of comments
    licences = len(_LICENCE.findall(" ".join(words)))
    manual = sum(word in _MANUAL for word in words)
    addressed = min(sum(word in _ADDRESSED for word in words), marks + licences + manual)
    size = columns("".join(words)) / 5  # words, as English counts them: some scripts put no blanks between theirs
    points = dict(zip(_POINTS, (marks, licences, manual, addressed), strict=True))
    return 100 * sum(_POINTS[what] * count for what, count in points.items()) > _MOST * (size + _MARGIN)
