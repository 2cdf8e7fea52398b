"""Measuring one process of the shop: its CPU time, its memory, the latency its clients see."""
