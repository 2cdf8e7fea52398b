"""The texts of faults of the protocol and of our own: what their HTTP status means to people."""

from __future__ import annotations

FAULTS = {
    400: ("请求格式错误", "The request is malformed"),
    404: ("接口不存在", "There is no such address"),
    405: ("请求方法不允许", "The method is not allowed here"),
    413: ("请求内容过大", "The request is too large"),
    415: ("不支持的内容类型", "The content type is not supported"),
    429: ("请求过于频繁", "Too many requests"),
    503: ("服务繁忙，请稍后重试", "The service is busy, please try again"),
}
DEFECT = ("服务器内部错误", "Something went wrong on our side")


def fault_text(status: int, language: str) -> str:
    """Say what an HTTP status means, in ``zh`` or ``en``."""
    zh, en = FAULTS.get(status, DEFECT)
    return en if language == "en" else zh
