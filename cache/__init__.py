"""Redis: one class per purpose, which alone knows its keys and life times."""
