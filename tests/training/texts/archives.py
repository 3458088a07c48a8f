"""Press archives: labelled records and field codes in many languages, and full articles one after the other."""

from __future__ import annotations

import random
from typing import Any

from tests.training.page import Page, layout
from tests.training.texts.compose import RULES, compose, plain

APART = (
    "\n\n\n",
    "\n\n\n\n",
    "\n\n" + "_" * 60 + "\n\n",
    "\n\n" + "=" * 80 + "\n\n",
    "\n\n\x0c\n",
    "\n\n" + "-" * 50 + "\n\n",
)
LABELS = {  # title, source, date, author, text, url, tags: how archives name their fields
    "en": (("Title", "Headline", "Article title", "HEADLINE", "Document title"), ("Source", "Publication", "Publication title", "Newspaper", "Outlet", "Feed", "Journal"), ("Date", "Published", "Publication date", "Load-Date", "Date of publication", "PUBDATE"), ("Author", "By", "Byline", "BYLINE", "Written by"), ("Text", "Body", "Full text", "BODY", "Summary", "Abstract", "Content"), ("URL", "Link", "Document URL", "Permalink"), ("Subject", "Tags", "Keywords", "Subjects", "Section")),
    "fr": (("Titre", "Titre de l'article", "TITRE"), ("Source", "Publication", "Journal", "Nom de la publication"), ("Date", "Date de publication", "Publié le", "Paru le"), ("Auteur", "Auteurs", "Signature", "Par"), ("Texte", "Résumé", "Contenu", "Texte intégral"), ("Lien", "Adresse", "URL"), ("Sujets", "Mots-clés", "Rubrique")),
    "de": (("Titel", "Überschrift", "Schlagzeile"), ("Quelle", "Zeitung", "Medium", "Publikation"), ("Datum", "Erschienen am", "Veröffentlicht", "Ausgabe vom"), ("Autor", "Verfasser", "Von", "Autorin"), ("Text", "Volltext", "Inhalt", "Zusammenfassung"), ("Link", "Adresse", "URL"), ("Schlagworte", "Ressort", "Rubrik", "Thema")),
    "es": (("Título", "Titular", "Encabezado"), ("Fuente", "Medio", "Publicación", "Diario"), ("Fecha", "Fecha de publicación", "Publicado"), ("Autor", "Autores", "Por"), ("Texto", "Resumen", "Contenido", "Cuerpo"), ("Enlace", "URL"), ("Temas", "Etiquetas", "Sección")),
    "it": (("Titolo",), ("Fonte", "Testata", "Giornale"), ("Data", "Data di pubblicazione"), ("Autore", "Firma", "Di"), ("Testo", "Sommario", "Contenuto"), ("Collegamento", "URL", "Link"), ("Argomenti", "Sezione", "Parole chiave")),
    "pt": (("Título", "Manchete"), ("Fonte", "Veículo", "Jornal"), ("Data", "Publicado em"), ("Autor", "Por"), ("Texto", "Resumo", "Conteúdo"), ("Link", "Endereço"), ("Assunto", "Editoria", "Palavras-chave")),
    "nl": (("Titel", "Kop"), ("Bron", "Krant", "Medium"), ("Datum", "Gepubliceerd"), ("Auteur", "Door"), ("Tekst", "Samenvatting", "Inhoud"), ("Link",), ("Onderwerp", "Rubriek", "Trefwoorden")),
    "sv": (("Rubrik", "Titel"), ("Källa", "Tidning"), ("Datum", "Publicerad"), ("Författare", "Av"), ("Text", "Innehåll", "Sammanfattning"), ("Länk", "Adress"), ("Ämne", "Nyckelord")),
    "da": (("Titel", "Overskrift"), ("Kilde", "Avis"), ("Dato", "Udgivet"), ("Forfatter", "Af"), ("Tekst", "Resumé"), ("Link",), ("Emne", "Sektion")),
    "nb": (("Tittel", "Overskrift"), ("Kilde", "Avis"), ("Dato", "Publisert"), ("Forfatter", "Av"), ("Tekst", "Sammendrag"), ("Lenke",), ("Emne",)),
    "fi": (("Otsikko",), ("Lähde", "Lehti"), ("Päivämäärä", "Julkaistu"), ("Kirjoittaja",), ("Teksti", "Sisältö"), ("Linkki",), ("Aihe", "Avainsanat")),
    "pl": (("Tytuł", "Nagłówek"), ("Źródło", "Gazeta"), ("Data", "Data publikacji"), ("Autor",), ("Tekst", "Treść", "Streszczenie"), ("Adres", "Link"), ("Temat", "Słowa kluczowe")),
    "cs": (("Titulek", "Název"), ("Zdroj", "Noviny"), ("Datum", "Vydáno"), ("Autor",), ("Text", "Obsah", "Souhrn"), ("Odkaz",), ("Téma", "Rubrika")),
    "hu": (("Cím",), ("Forrás", "Lap"), ("Dátum", "Megjelent"), ("Szerző",), ("Szöveg", "Tartalom"), ("Hivatkozás",), ("Téma", "Rovat")),
    "ro": (("Titlu",), ("Sursa", "Publicație"), ("Data", "Publicat"), ("Autor",), ("Text", "Conținut", "Rezumat"), ("Legătură",), ("Subiect", "Etichete")),
    "ru": (("Заголовок", "Название"), ("Источник", "Издание", "Газета"), ("Дата", "Дата публикации", "Опубликовано"), ("Автор",), ("Текст", "Содержание", "Аннотация"), ("Ссылка", "Адрес"), ("Тема", "Рубрика", "Теги")),
    "uk": (("Заголовок", "Назва"), ("Джерело", "Видання"), ("Дата", "Опубліковано"), ("Автор",), ("Текст", "Зміст"), ("Посилання",), ("Тема", "Рубрика")),
    "el": (("Τίτλος",), ("Πηγή", "Εφημερίδα"), ("Ημερομηνία",), ("Συντάκτης",), ("Κείμενο", "Περίληψη"), ("Σύνδεσμος",), ("Θέμα",)),
    "tr": (("Başlık",), ("Kaynak", "Gazete"), ("Tarih", "Yayın tarihi"), ("Yazar",), ("Metin", "Özet", "İçerik"), ("Bağlantı",), ("Konu", "Etiketler")),
    "ar": (("العنوان",), ("المصدر", "الصحيفة"), ("التاريخ", "تاريخ النشر"), ("الكاتب", "بقلم"), ("النص", "الملخص"), ("الرابط",), ("الموضوع", "الوسوم")),
    "fa": (("عنوان",), ("منبع", "روزنامه"), ("تاریخ",), ("نویسنده",), ("متن", "خلاصه"), ("پیوند",), ("موضوع",)),
    "he": (("כותרת",), ("מקור",), ("תאריך",), ("מאת", "כותב"), ("תוכן", "תקציר"), ("קישור",), ("נושא", "תגיות")),
    "hi": (("शीर्षक",), ("स्रोत",), ("तारीख", "दिनांक"), ("लेखक",), ("पाठ", "सारांश"), ("लिंक",), ("विषय",)),
    "zh": (("标题", "題名", "篇名"), ("来源", "來源", "报纸", "媒体"), ("日期", "发布时间", "出版日期"), ("作者", "记者"), ("正文", "摘要", "内容"), ("链接", "网址"), ("主题", "关键词", "分类")),
    "ja": (("見出し", "タイトル", "題名"), ("出典", "媒体名", "新聞"), ("日付", "発行日", "掲載日"), ("著者", "執筆者"), ("本文", "要約"), ("リンク",), ("分類", "キーワード")),
    "ko": (("제목",), ("출처", "언론사", "매체"), ("날짜", "게재일"), ("기자", "글쓴이"), ("본문", "요약"), ("링크",), ("주제", "분류")),
    "vi": (("Tiêu đề",), ("Nguồn", "Báo"), ("Ngày", "Ngày đăng"), ("Tác giả",), ("Nội dung", "Tóm tắt"), ("Liên kết",), ("Chủ đề",)),
    "id": (("Judul",), ("Sumber", "Media"), ("Tanggal", "Terbit"), ("Penulis", "Oleh"), ("Isi", "Ringkasan"), ("Tautan",), ("Topik",)),
    "ca": (("Títol", "Titular"), ("Font", "Mitjà"), ("Data", "Publicat"), ("Autor",), ("Text", "Resum"), ("Enllaç",), ("Tema", "Secció")),
}  # fmt: skip
CODES = (  # title, source, date, author, text, url, tags as codes
    ("HD", "SN", "PD", "BY", "TD", "UR", "NS"), ("TI", "SO", "PY", "AU", "AB", "UR", "DE"), ("TI", "JN", "DP", "AU", "TX", "LK", "KW"), ("T1", "JF", "Y1", "A1", "N2", "UR", "KW"), ("%T", "%J", "%D", "%A", "%X", "%U", "%K"), ("TI  -", "JO  -", "DA  -", "AU  -", "AB  -", "UR  -", "KW  -"), ("#T", "#S", "#D", "#A", "#B", "#U", "#K"), ("<TI>", "<SO>", "<DT>", "<AU>", "<TX>", "<UR>", "<SU>"), (":title:", ":source:", ":date:", ":author:", ":text:", ":url:", ":tags:"), ("title", "feed", "date", "author", "summary", "url", "tags"), ("title=", "source=", "pubdate=", "author=", "text=", "url=", "tags="), ("headline", "outlet", "published_at", "byline", "content", "permalink", "topics"),
)  # fmt: skip

plain(
    "factiva_article",
    "factiva",
    "{title}\n\n[[By {author}\n]]{words} words\n{longday}\n<<{time}\n¦>>{source}\n<<{id}\n¦>><<English¦French¦{section}>>\n<<Copyright {r:1998-2026}. All Rights Reserved.¦(c) {r:1998-2026}>>\n\n{body}\n\nDocument {id}{guid}",
    between=APART[:3],
    head="",
    foot="<<\n\nSearch Summary\nText\t{topic}\nDate\tAll dates\n¦>>",
    n=(2, 12),
)
plain(
    "lexis_classic",
    "lexis",
    "<<{n} of {total} DOCUMENTS\n\n¦Copyright {r:1998-2026}\n\n>><<                             ¦>>{source}\n\n<<                          ¦>>{longday}\n\n<<HEADLINE: ¦>>{title}\n\n[[BYLINE: {author}\n\n]]SECTION: {section}; Pg. {r:1-40}\n\nLENGTH: {words} words\n\n{body}\n\nLOAD-DATE: {isoday}\n\nLANGUAGE: {lang}",
    between=APART,
    head="",
    foot="",
    wrap=[None, 70, 76],
    n=(2, 10),
)
plain(
    "nexis_uni",
    "lexis",
    "{title}\n{source}\n{longday}\nCopyright {r:1998-2026} All Rights Reserved\nLength: {words} words\n[[Byline: {author}\n]]<<Highlight: {teaser}\n¦>>Body\n\n\n{body}\n\n\nLoad-Date: {longday2}\n\n\nEnd of Document",
    between=APART,
    head="",
    foot="",
    n=(2, 10),
    tune=lambda st: st.extra.update(longday2=(None, lambda s, i: s.published.strftime("%B %d, %Y"))),
)
plain(
    "proquest",
    "proquest",
    "Document {n} of {total}\n\n{title}\n\n[[Author: {author}\n\n]]Publication info: {source} ; {place} [{place}]. {longday}: A.{r:1-30}.\n\nProQuest document link\n\nAbstract: {teaser}\n\nFull text: {body}\n\nSubject: {tags}\n\nPublication title: {title2}\n\nPages: A.{r:1-30}\n\nDatabase: Newsstream",
    between="\n\n" + "_" * 60 + "\n\n",
    head="_" * 60 + "\n\n",
    foot="",
    n=(2, 9),
    tune=lambda st: st.extra.update(title2=(None, lambda s, i: s.source)),
)
plain(
    "europresse",
    "europresse",
    "{source}<< ({section})¦>>\n<<{section}, ¦>>{longday}[[, p. {r:1-40}]]\n\n{title}\n\n[[{author}\n\n]]{body}\n\n© {r:1998-2026} {name2}\nnews·{iso2}·{id}",
    between=APART,
    n=(2, 10),
    tune=lambda st: st.extra.update(
        name2=(None, lambda s, i: s.source), iso2=(None, lambda s, i: s.published.strftime("%Y%m%d"))
    ),
)
plain(
    "pressreader",
    "pressreader",
    "{source}\n{longday}\n{title}\n[[{w:by} {author}\n]]\n{body}\n\n{w:share} {w:save} {w:comments}",
    between=APART,
    n=(2, 9),
)
plain(
    "gnews_library",
    "archive_brief",
    "{n}. {title}. {source}<<, ¦. >>{date}[[<<, ¦. >>{author}]]<<, {words} words¦, p. {r:1-60}¦>><<\n{teaser}¦>>",
    between=("\n", "\n\n"),
    n=(3, 30),
)
plain(
    "citation_list",
    "citations",
    "<<{author1} ({date}). {title}. {source}.¦{author1}. “{title}.” {source}, {date}.¦{source}. ({date}). {title}.¦{author1}, ‘{title}’, {source}, {date}, p. {r:1-60}¦„{title}“, in: {source}, {date}¦[{n}] {author1}: {title}. {source}, {date}.>><< {link}¦ Retrieved from {link}¦>>",
    between=("\n", "\n\n"),
    chrome=0.3,
    n=(3, 30),
)
plain(
    "broadcast_monitor",
    "broadcast_summary",
    "{source}\n{section}\n[{date}]\n{title}\n\n[[(From {author}.) ]]{body}\n\n[END]",
    between=APART,
    n=(2, 9),
)
plain(
    "wire_full",
    "wire_full",
    "<<a{r:1000-9999} {r:100-999}¦BC-{section}-{r:10-99}¦(¦>>\n<<URGENT¦{section}¦>>\n{title}\n<<By {author1}\n¦{author1}\n{source} Writer\n¦>>{whole}\n<<-0-¦--30--¦ENDS¦(END)¦ooo¦###¦- 0 -¦nnnn>>\n{isotime}",
    between=APART,
    chrome=0.1,
    n=(2, 9),
)
plain(
    "articles_ruled",
    "plain_articles",
    "{title}\n<<{source} · {date}\n¦{date}\n¦[[{w:by} {author}\n]]¦{source}, {date}[[ ({author})]]\n¦¦{link}\n>>\n{whole}",
    between=tuple("\n\n" + r + "\n\n" for r in RULES),
    chrome=0.2,
    n=(2, 9),
    wrap=[None, None, 72],
    weight=2,
)
plain(
    "articles_blank",
    "plain_articles",
    "{title}<<\n\n¦\n>>{whole}",
    between=("\n\n\n", "\n\n\n\n", "\n\n\n\n\n"),
    chrome=0.2,
    n=(2, 9),
    tune=lambda st: setattr(st, "para", "\n\n" if st.date_seed % 3 else "\n"),
    weight=2,
)
plain(
    "articles_bylined",
    "plain_articles",
    "{title}\n<<{w:by} {author1}¦{author1}¦{author1}, {source}¦{date}¦{author1} | {date}>>\n\n{whole}<<\n\n{source}¦\n\n({source})¦\n\n— {source}¦¦\n\n{caption}>>",
    between=APART,
    chrome=0.3,
    n=(2, 9),
    weight=1.5,
)
plain(
    "articles_body_first",
    "articles_signed",
    "{whole}\n\n<<— {source}, {date}¦({author1}, {source})¦{source}¦{author1}\n{source}, {date}>>",
    between=APART,
    chrome=0.2,
    n=(2, 9),
)
plain(
    "articles_untitled",
    "articles_untitled",
    "{whole}",
    between=tuple("\n\n" + r + "\n\n" for r in RULES),
    chrome=0.2,
    n=(2, 9),
)


@layout("labelled_records", "labelled", weight=4, between=(2, 16))
def labelled(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """Records of labelled values, in the language of the interface or English; order, form, labels drawn."""
    lang = lang_ui if lang_ui in LABELS and rng.random() < 0.8 else "en"
    names = tuple(rng.choice(x) for x in LABELS[lang])
    colon = "：" if lang in ("zh", "ja") else ": "
    page = records(rng, stories, ui, lang_ui, names, [": ", ": ", ":", " : ", ":\t", colon, " - ", ":\n", ": \n"])
    page.chrome = lang
    return page


@layout("coded_records", "field_codes", weight=3, between=(2, 16))
def coded(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """Records whose fields are named by codes of a few letters."""
    return records(rng, stories, ui, lang_ui, rng.choice(CODES), ["  ", " ", "\t", "   ", ": ", "\n", " - ", " | "])


def records(
    rng: random.Random,
    stories: list[Any],
    ui: dict[str, list[str]],
    lang_ui: str,
    names: tuple[str, ...],
    joints: list[str],
) -> Page:
    """Compose records of named fields; which fields, which order, is drawn for the page."""
    joint = rng.choice(joints)
    case = rng.choice([None, None, None, str.upper, str.lower])
    date, source, author = (
        rng.choice(["date", "date", "iso", "longday", "rfc", "isotime"]),
        rng.choice(["source", "source", "site"]),
        rng.choice(["author", "author1"]),
    )
    text = rng.choice(["body", "body", "lead", "whole", "teaser", "body1"])
    by_name = {
        "title": names[0],
        source: names[1],
        date: names[2],
        author: names[3],
        text: names[4],
        "link": names[5],
        "tags": names[6],
    }
    inner = rng.sample([source, date, author, "link", "tags"], rng.randint(1, 5))
    order = ["title", *inner] if rng.random() < 0.75 else [*inner, "title"]
    if rng.random() < 0.3 and "title" in order:
        order.insert(rng.randrange(len(order)), order.pop(order.index("title")))
    with_text = rng.random() < 0.85
    bare_title = rng.random() < 0.15
    width = max(len(by_name[x]) for x in [*order, text]) if rng.random() < 0.15 else 0
    mark = rng.choice(["", "", "", "", "**", "- ", "* ", "* **", "@", "#"])

    def line(name: str) -> str:
        if name == "title" and bare_title:
            return "{title}"
        label = (case(by_name[name]) if case else by_name[name]).ljust(width)
        if mark.endswith("**"):
            return f"{mark}{label}{joint.rstrip()}** {{{name}}}"
        return f"{mark}{label}{joint}{{{name}}}"

    lines = [line(order[0])] + [f"[[{rng.choice(['90%', '', ''])}\n{line(x)}]]" for x in order[1:]]
    gap = rng.choice(["\n", "\n", "\n\n"])
    record = "".join(x.replace("\n", gap, 1) if x.startswith("[[") else x for x in lines)
    if with_text:
        named = rng.random() < 0.6
        record += rng.choice(["\n", "\n\n"]) + (line(text) if named else f"{{{text}}}")
    record += rng.choice(
        [
            "",
            "",
            "",
            "\n\n" + rng.choice(["End of record", "//", "ER  -", "{guid}", "Doc. {id}", "%%", "&&", "Record {n}"]),
        ]
    )
    if rng.random() < 0.25:
        record = (
            rng.choice(
                [
                    "Document {n} of {total}\n\n",
                    "{n}.\n",
                    "{n}/{total}\n",
                    "Record: {n}\n",
                    "#{n}\n",
                    "=== {n} ===\n",
                    "<DOC>\n",
                    "@{n}\n",
                ]
            )
            + record
        )
    apart = rng.choice(
        ["\n\n", "\n\n", "\n\n\n", "\n" + rng.choice(RULES) + "\n", "\n\n" + rng.choice(RULES) + "\n\n", *APART[:3]]
    )
    if "\n\n" in record and apart == "\n\n":
        apart = "\n\n\n"
    return compose(rng, stories, ui, lang_ui, record, between=apart, chrome=0.3, wrap=[None, None, None, 72, 80])
