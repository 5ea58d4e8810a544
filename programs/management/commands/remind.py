import argparse
import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from programs import reminding


def iso_day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"«{text}» не є датою. Приклад: 2025-01-05.") from error


def days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        raise argparse.ArgumentTypeError(f"«{text}» не є кількістю днів, від 0 до 999. Приклад: 3.")
    return int(text)


class Command(BaseCommand):
    help = (
        "Нагадує листом про строки звітів: за кілька днів, у самий день і коли строк минув. "
        "Запускайте щодня; двічі одне й те саме нікому не надсилається."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days-before", type=days, default=3, help="за скільки днів до строку (3)")
        parser.add_argument("--date", type=iso_day, help="який день вважати сьогоднішнім: 2025-01-05")
        parser.add_argument("--dry-run", action="store_true", help="лише показати, кому було б надіслано")

    def handle(self, *args: Any, **options: Any) -> None:
        calls = reminding.due_calls(
            options["date"] or timezone.localdate(), days_before=options["days_before"]
        )
        outcome = reminding.send(calls, dry_run=options["dry_run"])
        self._tell("Було б надіслано" if options["dry_run"] else "Надіслано", outcome.sent)
        self._tell("Уже нагадували раніше", outcome.already, named=False)
        self._tell("Без електронної пошти", outcome.without_mail)
        self._tell("Не вдалося надіслати", outcome.failed)
        if outcome.failed:
            raise CommandError(
                "Частину нагадувань не надіслано; наступний запуск спробує ще раз. "
                "Перевірте налаштування пошти (EMAIL_HOST)."
            )

    def _tell(self, heading: str, calls: list[reminding.Call], *, named: bool = True) -> None:
        self.stdout.write(f"{heading}: {len(calls)}")
        if named:
            for call in calls:
                self.stdout.write(f"  {call}")
