"""What a process of the clients is told: everything it needs, no settings of the shop among it."""

from __future__ import annotations

import msgspec


class Customer(msgspec.Struct, frozen=True):
    """Somebody who can buy."""

    id: int
    username: str
    token: str
    address_id: int


class Shelf(msgspec.Struct, frozen=True):
    """What there is to buy, and to look at: the first pages of each catalogue."""

    skus: tuple[int, ...]
    pages: tuple[tuple[int, int], ...]


class Place(msgspec.Struct, frozen=True):
    """Where the shop answers; ``cashier`` is the base address of the simulators."""

    targets: tuple[str, ...]
    cashier: str


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The part of one process: ``worker`` of ``workers``. Times are in seconds.

    ``run`` is a text no other run has, for idempotency keys; ``rate`` is None in a closed loop,
    and both it and ``clients`` are those of all processes together; ``journal`` is a path.
    """

    scenario: str
    clients: int
    rate: float | None
    arrivals: str
    seconds: float
    think: float
    timeout: float
    seed: int
    run: str
    worker: int
    workers: int
    place: Place
    shelf: Shelf
    customers: tuple[Customer, ...]
    password: str
    journal: str
