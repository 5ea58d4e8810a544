from typing import Any

from django.core.management.base import BaseCommand, CommandError

from programs import append_only, journal, stored_bytes
from programs.textforms import counted


class Command(BaseCommand):
    help = (
        "Перевіряє журнал: чи кожна подія стоїть так, як її записано, і чи кожен збережений документ "
        "(подання, погоджені й підписані файли) має ті самі байти, що й тоді. Код виходу 1, якщо ні."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = journal.verify()
        if fault := verdict.fault:
            raise CommandError(
                f"Журнал пошкоджено, перша така подія: {fault.number}. {fault.reason} "
                f"Перед нею цілих подій: {verdict.good}. Порівняйте з резервною копією."
            )
        self.stdout.write(f"Журнал цілий: {counted(verdict.good, 'подія', 'події', 'подій')}.")
        self._inspect_documents()
        if missing := append_only.missing():
            raise CommandError(
                f"Але база вже не захищає його від змін, бракує тригерів: {', '.join(missing)}. "
                "Поверніть їх: manage.py migrate."
            )

    def _inspect_documents(self) -> None:
        found = stored_bytes.inspect()
        if found.faults:
            lines = ["Збережені документи пошкоджено.", *found.faults, "Порівняйте з резервною копією."]
            raise CommandError("\n".join(lines))
        read = counted(found.read, "файл", "файли", "файлів")
        self.stdout.write(f"Збережені документи цілі: {read}.")
