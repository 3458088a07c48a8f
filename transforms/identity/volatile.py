"""What changes in a text without its being edited: counters, relative times, tracking.

A page's "1,204 views", "(12 comments)" and "3 hours ago" differ on every visit,
and an e-mail address may be spelled in other entities each time. They are taken
out before texts are compared, so that they make no revision. A count is junk
only where it stands alone, between separators: "the film drew 12 views" stays.
"""

import re

from feedmill.transforms.text.html import unescape

_NUMBER = r"\d[\d.,'’\u00a0\u202f ]{0,12}\s?(?:k|m|mio|mln|tsd|тыс|млн|万|萬|천|만)?\.?\+?"
_COUNTED = (
    "views?|reads?|plays|comments?|repl(?:y|ies)|likes?|shares?|reactions?|upvotes?|"
    "kommentare?n?|aufrufe?|mal gelesen|antworten|"
    "commentaires?|vues?|partages?|réactions?|réponses?|"
    "comentarios?|visitas?|visualizaciones|vistas?|respuestas?|"
    "comentários?|visualizações|respostas?|"
    "commenti|commento|visualizzazioni|risposte|"
    "reacties?|weergaven|kommentarer|visninger|visningar|"
    "просмотр(?:ов|а|ы)?|комментари(?:ев|я|и|й)|ответ(?:ов|а)|перегляд(?:ів|и)|коментар(?:ів|і)|"
    "komentarz[ey]?|komentarzy|wyświetle(?:ń|nia|nie)|odsłon|komentář[eůi]?|zobrazení|"
    "yorum|görüntülenme|görüntüleme|"
    "コメント|回視聴|閲覧|views|评论|評論|阅读|閱讀|浏览|瀏覽|댓글|조회수?|조회"
)
_UNIT = (
    "s|m|h|d|w|min(?:ute)?s?|secs?|seconds?|minutes?|hours?|hrs?|days?|weeks?|months?|years?|"
    "sekunden?|minuten?|stunden?|tage?n?|wochen?|monate?n?|jahre?n?|"
    "secondes?|heures?|jours?|semaines?|mois|ans?|"
    "segundos?|minutos?|horas?|días?|dias?|semanas?|mes(?:es)?|años?|anos?|"
    "minuti?o?|ore|ora|giorn[oi]|settiman[ae]|mes[ei]|ann[oi]|"
    "uur|uren|dag(?:en)?|weken|week|maand(?:en)?|"
    "секунд\\w?|минут\\w?|час(?:а|ов)?|день|дня|дней|недел\\w|месяц\\w*|"
    "godzin\\w?|dni|minut\\w?"
)
_RELATIVE = (
    rf"(?:(?:a|an|one|{_NUMBER})\s?(?:{_UNIT})\s(?:ago|geleden|fa|atrás|назад|temu)"
    rf"|(?:vor|il y a|hace|há|för|for)\s(?:\w+\s)?{_NUMBER}\s?(?:{_UNIT})(?:\s(?:sedan|siden))?"
    r"|\d+\s?(?:秒|分|分钟|分鐘|小时|小時|時間|天|日|周|週間|个月|か月|초|분|시간|일|주)(?:前|\s?전)"
    r")"
)
_STAMP = (
    r"(?:(?:last )?updated|posted|published|aktualisiert|veröffentlicht|mis à jour|publié|actualizado|publicado|"
    r"atualizado|aggiornato|pubblicato|bijgewerkt|обновлено|опубликовано)"
)
_BEFORE = r"(?:\A|(?<=[\n|·•(\[—–.!?…:;»”\"]))"
_AFTER = r"(?=[ \t\u00a0]*(?:\Z|[\n|·•)\]—–.,;]))"
_COUNT = rf"(?:{_NUMBER}\s?(?:{_COUNTED})|(?:{_COUNTED})\s?[:(=]?\s?{_NUMBER}\)?|(?:{_STAMP}:?\s)?{_RELATIVE})"
_ALONE = re.compile(
    rf"{_BEFORE}[ \t\u00a0]*{_COUNT}(?:[ \t\u00a0]*[|·•/,–—-][ \t\u00a0]*{_COUNT})*{_AFTER}",
    re.IGNORECASE,
)
_TRACKING = re.compile(
    r"(?<=[?&;])(?:utm_\w+|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_[ce]id|_hs\w+|mkt_tok|"
    r"jsessionid|phpsessid|sessionid|sid|rnd|rand|cb|nocache|cachebuster|_)=[^&;\s\"'<>)\]]*[&;]?",
    re.IGNORECASE,
)
_BARE_QUERY = re.compile(r"(?<![?&;])[?&;]+(?=[\s\"'<>)\]]|\Z)")
_PROTECTED = re.compile(r"(/cdn-cgi/l/email-protection)#[0-9a-f]+", re.IGNORECASE)

# A stretch with none of these has no junk of that kind; asking costs a tenth of the pattern.
_HINT_WORDS = (
    "view|omment|likes|reads|plays|share|repl|upvote|ago|reaction|réaction|omentar|aufruf|antwort|vues|"
    "partage|visit|visual|vista|respuesta|resposta|rispost|réponse|reactie|weergave|visning|просмотр|"
    "комментари|коментар|ответ|перегляд|komentář|zobraz|wyświetl|odsłon|yorum|görünt|コメント|視聴|閲覧|评论|評論|阅读|閱讀|"
    "浏览|瀏覽|댓글|조회|vor |y a |hace |há |för |siden|geleden| fa|atrás|назад|temu|前|전|gelesen"
)
_HINTS = tuple(_HINT_WORDS.split("|"))
_ASCII_HINTS = tuple(hint for hint in _HINTS if hint.isascii())
_DIGIT = re.compile(r"[0-9]")
_EDGE = 160  # characters at each end in which a count may stand in running text
_LINE = 80  # a line as short as this may be a count


def without_volatile(text: str) -> str:
    """Return `text` without what changes from visit to visit.

    >>> without_volatile("The river rose. 1,204 views | 12 comments")
    'The river rose.'
    >>> without_volatile("The clip drew 1,204 views in a day.")
    'The clip drew 1,204 views in a day.'
    >>> without_volatile("Write to &#100;esk&#64;example.org, see https://example.org/a?utm_source=rss&id=7")
    'Write to desk@example.org, see https://example.org/a?id=7'
    """
    if "&" in text and ";" in text:
        text = unescape(text)
    if "=" in text and ("?" in text or "&" in text or ";" in text):
        text, found = _TRACKING.subn("", text)
        if found:
            text = _BARE_QUERY.sub("", text)
    if "email-protection#" in text:
        text = _PROTECTED.sub(r"\1", text)
    return _without_counts(text)


def _without_counts(text: str) -> str:
    """Take out counts and relative times that stand alone: as short lines, or at either end of the text."""
    if "\n" in text:
        lines = text.split("\n")
        short = "\n".join([line for line in lines if len(line) <= _LINE])
        if short and _hinted(short):
            text = "\n".join([_ALONE.sub("", line) if len(line) <= _LINE else line for line in lines])
    if len(text) <= 2 * _EDGE:
        return _ALONE.sub("", text).rstrip(" ") if _hinted(text) else text
    head, middle, tail = text[:_EDGE], text[_EDGE:-_EDGE], text[-_EDGE:]
    if _hinted(head):
        head = _ALONE.sub("", head + "x")[:-1]  # the x: the cut is no end of the text
    if _hinted(tail):
        tail = _ALONE.sub("", "x" + tail)[1:].rstrip(" ")
    return head + middle + tail


def _hinted(text: str) -> bool:
    if not _DIGIT.search(text) and " ago" not in text:
        return False
    lowered = text.lower()
    for hint in _ASCII_HINTS if lowered.isascii() else _HINTS:  # noqa: SIM110 - half the cost of any()
        if hint in lowered:
            return True
    return False
