"""Every job there is, by its kind."""

from __future__ import annotations

from collections.abc import Mapping

from tasks.job import Job
from tasks.mail import ActivationMail, ResetMail, WelcomeMail
from tasks.sms import SmsCode

JOBS: Mapping[str, type[Job]] = {
    job.kind: job for job in (ActivationMail, ResetMail, WelcomeMail, SmsCode)
}
