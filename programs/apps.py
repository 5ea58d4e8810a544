from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ProgramsConfig(AppConfig):
    name = "programs"
    verbose_name = "Програми та звіти"

    def ready(self) -> None:
        from . import append_only, checks, search_index  # noqa: F401  registers checks

        post_migrate.connect(append_only.install_after_migrate, sender=self)
        post_migrate.connect(search_index.install_after_migrate, sender=self)
