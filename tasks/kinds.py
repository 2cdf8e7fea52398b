"""Every job there is, by its kind."""

from __future__ import annotations

from collections.abc import Mapping

from tasks.carts import ForgetBought, MergeCart
from tasks.job import Job
from tasks.mail import ActivationMail, ResetMail, WelcomeMail
from tasks.order_mail import PaidMail
from tasks.orders import CloseUnpaid, ConfirmReceipt
from tasks.pays import AskProvider, Repay, WithdrawAttempts
from tasks.sms import SmsCode

ALL = (
    ActivationMail,
    ResetMail,
    WelcomeMail,
    SmsCode,
    MergeCart,
    ForgetBought,
    CloseUnpaid,
    ConfirmReceipt,
    AskProvider,
    WithdrawAttempts,
    Repay,
    PaidMail,
)
JOBS: Mapping[str, type[Job]] = {job.kind: job for job in ALL}
