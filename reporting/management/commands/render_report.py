"""`manage.py render_report 1688-2019-12-18 2023 --format pdf --output FILE`."""

import io
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from programs.models import AnnualReport, Program
from reporting.fonts import PrintingUnavailable
from reporting.management.terminal import USAGE_ERROR, find_program, write_out, year
from reporting.renderers import FORMATS
from reporting.standing import standing_bytes


class Command(BaseCommand):
    help = (
        "Друкує звіт програми за рік у файл або на стандартний вивід. Погоджений звіт віддає так, як його "
        "збережено."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("program", help="ідентифікатор програми: 1688-2019-12-18")
        parser.add_argument("year", type=year, help="звітний рік")
        parser.add_argument("--format", choices=list(FORMATS), default="pdf", help="формат (типово pdf)")
        parser.add_argument("--output", required=True, help="файл, або «-» для стандартного виводу")
        parser.add_argument("--final", action="store_true", help="без позначки «ПРОЄКТ»")

    def handle(self, *args: Any, **options: Any) -> None:
        report = find_report(options["program"], options["year"])
        draft_at = None if options["final"] else timezone.now()
        try:
            content = standing_bytes(report, options["format"], draft_at=draft_at)
        except PrintingUnavailable as error:
            raise CommandError(str(error)) from error
        write_out(io.BytesIO(content), options["output"])


def find_report(program_id: str, year: int) -> AnnualReport:
    """Raises CommandError (exit code 2) that says what there is instead."""
    program = find_program(program_id, Program.objects.all())
    report = program.reports.filter(year=year).select_related("program__responsible").first()
    if report is None:
        years = ", ".join(map(str, program.reports.order_by("year").values_list("year", flat=True)))
        raise CommandError(
            f"Звіту програми «{program_id}» за {year} рік немає. Є за роки: {years or 'жодного'}.",
            returncode=USAGE_ERROR,
        )
    return report
