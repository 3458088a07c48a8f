"""Texts of systems have the shape of lists, and are told from lists of stories by their words."""

import pytest
from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.formats.lists.blurbs import looks_like_blurbs
from feedmill.transforms.formats.lists.generic import looks_like_multi_story
from feedmill.transforms.formats.lists.manuals import is_manual
from feedmill.transforms.formats.sniff import sniff
from feedmill.transforms.rows.story import Snapshot
from feedmill.transforms.text.decode import decode

from tests.conftest import CASES

SYSTEM = {
    "licence": "Permission is hereby granted, free of charge, to any person obtaining a copy of this work.\n\n"
    "The work is provided without warranty of any kind, express or implied, including merchantability.\n",
    "changes": "Fixes since v1.2\n\n * The command ignored --depth when the clone was shallow.\n"
    " * A file in .git/info was read twice when the index had been locked.\n",
    "settings": "# The proxy that is asked for every address but those below.\n# Uncomment to have it used by default.\n"
    "# Without a number the port is the one that the scheme names.\n# Lines that are too long are cut off silently.\n",
    "manual": "# Setting up\n\nRun `make install` in the directory of the sources, then edit the file.\n\n"
    "# Use\n\nYou should see the list of commands when you call it without any arguments.\n",
    "changelog": "1.1.0 / 2015-10-07\n  * use try and catch around `store()`\n\n"
    "1.0.1 / 2014-11-25\n  * call `console.warn()` once\n\n1.0.0 / 2014-04-30\n  * first release of the library\n",
}
ABOUT_SOFTWARE = (
    "- The project released updates for the Linux kernel that fix several bugs, it said on Tuesday.\n"
    "- The foundation removed 500 malicious packages from its index; the library was used by banks.\n"
    "- A court in Munich ruled on a licence for open source software and/or its documentation.\n"
    "- The shell of a turtle from the library's cellar (see https://a.example/news/a_b.html) was sold for $5.\n"
)


@pytest.mark.parametrize("name", SYSTEM)
def test_texts_of_systems_are_declined(name):
    text = SYSTEM[name]
    assert max(looks_like_blurbs(text), looks_like_multi_story(text)) >= 0.5  # by its shape alone it would pass
    with pytest.raises(Rejected) as caught:
        sniff(decode(Snapshot("a", text.encode())))
    assert caught.value.reason is Reason.UNKNOWN_FORMAT
    assert "a licence or a manual" in caught.value.detail


def test_stories_about_software_are_none():
    assert not is_manual(ABOUT_SOFTWARE)
    assert sniff(decode(Snapshot("a", ABOUT_SOFTWARE.encode()))) == "blurbs"


@pytest.mark.parametrize("case", sorted(CASES.glob("*/*.txt")), ids=lambda path: path.stem)
def test_no_case_is_one(case):
    assert not is_manual(case.read_text(encoding="utf-8", errors="replace"))


@pytest.mark.timeout(10)
@pytest.mark.parametrize("part", ["`", "-a", "a-", "/a", "a_", "copyright ", "\\", "# \n", "permission is hereby "])
def test_a_hostile_text_takes_no_long_time(part):
    is_manual(part * 1_000_000)
