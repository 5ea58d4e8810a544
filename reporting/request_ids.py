"""The number of a request: on the page of an error, and in every line of the log about that request."""

from __future__ import annotations

import logging
import secrets
from contextvars import ContextVar

HEADER = "X-Request-ID"
NONE = "-"

_current: ContextVar[str] = ContextVar("request_id", default=NONE)


def begin() -> str:
    """A new number for what this thread does from here on: «4821-0937».

    Digits alone: it is read out over the telephone, where Latin and Cyrillic letters sound alike.
    """
    digits = f"{secrets.randbelow(10**8):08}"
    number = f"{digits[:4]}-{digits[4:]}"
    # Never set back: a file that is still being sent after the answer belongs to the same request.
    _current.set(number)
    return number


class RequestIdFilter(logging.Filter):
    """Gives each line of the log the number of the request it is about; «-» outside of any."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = _current.get()
        return True
