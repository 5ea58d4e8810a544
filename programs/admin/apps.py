from importlib import import_module

from django.contrib.admin.apps import AdminConfig


class ZvitAdminConfig(AdminConfig):
    default_site = "programs.admin.site.ZvitAdminSite"

    def ready(self) -> None:
        super().ready()
        # Not imported by the package itself: Django reads it before the models exist.
        for subject in ("people", "programs", "reports"):
            import_module(f"programs.admin.{subject}")
