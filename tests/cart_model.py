"""What a cart should be: a plain dict with the rules of the contract, to hold the real one against.

It knows nothing of Redis, marks or scripts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from models.errors import BadCartParameter, CartFull, NoSuchCartSku, OverStock

MOST = 100
Cart = dict[int, tuple[int, bool]]
"""SKU → pieces, selected."""


class CartModel:
    """One cart; a refusal raises and changes nothing."""

    def __init__(self, stock: dict[int, int]) -> None:
        """``stock`` holds the SKUs that can be bought."""
        self.stock = stock
        self.cart: Cart = {}
        self._keys: dict[str, str] = {}
        self._orders: set[str] = set()

    def once(self, key: str | None, says: str, change: Callable[[], None]) -> None:
        """Make a change, under a client's key only the first time."""
        if key in self._keys:
            if self._keys[key] != says:
                raise BadCartParameter
            return
        change()
        if key is not None:
            self._keys[key] = says

    def add(self, sku: int, count: int) -> None:
        """Put pieces in."""
        if sku not in self.stock:
            raise NoSuchCartSku
        held, selected = self.cart.get(sku, (0, True))
        if held + count > self.stock[sku]:
            raise OverStock
        if not held and len(self.cart) >= MOST:
            raise CartFull
        self.cart[sku] = (held + count, selected)

    def step_up(self, sku: int) -> None:
        """Put one piece in."""
        self._line(sku)
        self.add(sku, 1)

    def step_down(self, sku: int) -> None:
        """Take one piece out."""
        held, selected = self._line(sku)
        self.cart[sku] = (max(1, held - 1), selected)

    def set_count(self, sku: int, count: int) -> None:
        """Say how many."""
        _, selected = self._line(sku)
        if sku not in self.stock:
            raise NoSuchCartSku
        if count > self.stock[sku]:
            raise OverStock
        self.cart[sku] = (count, selected)

    def select(self, sku: int, selected: bool) -> None:
        """Choose a line, or not."""
        held, _ = self._line(sku)
        self.cart[sku] = (held, selected)

    def select_all(self, selected: bool) -> None:
        """Choose all lines, or none."""
        self.cart = {sku: (held, selected) for sku, (held, _) in self.cart.items()}

    def remove(self, sku: int) -> None:
        """Take a line out."""
        self.cart.pop(sku, None)

    def merge(self, lines: Iterable[tuple[int, int]]) -> None:
        """Take the larger count of each SKU, as far as there is stock."""
        for sku, count in lines:
            stock = self.stock.get(sku, 0)
            held, selected = self.cart.get(sku, (0, True))
            if stock > 0 and (held or len(self.cart) < MOST):
                self.cart[sku] = (min(max(held, count), stock), selected)

    def take_bought(self, order: str, lines: Iterable[tuple[int, int]]) -> None:
        """Take out what an order has bought."""
        if order in self._orders:
            return
        self._orders.add(order)
        for sku, bought in lines:
            held, selected = self.cart.get(sku, (0, True))
            if held > bought:
                self.cart[sku] = (held - bought, selected)
            else:
                self.cart.pop(sku, None)

    def _line(self, sku: int) -> tuple[int, bool]:
        if sku not in self.cart:
            raise NoSuchCartSku
        return self.cart[sku]
