"""`manage.py opendata --output FOLDER`: the open data as files, for a portal that wants them uploaded."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management.base import BaseCommand, CommandError

from reporting.management.terminal import USAGE_ERROR, WHY_NOT_WRITTEN, write_out
from reporting.opendata import files
from reporting.opendata.documents import DOCUMENTS, find_document


class Command(BaseCommand):
    help = (
        "Записує в теку всі файли відкритих даних і їхній опис, такі самі, як за адресою /opendata/: "
        "щоб завантажити їх на data.gov.ua."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--output", required=True, type=Path, help="тека; буде створена")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["output"]
        if not settings.PUBLIC_REPORTS:
            raise CommandError(
                "Відкриті дані вимкнено, і адреси звітів у файлах нікуди б не вели. Нічого не записано. "
                "Увімкніть PUBLIC_REPORTS=1.",
                returncode=USAGE_ERROR,
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = WHY_NOT_WRITTEN.get(type(error), error.strerror)
            raise CommandError(
                f"Не вдалося створити теку «{folder}»: {reason}. Нічого не записано.", returncode=USAGE_ERROR
            ) from error
        try:
            for name, content in everything():
                with content:
                    write_out(content, str(folder / name))
                self.stdout.write(str(folder / name))
        except files.BeingMade as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            reason = WHY_NOT_WRITTEN.get(type(error), error.strerror)
            raise CommandError(
                f"Не вдалося скласти файли: {reason}. Портал тримає їх у теці «{settings.OPENDATA_FOLDER}»; "
                "перевірте місце на диску й дозволи. Що встигло записатися, названо вище."
            ) from error


def everything() -> Iterator[tuple[str, IO[bytes]]]:
    """Names, and files open where they begin."""
    for file in files.all_files():
        content, _ = files.opened(file, file.stamp())
        yield file.name, content
    for name in DOCUMENTS:
        if document := find_document(name):
            yield name, ContentFile(document.content)
