"""What a mail has round its stories: its head, "View this email in your browser", and the foot to unsubscribe in."""

import re

from feedmill.transforms.text.lines import Line

_HEADS = (
    "from to cc bcc subject date sent reply-to list-unsubscribe message-id mime-version content-type return-path "
    "von an betreff datum gesendet de à objet envoyé para asunto fecha assunto data da a oggetto inviato "
    "van aan onderwerp verzonden от кому тема дата 差出人 宛先 件名 日時 发件人 收件人 主题 日期 寄件者 收件者 主旨"
)
_HEAD_WORDS = frozenset(_HEADS.split())
_HEAD = re.compile(r"([^\W\d][\w-]{0,30})\s?(?::\s|：)")
_MARK = re.compile(r"-{2,}+.{0,40}(?:message|nachricht|mensaje|messaggio|сообщение|bericht).{0,20}-{2,}", re.IGNORECASE)
# what leads out of a mail, into a browser or off the list; and whose it is
_WAY_OUT = re.compile(
    r"(?:view|read|open|see) (?:it|this|the|in|on|online|e-?mail|newsletter)\b.{0,40}(?:browser|online|web)"
    r"|(?:view|open|read) (?:in|online)\b|\bunsubscribe\b(?: from (?:this|our) \w+)?"
    r"|manage (?:your )?(?:subscription|preference|e-?mail)"
    r"|(?:update|change) (?:your )?(?:subscription|preference|e-?mail)|you(?:['’]re| are) receiving this"
    r"|you(?:['’]ve| have)? (?:received|signed up|subscribed)|forward(?:ed)? (?:this|to a friend)|^privacy policy"
    r"|im browser|abmelden|abbestellen|navigateur|désabonner|désinscri|en (?:el|tu|su) navegador|darse de baja"
    r"|(?:cancelar|anular) (?:la |tu |su )?(?:suscripción|inscrição|assinatura)|no navegador|nel browser"
    r"|(?:annulla|cancella).{0,12}iscrizione|disiscri|uitschrijven|afmelden|отписаться|в браузере|wypisz się"
    r"|aboneliğ|退订|退訂|取消订阅|在浏览器|配信停止|購読解除|ブラウザで|수신거부|إلغاء الاشتراك"
    r"|^(?:copyright\s|©)",
    re.IGNORECASE,
)
_TOP = 2  # lines below the head that may lead out of the mail
_FOOT = 10  # lines that a foot may have
_LONGEST = 200  # characters looked at
_SHORT = 60  # characters: a longer line leads out only with its first words, else it may be a story's


def of_mail(lines: list[Line]) -> list[Line]:
    """The lines of a text that are a mail's own: those of its head, ways out of it at its top, and its foot.

    A foot is all from the first such way on, near the end. Without a head it takes two of these, or one that is most
    of its line: a story may tell of a button to unsubscribe.

    >>> from feedmill.transforms.text.lines import read_lines
    >>> text = "Subject: Today\\nTo: you\\n\\nView in browser\\n\\nCrane falls\\nHeron back\\n\\nUnsubscribe\\n1 Quay"
    >>> [line.text for line in of_mail(read_lines(text))]
    ['Subject: Today', 'To: you', 'View in browser', 'Unsubscribe', '1 Quay']
    """
    head = _head(lines)
    top = [line for line in lines[head : head + _TOP] if _leads_out(line)]
    near = range(max(head + _TOP, len(lines) - _FOOT), len(lines))
    foot = next((n for n in near if _leads_out(lines[n])), len(lines))
    ways = [(line, found) for line in (*top, *lines[foot:]) for found in _WAY_OUT.findall(line.text[:_LONGEST])]
    if head or len(ways) > 1 or any(2 * len(found) >= len(line.text) for line, found in ways):
        return [*lines[:head], *top, *lines[foot:]]
    return []


def without(lines: list[Line], others: list[Line]) -> list[Line]:
    """The lines but for `others`."""
    starts = {line.start for line in others}
    return [line for line in lines if line.start not in starts]


def _head(lines: list[Line]) -> int:
    """How many lines at the start are a mail's head."""
    first = int(bool(lines and _MARK.match(lines[0].text)))
    names = []
    end = first
    for n, line in enumerate(lines[first:], first):
        found = _HEAD.match(line.text + " ")
        if (line.blank_before and n > first) or not (found or (line.indent and n > first)):
            break
        if found:
            names.append(found[1].casefold())
        end = n + 1
    known = sum(name in _HEAD_WORDS for name in names)
    return end if known >= 2 and 2 * known >= len(names) else 0


def _leads_out(line: Line) -> bool:
    found = _WAY_OUT.search(line.text[:_LONGEST])
    return found is not None and (found.start() == 0 or len(line.text) <= _SHORT)
