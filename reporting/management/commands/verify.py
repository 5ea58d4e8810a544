"""`manage.py verify Zvit_1688-2019-12-18_2023_r1.pdf`."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reporting.authenticity import (
    NO_SUCH_FILE,
    Asked,
    Match,
    Standing,
    StoredBytesChanged,
    digest_of,
    find_file,
)

NO_MATCH, CANNOT_TELL, SUPERSEDED, COPY = 1, 2, 3, 4
CHUNK = 1024 * 1024
WHY_NOT_READ: dict[type[OSError], str] = {
    FileNotFoundError: "такого файла немає",
    NotADirectoryError: "такого файла немає",
    IsADirectoryError: "це тека, а не файл",
    PermissionError: "немає дозволу читати його",
}


class Command(BaseCommand):
    help = (
        "Каже те саме, що сторінка /verify/ каже кожному: чи збігається файл до байта з оприлюдненою "
        "редакцією звіту. Коди виходу: 0 – справжній, редакція остання; 3 – справжній, але є новіша "
        "редакція; 4 – це лише копія, яку зберігають поруч із редакцією; 1 – не збігається з жодною "
        "оприлюдненою; 2 – файл не прочитано або команду введено неправильно."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="файл: PDF, report.json, книга Excel, .p7s, .asice, скан")

    def handle(self, *args: Any, **options: Any) -> None:
        sha256 = digest_of_file(options["file"])
        try:
            matches = find_file(sha256, None)
        except StoredBytesChanged as changed:
            raise CommandError(str(changed), returncode=CANNOT_TELL) from changed
        if not matches:
            raise CommandError(f"{NO_SUCH_FILE}.", returncode=NO_MATCH)
        for match in matches:
            for line in told(match):
                self.stdout.write(line)
        if all(match.asked is Asked.COPY for match in matches):
            raise CommandError("Чи збігається копія з редакцією, портал не перевіряє.", returncode=COPY)
        if all(match.standing is Standing.SUPERSEDED for match in matches):
            raise CommandError("Є новіша оприлюднена редакція.", returncode=SUPERSEDED)


def digest_of_file(path: str) -> str:
    """Raises CommandError (exit code 2)."""
    try:
        with Path(path).open("rb") as file:
            return digest_of(iter(partial(file.read, CHUNK), b""))
    except OSError as error:
        reason = WHY_NOT_READ.get(type(error), error.strerror)
        raise CommandError(f"Не вдалося прочитати «{path}»: {reason}.", returncode=CANNOT_TELL) from error


def told(match: Match) -> Iterator[str]:
    """The lines of the page's answer."""
    yield f"{match.headline}. {match.state}"
    yield f"  Звіт: {match.document.title}"
    yield f"  Програма: {match.document.program_id}"
    if match.publication:
        yield f"  Оприлюднено: {timezone.localtime(match.publication.published_at):%d.%m.%Y}"
    yield f"  Що це за файл: {match.what}"
    yield f"  Відбиток: {match.fingerprint}"
    for signer in match.signers:
        yield f"  Підпис: {signer.name}, {signer.how}"
