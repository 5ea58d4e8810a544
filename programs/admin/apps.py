from importlib import import_module

from django.contrib.admin.apps import AdminConfig


class ZvitAdminConfig(AdminConfig):
    default_site = "programs.admin.site.ZvitAdminSite"

    def ready(self) -> None:
        super().ready()
        # Neither can be imported by the package itself: Django reads it before the models exist.
        from django.contrib import admin

        # Only our own pages: Django's groups would grant nothing here, and allauth's pages show the secrets
        # of one-time codes.
        others = [model for model in admin.site._registry if model._meta.app_label != "programs"]
        admin.site.unregister(others)
        for subject in ("people", "programs", "reports"):
            import_module(f"programs.admin.{subject}")
