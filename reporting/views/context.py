"""What every page's template knows."""

from typing import Any

from django.http import HttpRequest


def portal(request: HttpRequest) -> dict[str, Any]:
    from django.conf import settings

    return {"demo_mode": settings.DEMO}
