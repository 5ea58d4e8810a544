"""The admin site of the portal: entered by role and appointment, not by Django's staff flag."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.shortcuts import redirect

from .. import permissions

# The index by subject, as people look for things; a model not named here has no place of its own on it.
SUBJECTS = {
    "Звіти": ["AnnualReport"],
    "Програми": ["Program", "Task", "Measure", "FundingSource"],
    "Виконавці й люди": ["Executor", "Appointment", "User"],
}


class ZvitAdminSite(admin.AdminSite):
    site_header = "Звіт"
    site_title = "Звіт"
    index_title = "Дані порталу"
    site_url = "/"
    empty_value_display = "—"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated and permissions.can_enter_admin(request.user)

    def app_index(self, request: HttpRequest, app_label: str, extra_context: Any = None) -> Any:
        """One application, one index: the portal's subjects cut across Django's."""
        return redirect("admin:index")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        apps = super().get_app_list(request, app_label)
        models = {model["object_name"]: (app, model) for app in apps for model in app["models"]}
        return [
            {**models[present[0]][0], "name": subject, "models": [models[name][1] for name in present]}
            for subject, names in SUBJECTS.items()
            if (present := [name for name in names if name in models])
        ]
