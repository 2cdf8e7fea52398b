"""The letters of the shop: Chinese first, English below, each as text and as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import ClassVar
from urllib.parse import quote

from tasks.job import Job
from tasks.outside import Letter, Outside

TRIES = 150
"""About a day: a letter outlives a mail system that is away for hours."""
TRIES_OF_A_CODE = 9
"""About five minutes: then the code in it is of no use any more."""
PAGE = """<!DOCTYPE html>
<html lang="zh-CN">
<head><meta charset="utf-8"><title>{title}</title></head>
<body style="font-family:sans-serif;line-height:1.6;color:#222;max-width:36em">
{parts}
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Wording:
    """A letter in one language; paragraphs are plain text, ``link`` and ``code`` stand out."""

    language: str
    paragraphs: Sequence[str]
    link: tuple[str, str] | None = None
    """Its words and its address."""
    code: str = ""

    @property
    def text(self) -> str:
        """It as plain text."""
        links = [f"{self.link[0]}: {self.link[1]}"] if self.link else []
        codes = [f"    {self.code}"] if self.code else []
        first, *rest = self.paragraphs
        return "\n\n".join([first, *links, *codes, *rest])

    @property
    def html(self) -> str:
        """It as HTML, with everything escaped."""
        shown = [f"<p>{escape(paragraph)}</p>" for paragraph in self.paragraphs]
        if self.link:
            words, address = self.link
            shown.insert(1, f'<p><a href="{escape(address)}">{escape(words)}</a></p>')
        if self.code:
            style = "font-size:1.6em;letter-spacing:.2em"
            shown.insert(1, f'<p style="{style}"><strong>{escape(self.code)}</strong></p>')
        return f'<div lang="{self.language}">\n' + "\n".join(shown) + "\n</div>"


def letter(number: int, to: str, *, subject: str, wordings: Sequence[Wording]) -> Letter:
    """Put the languages of a letter together."""
    text = "\n\n----\n\n".join(wording.text for wording in wordings) + "\n"
    parts = "\n<hr>\n".join(wording.html for wording in wordings)
    html = PAGE.format(title=escape(subject), parts=parts)
    return Letter(number=number, to=to, subject=subject, text=text, html=html)


class ActivationMail(Job, frozen=True):
    """The link that makes an account active."""

    kind: ClassVar[str] = "mail.activation"
    tries: ClassVar[int] = TRIES

    to: str
    name: str
    code: str

    async def run(self, number: int, outside: Outside) -> None:
        """Send it."""
        address = f"{outside.site}active.html?code={quote(self.code, safe='')}"
        zh = Wording(
            "zh-CN",
            (
                f"{self.name}，您好！感谢注册达达商城。请在三天内点击下面的链接激活您的账号。",
                "如果这不是您本人的操作，请忽略这封邮件。",
            ),
            link=("激活账号", address),
        )
        en = Wording(
            "en",
            (
                f"Hello {self.name}, thank you for joining Dada Mall. Please activate your account"
                " within three days by this link.",
                "If it was not you who registered, please ignore this mail.",
            ),
            link=("Activate the account", address),
        )
        subject = "激活您的达达商城账号 / Activate your Dada Mall account"
        await outside.mailer.send(letter(number, self.to, subject=subject, wordings=(zh, en)))


class ResetMail(Job, frozen=True):
    """The code that allows a new password."""

    kind: ClassVar[str] = "mail.reset"
    tries: ClassVar[int] = TRIES_OF_A_CODE
    buried_with_facts: ClassVar[bool] = False

    to: str
    code: str
    minutes: int

    async def run(self, number: int, outside: Outside) -> None:
        """Send it."""
        zh = Wording(
            "zh-CN",
            (
                f"您正在重置达达商城的登录密码。您的验证码（{self.minutes} 分钟内有效）：",
                "请勿将验证码告诉任何人。如果这不是您本人的操作，请忽略这封邮件，密码不会改变。",
            ),
            code=self.code,
        )
        en = Wording(
            "en",
            (
                "You asked for a new Dada Mall password."
                f" Your code, good for {self.minutes} minutes:",
                "Never tell it to anybody. If it was not you who asked, please ignore this mail:"
                " your password stays as it is.",
            ),
            code=self.code,
        )
        subject = "达达商城密码重置验证码 / Your Dada Mall password reset code"
        await outside.mailer.send(letter(number, self.to, subject=subject, wordings=(zh, en)))


class WelcomeMail(Job, frozen=True):
    """A greeting to an account that has become active."""

    kind: ClassVar[str] = "mail.welcome"
    tries: ClassVar[int] = TRIES

    to: str
    name: str

    async def run(self, number: int, outside: Outside) -> None:
        """Send it."""
        zh = Wording(
            "zh-CN",
            (f"{self.name}，欢迎来到达达商城！您的账号已激活。", "祝您购物愉快。"),
            link=("开始购物", f"{outside.site}index.html"),
        )
        en = Wording(
            "en",
            (
                f"Welcome to Dada Mall, {self.name}! Your account is active.",
                "We wish you a pleasant time.",
            ),
            link=("Start shopping", f"{outside.site}index.html"),
        )
        subject = "欢迎来到达达商城 / Welcome to Dada Mall"
        await outside.mailer.send(letter(number, self.to, subject=subject, wordings=(zh, en)))
