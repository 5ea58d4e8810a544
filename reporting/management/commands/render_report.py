"""`manage.py render_report 1688-2019-12-18 2023 --format pdf --output FILE`."""

import re
import sys
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from programs.models import AnnualReport, Program
from reporting.fonts import PrintingUnavailable
from reporting.renderers import FORMATS
from reporting.standing import standing_bytes

USAGE_ERROR = 2
WHY_NOT_WRITTEN: dict[type[OSError], str] = {
    FileNotFoundError: "такої теки немає",
    NotADirectoryError: "такої теки немає",
    IsADirectoryError: "це тека, а не файл",
    PermissionError: "немає дозволу писати туди",
}


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
        write(content, options["output"])


def year(text: str) -> int:
    if not re.fullmatch(r"\d{4}", text, re.ASCII):
        raise ArgumentTypeError(f"«{text}» не рік; уведіть, наприклад, 2023")
    return int(text)


def find_report(program_id: str, year: int) -> AnnualReport:
    """Raises CommandError (exit code 2) that says what there is instead."""
    # What a terminal sends may be no text at all, and a database would not take it.
    program = Program.objects.filter(public_id=program_id).first() if program_id.isascii() else None
    if program is None:
        known = ", ".join(p.public_id for p in Program.objects.all()[:10] if p.public_id)
        raise CommandError(
            f"Програми «{program_id}» немає. Є такі: {known or 'жодної'}.", returncode=USAGE_ERROR
        )
    report = program.reports.filter(year=year).select_related("program__responsible").first()
    if report is None:
        years = ", ".join(map(str, program.reports.order_by("year").values_list("year", flat=True)))
        raise CommandError(
            f"Звіту програми «{program_id}» за {year} рік немає. Є за роки: {years or 'жодного'}.",
            returncode=USAGE_ERROR,
        )
    return report


def write(content: bytes, output: str) -> None:
    """Raises CommandError (exit code 2) when the file cannot be written."""
    if output == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    target = Path(output)
    try:
        if target.is_symlink() or (target.exists() and not target.is_file()):
            # A link, a device, a pipe: to be written into, not to be put aside for a new file.
            target.write_bytes(content)
        else:
            replace(target, content)
    except OSError as error:
        reason = WHY_NOT_WRITTEN.get(type(error), error.strerror)
        raise CommandError(
            f"Не вдалося записати «{output}»: {reason}. Файл не створено.", returncode=USAGE_ERROR
        ) from error


def replace(target: Path, content: bytes) -> None:
    """Whole or not at all: nobody finds half a report under the name."""
    unfinished = target.with_name(f".{target.name}.part")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(target)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
