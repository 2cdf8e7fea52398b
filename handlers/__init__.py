"""The HTTP face of the shop: forms in, one service call, presentation out."""

from __future__ import annotations

from handlers import (
    addresses,
    carts,
    codes,
    goods,
    notices,
    openapi,
    ops,
    orders,
    passwords,
    pays,
    sessions,
    users,
    weibo,
)

# Tried in this order: what is asked for most stands first, names of users after fixed words.
ROUTES = [
    *goods.ROUTES,
    *users.ROUTES,
    *carts.ROUTES,
    *notices.ROUTES,
    *pays.ROUTES,
    *orders.ROUTES,
    *sessions.ROUTES,
    *codes.ROUTES,
    *passwords.ROUTES,
    *weibo.ROUTES,
    *passwords.NAMED_ROUTES,
    *addresses.ROUTES,
    *users.NAMED_ROUTES,
    *ops.ROUTES,
    *openapi.ROUTES,
]
