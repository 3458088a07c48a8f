"""What a mail has round its stories, and what only sounds like it."""

import pytest
from feedmill.transforms.formats.lists.mail import of_mail
from feedmill.transforms.text.lines import read_lines

STORIES = [
    "The port opened again on Monday after a crane had fallen across two berths, the authority said.",
    "Ministers from nine countries signed an accord on salmon, which ends a dispute of ten years.",
    "Households were asked to use less power on Thursday evening, and few of them did.",
]


def around(text):
    return [line.text for line in of_mail(read_lines(text))]


@pytest.mark.parametrize(
    "head",
    [
        "From: Pier News\nSubject: Today\n\n",
        "-------- Forwarded message --------\nFrom: Pier News\nDate: Tue, 3 Mar 2026\nTo: you\n\n",
        "Von: Hafenblatt\nGesendet: Dienstag, 3. März 2026\nAn: dich\nBetreff: Heute\n\n",
        "De : Le Quai\nObjet : Ce matin,\n  sur le port\n\n",
        "差出人：みなと新報\n件名：今朝\n\n",
    ],
)
def test_heads(head):
    assert around(head + "\n\n".join(STORIES)) == [line.text for line in read_lines(head)]


@pytest.mark.parametrize(
    "foot",
    [
        "Unsubscribe",
        "Unsubscribe from this list\nPier News, 1 Quay Street",
        "You are receiving this because you signed up at pier.example on the third of March of the year before.\n© 2026",
        "Se désabonner\n1 quai du Port",
        "Newsletter abbestellen",
        "Darse de baja | Ver en el navegador",
        "Отписаться",
        "退订",
    ],
)
def test_feet(foot):
    assert around("\n\n".join([*STORIES, foot])) == foot.split("\n")


@pytest.mark.parametrize(
    "text",
    [
        "\n".join([*STORIES, "Gmail adds a button to unsubscribe", "Heron back at the quay"]),
        "\n".join(
            [*STORIES, "Millions of users will now be able to unsubscribe with one click, and manage your mail."]
        ),
        "\n".join(["Copyright row over a heron", *STORIES]),
        "Title: Crane falls\nDate: 3 March 2026\n\nTitle: Heron back\nDate: 4 March 2026\n",
        "Lisbon: a crane fell.\nPorto: a heron came back.\n",
        "",
    ],
    ids=["headline", "sentence", "copyright", "records", "towns", "nothing"],
)
def test_stories_are_none_of_it(text):
    assert around(text) == []


@pytest.mark.timeout(10)
@pytest.mark.parametrize("part", ["From: a\n", "--", "view this ", "From: a\n\n", "you received ", "Unsubscribe\n"])
def test_a_hostile_text_takes_no_long_time(part):
    around(part * (2_000_000 // len(part)))
