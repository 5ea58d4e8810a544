from typing import Any

from django.core.management.base import BaseCommand

from programs.demonstration import load_demonstration


class Command(BaseCommand):
    help = "Завантажує звіт за 2023 рік, демонстраційний 2024 рік і облікові записи. Можна повторювати."

    def handle(self, *args: Any, **options: Any) -> None:
        program = load_demonstration()
        years = ", ".join(str(year) for year in sorted(program.reports.values_list("year", flat=True)))
        self.stdout.write(f"Програма {program.public_id}: звіти за {years} рік. Демонстраційні дані готові.")
