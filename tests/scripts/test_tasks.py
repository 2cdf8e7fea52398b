"""Looking after the tasks from the command line; what they are about is never shown."""

from __future__ import annotations

import pytest

SECRET = '{"phone": "13900000000", "code": "471147", "minutes": 5}'


@pytest.fixture
def tasks(shop):
    """Two dead tasks, one dead without facts, and a waiting one."""
    shop.run(
        "INSERT INTO tasks_outbox (id, kind, facts, due, attempts, dead_time, error) VALUES"
        f" (1, 'sms.code', '{SECRET}', NOW(6), 8, NOW(6), 'sms: 160040'),"
        f" (2, 'mail.welcome', '{SECRET}', NOW(6), 150, NOW(6), 'smtp: refused'),"
        " (3, 'sms.code', '', NOW(6), 8, NOW(6), 'sms: 160040');"
        "INSERT INTO tasks_outbox (id, kind, facts, due)"
        f" VALUES (4, 'mail.reset', '{SECRET}', NOW(6))"
    )
    return shop


def dead(shop):
    found = shop.ask("SELECT id FROM tasks_outbox WHERE dead_time IS NOT NULL ORDER BY id")
    return [row[0] for row in found]


def test_the_list_shows_everything_but_the_facts(tasks, ran):
    done = ran("tasks", tasks, "list")
    assert done.returncode == 0
    assert done.stdout.startswith("1 waiting")
    assert "3 dead" in done.stdout
    for shown in ("sms.code", "mail.welcome", "mail.reset", "smtp: refused", "tries 150"):
        assert shown in done.stdout
    for secret in ("471147", "13900000000"):
        assert secret not in done.stdout + done.stderr


def test_one_is_replayed_once(tasks, ran):
    assert ran("tasks", tasks, "replay", "--id", 2).stdout == "1 will be tried again\n"
    assert dead(tasks) == [1, 3]
    assert tasks.ask("SELECT attempts FROM tasks_outbox WHERE id = 2") == [(0,)]
    again = ran("tasks", tasks, "replay", "--id", 2)
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr == "no dead task of that description can be replayed\n"


def test_all_are_replayed_but_those_without_facts(tasks, ran):
    assert ran("tasks", tasks, "replay", "--all").stdout == "2 will be tried again\n"
    assert dead(tasks) == [3]


def test_only_the_dead_are_dropped(tasks, ran):
    assert ran("tasks", tasks, "drop", "--id", 4).returncode == 1
    assert ran("tasks", tasks, "drop", "--kind", "sms.code").stdout == "2 dropped\n"
    assert tasks.ask("SELECT id FROM tasks_outbox ORDER BY id") == [(2,), (4,)]


def test_something_must_be_chosen(tasks, ran):
    for verb in ("replay", "drop"):
        assert ran("tasks", tasks, verb).returncode == 2
    assert dead(tasks) == [1, 2, 3]


def test_without_tables_it_says_what_to_do(empty, ran):
    done = ran("tasks", empty, "list")
    assert done.returncode == 1
    assert "./scripts/migrate" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_server_it_says_so(shop, ran):
    shop.url = type(shop.url)("mysql://dadashop:secret4711@127.0.0.1:9/dadashop")
    done = ran("tasks", shop, "list")
    assert done.returncode == 1
    assert "cannot reach MariaDB at 127.0.0.1:9" in done.stderr
    assert "secret4711" not in done.stderr
