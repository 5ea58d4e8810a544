"""`manage.py render_cumulative 1688-2019-12-18 --format pdf --output FILE`."""

import io
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from programs.models import Program
from reporting.cumulative import FORMATS, render
from reporting.cumulative.assemble import assemble
from reporting.fonts import PrintingUnavailable
from reporting.management.terminal import find_program, write_out


class Command(BaseCommand):
    help = "Друкує зведений звіт програми за весь її строк у файл або на стандартний вивід."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("program", help="ідентифікатор програми: 1688-2019-12-18")
        parser.add_argument("--format", choices=list(FORMATS), default="pdf", help="формат (типово pdf)")
        parser.add_argument("--output", required=True, help="файл, або «-» для стандартного виводу")

    def handle(self, *args: Any, **options: Any) -> None:
        program = find_program(options["program"], Program.objects.all())
        try:
            content = render(assemble(program, at=timezone.now()), options["format"])
        except PrintingUnavailable as error:
            raise CommandError(str(error)) from error
        write_out(io.BytesIO(content), options["output"])
