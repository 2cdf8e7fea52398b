"""What the letters say: both languages, both forms, escaped, with working links."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from tasks.job import Job
from tasks.kinds import JOBS
from tasks.mail import ActivationMail, ResetMail, WelcomeMail
from tasks.order_mail import PaidMail
from tasks.sms import SmsCode
from tests.fakes import SITE, RecordingOutside

EVIL = "<script>alert(1)</script>&\"'"
ACTIVATION = ActivationMail(to="li@example.com", name=EVIL, code="a b+c/d=?&é")
RESET = ResetMail(to="li@example.com", code="4711<b>", minutes=10)
WELCOME = WelcomeMail(to="li@example.com", name=EVIL)
PAID = PaidMail(to="li@example.com", name=EVIL, order_id="1234567890123456", amount="98.00")
LETTERS = [ACTIVATION, RESET, WELCOME, PAID]


class Reader(HTMLParser):
    """Collects what a mail program would show."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.shown = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name == "href" and value]

    def handle_data(self, data):
        self.shown += data


async def written(job):
    outside = RecordingOutside()
    await job.run(42, outside.seen)
    [letter] = outside.mailer.letters
    return letter


@pytest.mark.parametrize("job", LETTERS, ids=lambda job: job.kind)
async def test_a_letter_has_both_languages_in_both_forms(job):
    letter = await written(job)
    assert (letter.number, letter.to) == (42, "li@example.com")
    assert "\n" not in letter.subject
    for text in (letter.subject, letter.text, Reader(letter.html).shown):
        assert text.index("达达商城") < text.index("Dada Mall")


@pytest.mark.parametrize("job", LETTERS, ids=lambda job: job.kind)
async def test_names_are_shown_as_they_are_and_never_run(job):
    letter = await written(job)
    page = Reader(letter.html)
    assert "script" not in page.tags
    assert "b" not in page.tags
    if hasattr(job, "name"):
        assert EVIL in page.shown
        assert EVIL in letter.text


async def test_the_activation_link_carries_the_code():
    letter = await written(ACTIVATION)
    for link in Reader(letter.html).links:
        assert link.startswith(f"{SITE}active.html?code=")
        assert parse_qs(urlsplit(link).query) == {"code": [ACTIVATION.code]}
        assert letter.text.count(link) == 2
    assert len(Reader(letter.html).links) == 2


async def test_the_reset_code_stands_in_both_forms():
    letter = await written(RESET)
    assert letter.text.count("4711<b>") == 2
    assert Reader(letter.html).shown.count("4711<b>") == 2
    assert "4711" not in letter.subject


async def test_the_news_of_a_payment_name_order_and_amount_and_lead_to_the_order():
    """PAY-10: the facts of the letter are those of the order, in both languages."""
    letter = await written(PAID)
    assert letter.subject.count(PAID.order_id) == 2
    for text in (letter.text, Reader(letter.html).shown):
        assert text.count("¥98.00") == 2
    links = Reader(letter.html).links
    assert links == [f"{SITE}orderDetail.html?order_id={PAID.order_id}"] * 2
    assert letter.text.count(links[0]) == 2


async def test_the_number_of_an_order_that_was_taken_over_stays_in_its_link():
    """Such a number may be any text."""
    letter = await written(msgspec.structs.replace(PAID, order_id='订 1&"<'))
    (link, _) = Reader(letter.html).links
    assert parse_qs(urlsplit(link).query) == {"order_id": ['订 1&"<']}


@pytest.mark.parametrize("job", [*LETTERS, SmsCode(phone="13900000000", code="4711", minutes=5)])
def test_a_job_survives_the_table_and_does_not_show_itself(job):
    kind = JOBS[job.kind]
    assert msgspec.json.decode(msgspec.json.encode(job), type=kind) == job
    assert repr(job) == f"<{kind.__name__}>"


def test_kinds_fit_the_table_and_every_job_is_known():
    assert {job.kind for job in Job.__subclasses__() if job.__module__.startswith("tasks.")} == set(
        JOBS
    )
    assert all(len(kind) <= 40 and kind.isascii() for kind in JOBS)
