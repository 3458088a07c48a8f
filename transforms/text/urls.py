"""Canonical URLs: the same article has the same URL, wherever a feed reader or a newsletter sent its readers through.

Measured libraries (w3lib `canonicalize_url`, url-normalize, yarl) sort or re-encode queries, which breaks links that
are compared byte by byte. So the rules here take things out and leave the rest alone; w3lib only encodes characters no
URL may hold.
"""

import base64
import binascii
import functools
import re
from urllib.parse import unquote

from feedmill.transforms.text.html import resolve

# Parameters that say how the reader came, not what is read.
_TRACKING = re.compile(
    r"""utm_\w+|[a-z]*clid|gclsrc|gad_source|gbraid|wbraid|_ga|_gl|fb_(?:action_ids|action_types|source|ref)|mc_[ce]id|mkt_tok|igshid?
    |_hs(?:enc|mi)|__hs\w+|hsctatracking|__twitter_impression|_openstat|yclid|ymclid|ysclid|xtor|at_(?:medium|campaign\w*|custom\w*|link\w*
    |ptr_name|format|send_date|recipient_\w+|bbc_team)|wt[._](?:mc|zmc|tsrc)\w*|wt_mc\w*|mtm_\w+|pk_(?:campaign|kwd|source|medium|content)
    |piwik_\w+|matomo_\w+|ns_(?:campaign|mchannel|source|linkname|fee)|cmpid|ncid|ocid|cmp|icid|ito|ftag|sr_share|s_kwcid|ef_id|oly_(?:anon|enc)_id
    |vero_(?:id|conv)|trk(?:campaign|info|contact|msg|module|sid)|spm|scm|wprov|guccounter|guce_referrer\w*|feed(?:name|type|item_id|_id)
    |rss_id|taid|smid|smtyp|ss_source|ss_campaign_\w+|linkid|partnerid|campaign_?id|email_?campaign\w*|mbid|ref_src|ref_url|echobox""",
    re.I | re.X,
)
# Parameters that are tracking only with such a value: "?source=rss" is, "?source=apnews" may choose what is shown.
_BY_VALUE = re.compile(
    r"(?:source|src|ref|referr?er|from|via|partner|feature|emc|traffic_source|cid|rss|mod|campaign|medium|output)="
    r"(?:rss\w*|feed\w*|\w*_?rss_?\w*|atom|newsletter|twitter|facebook|(?<=rss=)(?:1|true|yes))",
    re.I,
)
_FRAGMENT = re.compile(
    r"xtor=.*|utm_.*|:~:text=.*|(?:ref|source|from)=rss.*|rss(?:owlmlink)?|at_medium=.*|comments?-?rss", re.I
)

# Sites that pass the reader on to the URL in a parameter.
_REDIRECTORS = (
    (
        re.compile(r"(?:www\.|news\.)?(?:url\.)?google\.(?:[a-z]{2,3}|co\.[a-z]{2}|com\.[a-z]{2})/(?:news/)?url"),
        ("url", "q"),
    ),
    (re.compile(r"(?:www\.)?bing\.com/(?:news/apiclick\.aspx|alink/link)"), ("url",)),
    (re.compile(r"(?:lm?|www)\.facebook\.com/l\.php|l\.instagram\.com/|l\.messenger\.com/l\.php"), ("u",)),
    (re.compile(r"(?:www\.)?duckduckgo\.com/l/"), ("uddg",)),
    (re.compile(r"out\.reddit\.com/"), ("url",)),
    (re.compile(r"t\.umblr\.com/redirect"), ("z",)),
    (re.compile(r"(?:www\.)?youtube\.com/redirect"), ("q",)),
    (re.compile(r"(?:www\.|m\.)?vk\.(?:com|ru)/away\.php"), ("to",)),
    (re.compile(r"steamcommunity\.com/linkfilter/"), ("url", "u")),
    (re.compile(r"(?:www\.)?linkedin\.com/(?:redir/redirect|safety/go)"), ("url",)),
    (re.compile(r"go\.redirectingat\.com/|go\.skimresources\.com/|redirect\.viglink\.com/|exit\.sc/"), ("url", "u")),
    (re.compile(r"slack-redir\.net/link|[a-z0-9.]*safelinks\.protection\.outlook\.com/"), ("url",)),
    (re.compile(r"feedproxy\.google\.com/~r/|(?:www\.)?getpocket\.com/redirect"), ("url",)),
)
_PATH_REDIRECTORS = (
    re.compile(r"https?://(?:www\.)?google\.[a-z.]{2,6}/amp/(?P<s>s/)?(?P<url>[\w.-]+\.[a-z]{2,}/.*)"),
    re.compile(r"https?://[\w-]+\.cdn\.ampproject\.org/[cv]/(?P<s>s/)?(?P<url>[\w.-]+\.[a-z]{2,}/.*)"),
    re.compile(r"https?://(?:rd|us\.rd)\.yahoo\.com/.*?\*(?P<url>https?(?::|%3A).+)"),
    re.compile(r"https?://(?:www\.)?(?:anon\.to|href\.li|nullrefer\.com|dereferer\.me)/\?(?P<url>https?(?::|%3A).+)"),
    re.compile(r"https?://r\.search\.yahoo\.com/.*?/RU=(?P<url>https?(?::|%3A)[^/]+)/.*"),
)
_FEEDSPORTAL = re.compile(r"https?://[\w.]*feedsportal\.com/c/.*/l/(?P<url>0[LM].+?)/(?:story\d+|ia\d+)\.htm.*")
_CODES = "0 . / ? - = & , _ % + http:// https:// .com .co.uk ; | : www. # $ ~ ! ( ) Z"
_FEEDSPORTAL_CODE = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", _CODES.split(), strict=True))
_GOOGLE_NEWS = re.compile(r"https?://news\.google\.com/(?:__i/)?(?:rss/)?articles/(?P<code>CB[\w-]+)")

_PARTS = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):(?://([^/?#]*))?([^?#]*)(\?[^#]*)?(#.*)?", re.S)
_DEFAULT_PORT = {"http": ":80", "https": ":443"}
_NOT_IN_URL = re.compile(r"[^!#$%&'()*+,./0-9:;=?@A-Z_a-z~\[\]-]")
_STEPS = 12  # that lead on: to a plainer spelling, or to what a redirector leads to
_LONGEST = 1 << 14


@functools.lru_cache(maxsize=8192)
def canonical_url(raw: str, base: str = "") -> str | None:
    """Return the URL that identifies what `raw` leads to, absolute by `base`; None if there is none.

    Taken out are tracking parameters and redirectors; scheme and host become lower case, a default port goes. A URL to
    which none of this applies comes back byte for byte.

    >>> canonical_url("HTTP://Example.org:80/A?b=1&utm_source=rss&a=%7e#top")
    'http://example.org/A?b=1&a=%7e#top'
    >>> canonical_url("https://www.google.com/url?rct=j&url=https://x.org/a%3Fid%3D1&ct=ga")
    'https://x.org/a?id=1'
    >>> canonical_url("/b", "http://x.org/a"), canonical_url("javascript:alert(1)"), canonical_url("tag:x.org,2004:1")
    ('http://x.org/b', None, 'tag:x.org,2004:1')
    """
    if not raw or len(raw) > _LONGEST:
        return None
    url = resolve(raw, base)
    if url is None:
        return None
    if url.startswith("//"):
        url = "https:" + url
    for _ in range(_STEPS):
        plain = _plain(url).rstrip()  # blanks may end it now that a query does not
        onward = plain if plain != url else _redirected(plain)
        if onward is None:
            break
        url = onward
    return url


def _plain(url: str) -> str:
    """Without tracking, in the spelling that is the same for all who write it correctly."""
    parts = _PARTS.fullmatch(url)
    if parts is None or parts[1].lower() not in _DEFAULT_PORT or not parts[2]:
        return url
    scheme, host, path, query, fragment = parts[1].lower(), parts[2], parts[3], parts[4] or "", parts[5] or ""
    user, at, place = host.rpartition("@")
    place = place.lower()
    while place.endswith(_DEFAULT_PORT[scheme]) and len(place) > len(_DEFAULT_PORT[scheme]):
        place = place[: -len(_DEFAULT_PORT[scheme])]
    if query:
        query = _without_tracking(query)
    if fragment and _FRAGMENT.fullmatch(fragment, 1):
        fragment = ""
    plain = f"{scheme}://{user}{at}{place}{path}{query}{fragment}"
    return _encoded(plain) if _NOT_IN_URL.search(plain) else plain


def _without_tracking(query: str) -> str:
    mark = "&amp;" if "&amp;" in query else "&"  # escaped twice by the feed
    parts = query[1:].split(mark)
    kept = [part for part in parts if not (_TRACKING.fullmatch(part.partition("=")[0]) or _BY_VALUE.fullmatch(part))]
    if len(kept) == len(parts):
        return query
    return "?" + mark.join(kept) if kept else ""


def _encoded(url: str) -> str:
    from w3lib.url import safe_url_string

    try:
        return safe_url_string(url)
    except ValueError:  # an impossible host or port: as it was written
        return url


_MAYBE_REDIRECTED = re.compile(
    r"https?://[^/?#]*(?:google|bing|facebook|instagram|messenger|duckduckgo|reddit|umblr|youtube|vk\.|steamcommunity|linkedin|redirect"
    r"|skimresources|exit\.sc|slack-redir|outlook|pocket|ampproject|yahoo|anon\.to|href\.li|nullrefer|dereferer|feedsportal)"
)


def _redirected(url: str) -> str | None:
    if not _MAYBE_REDIRECTED.match(url):
        return None
    place = url.partition("://")[2]
    for pattern, names in _REDIRECTORS:
        if pattern.match(place):
            query = place.partition("?")[2].partition("#")[0]
            for name in names:
                for part in query.split("&"):
                    key, _, value = part.partition("=")
                    if key == name and (target := _absolute(unquote(value))):
                        return target
    for pattern in _PATH_REDIRECTORS:
        if found := pattern.fullmatch(url):
            target = found["url"]
            if "s" in pattern.groupindex:
                target = ("https://" if found["s"] else "http://") + target
            return _absolute(unquote(target) if "%3A" in target[:9] else target)
    if found := _FEEDSPORTAL.fullmatch(url):
        return _absolute(re.sub("0([A-Z])", lambda m: _FEEDSPORTAL_CODE[m[1]], found["url"]))
    if found := _GOOGLE_NEWS.match(url):
        return _from_google_news(found["code"])
    return None


def _absolute(url: str) -> str | None:
    return url if re.match(r"https?://[^/?#\s]+\.", url, re.I) else None


def _from_google_news(code: str) -> str | None:
    """Return the URL inside the code of older links; newer ones hold only a number that needs the network."""
    try:
        data = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))
    except (binascii.Error, ValueError):
        return None
    found = re.search(rb"https?://[\x21-\x7e]+", data)
    return found.group().decode("ascii") if found else None
