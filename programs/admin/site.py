"""The admin site of the portal: entered by role and appointment, not by Django's staff flag."""

from django.contrib import admin
from django.http import HttpRequest

from .. import permissions


class ZvitAdminSite(admin.AdminSite):
    site_header = "Звіт"
    site_title = "Звіт"
    index_title = "Дані портала"
    site_url = "/"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated and permissions.can_enter_admin(request.user)
