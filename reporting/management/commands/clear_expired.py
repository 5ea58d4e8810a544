from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from programs.importing import staging
from reporting import jobs


class Command(BaseCommand):
    help = (
        "Прибирає те, чий час минув: готові файли вибірок і архівів, прочитані й не застосовані файли "
        "імпорту, записи про виконані фонові завдання. Запускайте щодня."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        files = jobs.clear_expired(now)
        imports = staging.forget_expired()
        DBTaskResult.objects.finished().filter(finished_at__lte=now - timedelta(days=14)).delete()
        self.stdout.write(f"Прибрано: файлів {files}, підготовлених імпортів {imports}.")
