"""Addresses as files give them: whole ones, at which everybody finds the portal."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse


def absolute(path: str) -> str:
    """Of a path of the portal. By the setting: what is in a file must not depend on who asks for it how."""
    return str(settings.PORTAL_URL).rstrip("/") + path


def address(name: str, *args: Any) -> str:
    return absolute(reverse(name, args=args))
