"""The verbs of the shop: each is one module with a ``main`` and a link beside it to start it."""
