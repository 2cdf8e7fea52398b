"""Load on a shop: who the customers are, what they do and when, what is written down and drawn."""
