"""The demo catalogue: its words and numbers, the records made of them, and its painted pictures."""
