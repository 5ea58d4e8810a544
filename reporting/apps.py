from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "Вихідні документи"

    def ready(self) -> None:
        from . import accounts, checks  # noqa: F401  registers signal receivers and checks
