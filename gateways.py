"""The third parties of one process, put together; a piece of the composition root."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from resources import Resources
from services.gateways.alipay import AlipayGateway
from services.gateways.cloopen import CloopenSms
from services.gateways.no_provider import NoProvider
from services.gateways.remote import Remote
from services.gateways.smtp import SmtpMailer
from services.gateways.wechatpay import WechatpayGateway
from services.gateways.weibo import WeiboGateway
from services.ports import PaymentProvider, ReturnReader
from settings import Settings


class Gateways:
    """Everybody outside, each with a circuit of its own; who has no account is a null object."""

    def __init__(self, settings: Settings, resources: Resources) -> None:
        names = ("cloopen", "weibo", "alipay", "wechat")
        sms, weibo, alipay, wechat = (Remote(name, resources.http) for name in names)
        self.mailer = SmtpMailer(settings.mail)
        self.sms = CloopenSms(settings.sms, sms, now)
        self.weibo = WeiboGateway(settings.weibo, weibo)
        self.alipay = _alipay(settings, alipay)
        self.wechat = _wechat(settings, wechat)
        remotes = (sms, weibo, alipay, wechat)
        self.circuits = (self.mailer.circuit, *(remote.circuit for remote in remotes))

    @property
    def providers(self) -> Mapping[str, PaymentProvider]:
        """Those buyers pay at, by their names."""
        return {"alipay": self.alipay, "wechat": self.wechat}

    @property
    def returns(self) -> ReturnReader:
        """The one that sends buyers back with a signed address."""
        return self.alipay


def now() -> datetime:
    """Return the present moment with its zone."""
    return datetime.now(UTC)


def _alipay(settings: Settings, remote: Remote) -> AlipayGateway | NoProvider:
    if not settings.alipay.app:
        return NoProvider("alipay")
    return AlipayGateway(settings.alipay, remote, site=settings.pays.site, clock=now)


def _wechat(settings: Settings, remote: Remote) -> WechatpayGateway | NoProvider:
    if not settings.wechatpay.merchant:
        return NoProvider("wechat")
    return WechatpayGateway(settings.wechatpay, remote, site=settings.pays.site, clock=now)
