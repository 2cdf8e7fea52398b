"""The language of texts for people, out of Accept-Language."""

from __future__ import annotations


def preferred(header: str) -> str:
    """Return ``en`` when Accept-Language prefers English to Chinese, else ``zh``."""
    weights = {"zh": 0.0, "en": 0.0}
    for part in header.split(",")[:20]:
        name, _, weight = part.replace(" ", "").lower().partition(";q=")
        language = name[:2]
        if language in weights:
            weights[language] = max(weights[language], _weight(weight))
    return "en" if weights["en"] > weights["zh"] else "zh"


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
