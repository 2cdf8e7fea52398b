"""The third parties of one process, put together; a piece of the composition root."""

from __future__ import annotations

from datetime import UTC, datetime

from resources import Resources
from services.gateways.cloopen import CloopenSms
from services.gateways.demo_cashier import DemoCashier, NoCashier
from services.gateways.remote import Remote
from services.gateways.smtp import SmtpMailer
from services.gateways.weibo import WeiboGateway
from services.ports import Cashier
from settings import Settings
from tasks.outside import CartKeeper, OrderKeeper, Outside


class Gateways:
    """Everybody outside, each with a circuit of its own."""

    def __init__(self, settings: Settings, resources: Resources) -> None:
        names = ("cloopen", "weibo", "alipay", "wechat")
        sms, weibo, alipay, wechat = (Remote(name, resources.http) for name in names)
        self.mailer = SmtpMailer(settings.mail)
        self.sms = CloopenSms(settings.sms, sms, lambda: datetime.now(UTC))
        self.weibo = WeiboGateway(settings.weibo, weibo)
        self.cashier: Cashier = NoCashier()
        if settings.cashier.url:
            self.cashier = DemoCashier(settings.cashier, alipay=alipay, wechat=wechat)
        remotes = (sms, weibo, alipay, wechat)
        self.circuits = (self.mailer.circuit, *(remote.circuit for remote in remotes))


def outside_of(
    settings: Settings, gateways: Gateways, *, carts: CartKeeper, orders: OrderKeeper
) -> Outside:
    """Return what jobs reach: the third parties, and our own services behind ports."""
    return Outside(
        mailer=gateways.mailer,
        sms=gateways.sms,
        carts=carts,
        orders=orders,
        site=settings.accounts.site,
    )
