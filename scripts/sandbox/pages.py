"""The pages of the simulators for people: the inbox, Weibo's consent, what all pages share.

Everything that came from outside is escaped; the HTML of a mail is a document of its own that may
run nothing (``MailHandler``), shown in a frame.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from string import Template
from urllib.parse import urlencode, urlsplit

from scripts.sandbox.books import LINK, Delivery
from scripts.sandbox.desk import Desk
from scripts.sandbox.moments import beijing
from scripts.sandbox.words import WORDS

HERE = Path(__file__).resolve().parent
PLACES = {"inbox": "/sandbox/", "books": "/sandbox/books", "phone": "/sandbox/wechat/phone"}
FILES = {"page.css": "text/css", "page.js": "text/javascript"}
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self';"
    " base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'self';"
    " sandbox allow-popups allow-popups-to-escape-sandbox"
)
FRAME = Template("""<!doctype html>
<html lang="$lang">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<link rel="stylesheet" href="/sandbox/page.css">
$head</head>
<body>
<main class="$kind">
$body
</main>
</body>
</html>
""")
BLANK_TARGET = '<!doctype html><meta charset="utf-8"><base target="_blank">'


def language_of(desk: Desk) -> str:
    """Return ``zh`` or ``en``: what the address says, or what the browser prefers."""
    asked = desk.get_query_argument("lang", "")
    prefers_english = desk.request.headers.get("Accept-Language", "").strip().startswith("en")
    return asked if asked in WORDS else ("en" if prefers_english else "zh")


def linked(text: str) -> str:
    """Escape a text and make its addresses clickable."""
    parts, end = [], 0
    for found in LINK.finditer(text):
        address = found[0].rstrip(".,;:!?")
        parts += [escape(text[end : found.start()]), anchor(address, address)]
        end = found.start() + len(address)
    return "".join([*parts, escape(text[end:])])


def anchor(address: str, text: str) -> str:
    """Return a link that opens beside this page."""
    return (
        f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer">{escape(text)}</a>'
    )


def show(desk: Desk, *, kind: str, title: str, body: str, head: str = "") -> None:
    """Answer with a page; ``body`` and ``head`` are finished HTML."""
    lang = {"zh": "zh-CN", "en": "en"}[language_of(desk)]
    desk.set_header("Content-Type", "text/html; charset=utf-8")
    page = FRAME.substitute(kind=kind, lang=lang, title=escape(title), head=head, body=body)
    desk.finish(page)


def navigation(lang: str, here: str) -> str:
    """Return the heading of a page with the ways to the others and to the other language."""
    words, other = WORDS[lang], {"zh": "en", "en": "zh"}[lang]
    ways = "".join(
        f'<a href="{address}?lang={lang}">{words[name]}</a>'
        for name, address in PLACES.items()
        if name != here
    )
    return (
        f"<header><h1>{words[here]}</h1><nav>{ways}"
        f'<a href="?lang={other}">{words["other"]}</a></nav></header>\n'
    )


class InboxHandler(Desk):
    """Every mail and SMS the shop has sent, newest first."""

    def get(self) -> None:
        """Show them all, or those for ``to`` or of one ``kind``."""
        lang = language_of(self)
        words = WORDS[lang]
        to, kind = (self.get_query_argument(name, "") for name in ("to", "kind"))
        found = self.office.books.newest(to=to, kind=kind)
        newest = max(self.office.books.deliveries, default=0)
        items = "".join(card(each, words) for each in found[:200])
        self.set_header("Content-Security-Policy", POLICY)
        show(
            self,
            kind="inbox",
            title=words["inbox"],
            head=f'<script src="/sandbox/page.js" data-newest="{newest}" defer></script>\n',
            body=(
                f"{navigation(lang, 'inbox')}<p class='soft'>{words['about']}</p>\n"
                + _filter(words, to, kind, lang)
                + (items or f'<p class="empty">{words["empty"]}</p>')
            ),
        )


def _filter(words: dict[str, str], to: str, kind: str, lang: str) -> str:
    options = "".join(
        f'<option value="{each}"{" selected" if each == kind else ""}>{words[each or "all"]}'
        "</option>"
        for each in ("", "mail", "sms")
    )
    return (
        f'<form method="get"><input type="hidden" name="lang" value="{lang}">'
        f'<label>{words["to"]} <input name="to" value="{escape(to)}" autocomplete="off"></label>'
        f'<label>{words["kind"]} <select name="kind">{options}</select></label>'
        f"<button>{words['show']}</button></form>\n"
    )


def card(delivery: Delivery, words: dict[str, str]) -> str:
    """Return one message as HTML."""
    code = f'<p class="code">{escape(delivery.code)}</p>' if delivery.code else ""
    link = f'<p class="go">{anchor(delivery.link, words["open"])}</p>' if delivery.link else ""
    html = (
        f"<details><summary>{words['html']}</summary>"
        f'<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" loading="lazy"'
        f' title="{words["html"]}" src="/sandbox/mails/{delivery.id}"></iframe></details>'
        if delivery.html
        else ""
    )
    return (
        f'<article id="m{delivery.id}"><p class="about"><b>{words[delivery.kind]}</b>'
        f"<span>{escape(delivery.to)}</span><time>{beijing(delivery.at)}</time></p>"
        f"<h2>{escape(delivery.subject or words[delivery.kind])}</h2>{code}{link}"
        f"<pre>{linked(delivery.text)}</pre>{html}</article>\n"
    )


class MailHandler(Desk):
    """The HTML of one mail, inert: no script, no form, nothing loaded, links open beside it."""

    def get(self, number: str) -> None:
        """Show it."""
        delivery = self.office.books.deliveries.get(int(number))
        if delivery is None or delivery.html is None:
            self.send_error(404)
            return
        self.set_header("Content-Security-Policy", MAIL_POLICY)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(BLANK_TARGET + delivery.html)


class FileHandler(Desk):
    """The style and the script of these pages."""

    def get(self, name: str) -> None:
        """Send one of the two."""
        self.set_header("Content-Type", f"{FILES[name]}; charset=utf-8")
        self.finish((HERE / name).read_bytes())


def consent_page(desk: Desk, *, back: str, state: str, wrong: bool) -> None:
    """Ask the customer who they are at Weibo and whether the shop may know."""
    words = WORDS[language_of(desk)]
    known = {
        "client_id": desk.office.credentials.weibo_client,
        "redirect_uri": back,
        "response_type": "code",
        "state": state,
    }
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in known.items()
    )
    desk.set_header("Content-Security-Policy", policy_towards(back))
    deny = escape(f"?{urlencode(known | {'deny': '1'})}")
    show(
        desk,
        kind="consent",
        title=words["weibo"],
        body=(
            f"<h1>{words['weibo']}</h1>\n<p class='soft'>{words['asks']}</p>\n"
            + (f'<p class="wrong">{words["bad_uid"]}</p>\n' if wrong else "")
            + f'<form method="get">{hidden}<label>{words["uid"]} <input name="as" required'
            f' value="10001" pattern="[0-9A-Za-z_\\-]{{1,32}}" autocomplete="off"></label>'
            f'<button>{words["allow"]}</button><a class="deny" href="{deny}">{words["deny"]}</a>'
            "</form>"
        ),
    )


def policy_towards(back: str) -> str:
    """Return the policy of a page whose form ends with a redirect to ``back``.

    Browsers check the address a form is redirected to as well. A path needs nothing; odd
    characters would end the directive.
    """
    parts = urlsplit(back)
    safe = parts.netloc.isascii() and not set(parts.netloc) & set(" ;,'\"")
    origin = f" {parts.scheme}://{parts.netloc}" if parts.netloc and safe else ""
    return POLICY.replace("form-action 'self'", f"form-action 'self'{origin}")


def refusal_page(desk: Desk, why: str) -> None:
    """Say why there is no consent page."""
    words = WORDS[language_of(desk)]
    desk.set_header("Content-Security-Policy", POLICY)
    body = f'<h1>{words["weibo"]}</h1>\n<p class="wrong">{escape(why)}</p>'
    show(desk, kind="consent", title=words["weibo"], body=body)


ROUTES = [
    (r"/sandbox/?", InboxHandler),
    (r"/sandbox/mails/([0-9]{1,9})", MailHandler),
    (r"/sandbox/(page\.css|page\.js)", FileHandler),
]
