"""What every page's template knows."""

from typing import Any

from django.http import HttpRequest

from programs import permissions
from programs.models import User
from programs.views.reach import signed_in
from programs.waiting import waiting_for

from .. import jobs

GLOBAL_ROLES = ("is_auditor", "is_program_admin", "is_system_admin")


def portal(request: HttpRequest) -> dict[str, Any]:
    from django.conf import settings

    # Called by the bar, which stands on no page of somebody not signed in.
    return {
        "demo_mode": settings.DEMO,
        "has_public_pages": settings.PUBLIC_REPORTS,
        "acting_as": lambda: acting_as(request.user),
        "waiting_number": lambda: len(waiting_for(signed_in(request))),
        "files_ready": lambda: files_ready(signed_in(request)),
    }


def acting_as(user: Any) -> list[str]:
    """In whose name and in which roles a person acts today: «керівник, Управління культури»."""
    labels = {field.name: str(field.verbose_name) for field in User._meta.fields}
    appointments = user.appointments.current().select_related("executor")
    return [
        *(f"{one.get_role_display()}, {one.executor}" for one in appointments),
        *(labels[name] for name in GLOBAL_ROLES if getattr(user, name)),
    ]


def files_ready(user: User) -> int | None:
    """How many files made in the background wait to be fetched; None of whom extracts are no matter."""
    return jobs.ready_unfetched(user) if permissions.can_read_programs(user) else None
