"""Drawings of goods: each takes a canvas, a colour and a form, and paints one piece.

A piece fills roughly the middle 700 units of the picture; light falls from the upper left.
"""
