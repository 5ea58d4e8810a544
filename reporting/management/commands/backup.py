from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from reporting import backups
from reporting.templatetags.zvit import file_size


def count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) == int(text)):
        raise ArgumentTypeError(f"«{text}» не кількість копій; уведіть, наприклад, 14")
    return int(text)


class Command(BaseCommand):
    help = (
        "Робить резервну копію: база даних і додані файли в одному архіві, який одразу перечитано. "
        "Запускайте щодня й тримайте теку копій на іншому диску. Ключа сесій (secret_key) у копії немає: "
        "після відновлення всі входять знову."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--folder",
            type=Path,
            default=settings.DATA_DIR / "backups",
            help="куди класти копії; без цього тека backups у теці даних",
        )
        parser.add_argument(
            "--keep", type=count, default=14, metavar="N", help="скільки копій лишати в теці (14)"
        )
        parser.add_argument(
            "--made-elsewhere",
            metavar="НАЗВА",
            help="нічого не робити, лише записати, що копію щойно зроблено іншим засобом",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if name := options["made_elsewhere"]:
            backups.record_made_elsewhere(name)
            self.stdout.write(f"Записано: копію «{name}» зроблено іншим засобом.")
            return
        folder: Path = options["folder"]
        try:
            made = backups.make_backup(folder, keep=options["keep"])
        except backups.NoBackup as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{folder / made.file_name}: {file_size(made.size or 0)}, SHA-256 {made.sha256}")
