"""HTML to text: paragraphs stay, everything that is not said goes."""

import re

import pytest
from feedmill.transforms.rows.story import Media
from feedmill.transforms.text.html import clean, html_to_text, plain_to_text, read_html, resolve
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize(
    "html, text",
    [
        ("plain", "plain"),
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("<div>One<div>Two</div>Three</div>", "One\n\nTwo\n\nThree"),
        ("One<br>two<br/><br/>three", "One\ntwo\n\nthree"),
        ("<ul><li>a</li><li>b</li></ul>c", "a\n\nb\n\nc"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\n\nc"),
        ("<pre>x\n  y</pre>", "x\ny"),
        ("a <b>b</b><i>c</i> d", "a bc d"),
        ("caf&eacute; &amp; &#8211; &#x2014; &#146;s &nbsp; x", "café & – — ’s x"),
        ("a<script>if (a < b) {}</script>b<style>p{}</style>", "ab"),
        ("a<noscript><img src=x></noscript><template>t</template>b", "ab"),
        ('<p hidden>no</p><span style="display: none">no</span>yes', "yes"),
        ("1 < 2 && 3 > 2 <3", "1 < 2 && 3 > 2 <3"),
        ("a<!-- c -->b<!-- open <b>c</b>", "abc"),
        ('<a href="x>y" title="1>2">z</a>', "z"),
        ("soft\u00adhy\u200bphen\ufeff", "softhyphen"),
        ("<p>می\u200cخواهم</p>", "می\u200cخواهم"),
        ("<html><head><title>no</title></head><body>yes</body></html>", "yes"),
        ("<!-- only -->", ""),
        ("", ""),
    ],
)
def test_text(html, text):
    assert html_to_text(html) == text


def test_plain_text_keeps_its_paragraphs_and_angles():
    assert plain_to_text("One\nline.\n\n \nTwo <b> x") == "One line.\n\nTwo <b> x"


def test_media_have_what_is_said_of_them():
    html = """<figure><a href="/p"><img src="/a.jpg?w=1&amp;h=2" alt="Caf&eacute;"></a><figcaption>At <b>noon</b></figcaption></figure>
    <img src="https://feeds.feedburner.com/~r/x"><img src="b.gif" width="1"><img src="data:image/png;base64,xx" data-src="c.png">
    <img srcset="d.png 1x, e.png 2x"><video><source src="f.mp4" type="video/mp4"></video><img src="javascript:x()"><img
    src="/a.jpg?w=1&amp;h=2">"""
    text, media = read_html(html, "https://x.example/y/z")
    assert text == "At noon"
    assert media == (
        Media("https://x.example/a.jpg?w=1&h=2", None, "Café", "At noon"),
        Media("https://x.example/y/c.png"),
        Media("https://x.example/y/d.png"),
        Media("https://x.example/y/f.mp4", "video/mp4"),
    )


def test_too_deep_to_parse_loses_no_text():
    assert html_to_text("<b>" * 5_000 + "said" + "</b>" * 5_000) == "said"


PIECES = [
    "<p>",
    "</p>",
    "<b>",
    "</b>",
    "<br>",
    "<div",
    ">",
    "<",
    "&amp;",
    "&lt;b&gt;",
    "&",
    "text",
    " ",
    "\n",
    "\n\n",
    "<script>",
    "</script>",
    "<!--",
    "-->",
]
PIECES += [
    "<img src=a>",
    "<figure>",
    "<figcaption>",
    "</figure>",
    "<pre>",
    "\x00",
    "\u2028",
    "é",
    "<table>",
    "<td>",
    "<![CDATA[",
    "]]>",
    "</",
    "<?",
    "'",
    '"',
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join) | st.text(max_size=60))
def test_any_html_gives_clean_text(html):
    text = html_to_text(html)
    assert text == text.strip()
    assert not re.search(r"\n{3}|  |[\x00-\x08\r]", text)
    assert plain_to_text(text.replace("&", "")) == plain_to_text(plain_to_text(text.replace("&", "")))
    if "<" not in text and "&" not in text and "\n" not in text:
        assert html_to_text(text) == text
    assert clean(clean(text)) == clean(text)


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_url_is_resolved_or_not(url, base):
    found = resolve(url, base)
    assert found is None or found
