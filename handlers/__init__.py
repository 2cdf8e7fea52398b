"""The HTTP face of the shop: forms in, one service call, presentation out."""

from __future__ import annotations

from handlers import goods, openapi, ops

ROUTES = [*goods.ROUTES, *ops.ROUTES, *openapi.ROUTES]
