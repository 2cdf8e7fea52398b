"""The books of the payment providers as a page for people."""

from __future__ import annotations

from html import escape

from scripts.sandbox.books import Trade
from scripts.sandbox.desk import Desk
from scripts.sandbox.moments import beijing
from scripts.sandbox.pages import POLICY, language_of, navigation, show
from scripts.sandbox.trades import sent_back, trade_of
from scripts.sandbox.words import WORDS

MOST = 200


class LedgerHandler(Desk):
    """Every trade, newest first."""

    def get(self) -> None:
        """Show them."""
        lang = language_of(self)
        words = WORDS[lang]
        keys = list(reversed(self.office.books.trades))[:MOST]
        trades = (trade_of(self.office, *key) for key in keys)
        rows = "".join(_row(each, words) for each in trades if each is not None)
        listed = (
            f'<ul class="trades">{rows}</ul>'
            if rows
            else f'<p class="empty">{words["no_trades"]}</p>'
        )
        self.set_header("Content-Security-Policy", POLICY)
        show(
            self,
            kind="inbox",
            title=words["books"],
            body=f"{navigation(lang, 'books')}<p class='soft'>{words['books_about']}</p>\n{listed}",
        )


def _row(trade: Trade, words: dict[str, str]) -> str:
    told = f"{trade.notices_sent} ({trade.notices_acknowledged})"
    back = f"<dt>{words['returned']}</dt><dd>¥{sent_back(trade):.2f}</dd>" if trade.refunds else ""
    return (
        f'<li><p class="about"><b class="{trade.provider}">{words[trade.provider]}</b>'
        f"<span>{words[f'is_{trade.state}']}</span><time>{beijing(trade.at)}</time></p>"
        f"<h2>¥{trade.amount} <small>{escape(trade.subject)}</small></h2>"
        f"<dl><dt>{words['number']}</dt><dd>{trade.out_trade_no}</dd>"
        f"<dt>{words['told']}</dt><dd>{told}</dd>{back}</dl></li>\n"
    )


ROUTES = [(r"/sandbox/books", LedgerHandler)]
