"""Letters about orders, in the form of ``tasks.mail``."""

from __future__ import annotations

from typing import ClassVar
from urllib.parse import quote

from tasks.job import Job
from tasks.mail import TRIES, Wording, letter
from tasks.outside import Outside


class PaidMail(Job, frozen=True):
    """The news that an order is paid; one for each order. The amount is text in yuan."""

    kind: ClassVar[str] = "mail.paid"
    tries: ClassVar[int] = TRIES

    to: str
    name: str
    order_id: str
    amount: str

    async def run(self, number: int, outside: Outside) -> None:
        """Send it."""
        address = f"{outside.site}orderDetail.html?order_id={quote(self.order_id, safe='')}"
        zh = Wording(
            "zh-CN",
            (
                f"{self.name}，您好！您的订单 {self.order_id} 已支付 ¥{self.amount}，"
                "我们会尽快发货。",
                "感谢您在达达商城购物。",
            ),
            link=("查看订单", address),
        )
        en = Wording(
            "en",
            (
                f"Hello {self.name}, we have received ¥{self.amount} for your order"
                f" {self.order_id} and will send it soon.",
                "Thank you for shopping at Dada Mall.",
            ),
            link=("See the order", address),
        )
        subject = (
            f"达达商城订单 {self.order_id} 已支付 / Your Dada Mall order {self.order_id} is paid"
        )
        await outside.mailer.send(letter(number, self.to, subject=subject, wordings=(zh, en)))
