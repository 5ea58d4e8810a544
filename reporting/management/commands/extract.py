"""`manage.py extract --year 2023 --format xlsx --output FILE`."""

import tempfile
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from programs import journal
from programs.enums import EventKind
from programs.keys import keyed
from programs.models import AnnualReport, Program, User
from reporting.extracts.choosing import count
from reporting.extracts.selection import Selection
from reporting.extracts.writing import FORMATS, NotWritten, write_extract
from reporting.management.terminal import USAGE_ERROR, find_program, write_out, year


class Command(BaseCommand):
    help = (
        "Записує вибірку даних у файл або на стандартний вивід: заходи з сумами й усе, що про них записано. "
        "Без --by це дані всіх програм, і в журналі порталу сліду немає: хто запускає команду, той і так має "
        "базу даних. З --by це лише те, що бачить ця особа, і вивантаження записується в журнал."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--year", type=year, action="append", default=[], help="звітний рік; можна кілька разів"
        )
        parser.add_argument(
            "--program",
            action="append",
            default=[],
            help="ідентифікатор програми: 1688-2019-12-18; можна кілька разів",
        )
        parser.add_argument("--format", choices=list(FORMATS), default="xlsx", help="формат (типово xlsx)")
        parser.add_argument("--output", required=True, help="файл, або «-» для стандартного виводу")
        parser.add_argument("--by", metavar="USERNAME", help="від чийого імені")

    def handle(self, *args: Any, **options: Any) -> None:
        person = None if options["by"] is None else find_person(options["by"])
        selection = wanted(options["program"], options["year"], person)
        with tempfile.TemporaryFile() as made:
            try:
                facts = write_extract(selection, options["format"], made, by=person, now=timezone.now())
            except NotWritten as error:
                raise CommandError(str(error), returncode=USAGE_ERROR) from error
            made.seek(0)
            is_replaced = options["output"] != "-" and Path(options["output"]).is_file()
            write_out(made, options["output"])
        if person:
            journal.record(EventKind.EXTRACTED, by=person, **facts.for_journal(selection))
        # Standard output may be the file itself.
        self.stderr.style_func = str
        if is_replaced:
            self.stderr.write(f"Файл «{options['output']}» уже був; його замінено.")
        self.stderr.write(f"Рядків: {facts.rows}. SHA-256: {facts.sha256}")


def find_person(username: str) -> User:
    """Raises CommandError (exit code 2)."""
    # What a terminal sends may be no text at all, and a database would not take it.
    name = username.encode(errors="replace").decode()
    person = User.objects.filter(username=name, is_active=True).first()
    if person is None:
        raise CommandError(
            f"Користувача «{username}» немає, або його обліковий запис вимкнено.", returncode=USAGE_ERROR
        )
    return person


def wanted(programs: Iterable[str], years: Iterable[int], person: User | None) -> Selection:
    """Raises CommandError (exit code 2) when a programme is unknown or there is nothing to write."""
    visible = Program.objects.all() if person is None else Program.objects.visible_to(person)
    visible = visible.not_rejected()
    for program_id in programs:
        find_program(program_id, visible)
    selection = Selection(programs=tuple(programs), years=tuple(years))
    if not count(selection, person):
        reports = AnnualReport.objects.filter(program__in=visible)
        if selection.programs:
            reports = reports.filter(keyed(selection.programs, "program__"))
        known = ", ".join(map(str, sorted({report.year for report in reports})))
        raise CommandError(
            f"За цими умовами немає жодного заходу. Звіти є за роки: {known or 'жодного'}.",
            returncode=USAGE_ERROR,
        )
    return selection
