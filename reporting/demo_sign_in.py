"""Sessions begun by one click, without a password."""

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend


class DemonstrationBackend(ModelBackend):
    """Opens demonstration accounts only, and no longer than the demonstration mode lasts.

    Without it a session begun while a server was tried out would live on in production.
    """

    def authenticate(self, *args: Any, **kwargs: Any) -> None:
        """Nobody comes in by a password here."""

    def user_can_authenticate(self, user: Any) -> bool:
        return bool(settings.DEMO and user.is_demo and super().user_can_authenticate(user))
