"""What leads back to the story is taken off its end, in any language, and nothing else is."""

import pytest
from feedmill.transforms.text.signposts import find_signpost

OWN = "https://pier.example/crane/"
TITLE = "Crane falls on two berths"
LINK = f'<a rel="nofollow" href="{OWN}">{TITLE}</a>'
SITE = '<a rel="nofollow" href="https://pier.example">The Pier</a>'
STORY = "<p>Two berths are closed.</p>\n<p>Nobody was hurt, the port says.</p>\n"


def without(html: str, title: str | None = TITLE) -> str:
    found = find_signpost(html, title, OWN.__eq__)
    return html[: found[0]] + html[found[1] :] if found else html


@pytest.mark.parametrize(
    "words",
    [
        "The post {} appeared first on {}.",
        "L&#8217;article {} est apparu en premier sur {}.",
        "Der Beitrag {} erschien zuerst auf {}.",
        "La entrada {} se publicó primero en {}.",
        "Artykuł {} pochodzi z serwisu {}.",
        "Сообщение {} появились сначала на {}.",
        "投稿 {} は {} に最初に表示されました。",
        "{} yazısı ilk önce {} üzerinde ortaya çıktı.",
        "ظهرت المقالة {} أولاً على {}.",
        "<em>(Source: {}, {})</em>",
    ],
)
def test_a_paragraph_that_names_the_story_and_its_site(words):
    said = words.format(LINK, SITE)
    assert without(f"{STORY}<p>{said}</p>\n") in (f"{STORY}<p></p>\n", f"{STORY}<p><em></em></p>\n")
    assert without(f"<p>{said}</p>") in ("<p></p>", "<p><em></em></p>")  # it may be all that there is


@pytest.mark.parametrize(
    "words", ["Read more", "Lire la suite →", "続きを読む", "<span>Weiterlesen</span> &raquo;", "★"]
)
def test_a_link_to_the_rest(words):
    link = f'<a class="more" href="{OWN}">{words}</a>'
    assert without(f"{STORY}<p>{link}</p>") == f"{STORY}<p></p>"
    assert without(f"<p>Two berths are closed [&hellip;] {link}</p>") == "<p>Two berths are closed [&hellip;] </p>"
    assert without(f"Two berths are closed.<br/>{link}") == "Two berths are closed.<br/>"


def test_what_reddit_puts_under_a_post():
    said = (
        'submitted by &#32; <a href="https://www.reddit.com/user/ana"> /u/ana </a> &#32; to &#32; '
        '<a href="https://www.reddit.com/r/cranes/"> r/cranes </a> <br/> <span><a href="https://i.example/1.jpg">[link]</a></span>'
        f' &#32; <span><a href="{OWN}">[comments]</a></span>'
    )
    post = '<div class="md"><p>Two berths are closed.</p></div>'
    assert without(f"{post} &#32; {said}") == f"{post} </span>"
    assert without(f"<table><tr><td>{said}</td></tr></table>") == "<table><tr><td></span></td></tr></table>"


@pytest.mark.parametrize(
    "html",
    [
        STORY,
        f"<p>Two berths are closed, as the port says in <a href='{OWN}'>its report</a>.</p>",  # part of a sentence
        f"<p>Rain today <a href='{OWN}'>#</a></p>",  # all that it says
        f"{STORY}<p>The post <a href='https://other.example/'>{TITLE}</a> appeared first on {SITE}.</p>",
        f"{STORY}<p>It was in <a href='{OWN}'>our list</a> of the hundred tallest cranes that fell, and was the third.</p>",
        f"{STORY}<p>It fell. The port then said in <a href='{OWN}'>a report</a> why.</p>",
        f"{LINK} and {SITE}",
        "",
    ],
)
def test_what_stays(html):
    assert without(html, "Another title") == html


def test_a_line_that_ends_in_a_link_loses_the_link_alone():
    assert without(f'{STORY}<p>It fell. <a href="{OWN}">Read more</a></p>') == f"{STORY}<p>It fell. </p>"


def test_a_long_text_is_looked_at_from_its_end():
    said = f"<p>The post {LINK} appeared first on {SITE}.</p>"
    assert without("<p>Rain.</p>" * 5000 + said) == "<p>Rain.</p>" * 5000 + "<p></p>"
    long = "rain " * 5000 + f'<a href="{OWN}">more</a>'  # where its paragraph starts is not seen
    assert without(long) == long
    assert without(long.replace(" <", "… <")) == "rain " * 4999 + "rain… "
