"""What commands have in common: words typed in a terminal, and files put where they are wanted."""

import re
import shutil
import sys
from argparse import ArgumentTypeError
from pathlib import Path
from typing import IO

from django.core.management.base import CommandError
from django.db.models import QuerySet

from programs.keys import keyed, program_key
from programs.models import Program

USAGE_ERROR = 2
WHY_NOT_WRITTEN: dict[type[OSError], str] = {
    FileNotFoundError: "такої теки немає",
    NotADirectoryError: "такої теки немає",
    IsADirectoryError: "це тека, а не файл",
    PermissionError: "немає дозволу писати туди",
}


def year(text: str) -> int:
    if not re.fullmatch(r"\d{4}", text, re.ASCII):
        raise ArgumentTypeError(f"«{text}» не рік; уведіть, наприклад, 2023")
    return int(text)


def find_program(program_id: str, among: QuerySet[Program]) -> Program:
    """The one with this key. Raises CommandError (exit code 2) that says what there is instead."""
    # What a terminal sends may be no text at all, and a database would not take it.
    program = among.filter(keyed([program_id])).first() if program_id.isascii() else None
    if program is None:
        known = ", ".join(map(program_key, among[:10]))
        raise CommandError(
            f"Програми «{program_id}» немає. Є такі: {known or 'жодної'}.", returncode=USAGE_ERROR
        )
    return program


def write_out(content: IO[bytes], output: str) -> None:
    """All of a file from where it stands. Raises CommandError (exit code 2) when it cannot be written."""
    if output == "-":
        shutil.copyfileobj(content, sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return
    target = Path(output)
    try:
        if target.is_symlink() or (target.exists() and not target.is_file()):
            # A link, a device, a pipe: to be written into, not to be put aside for a new file.
            with target.open("wb") as opened:
                shutil.copyfileobj(content, opened)
        else:
            _replace(target, content)
    except OSError as error:
        reason = WHY_NOT_WRITTEN.get(type(error), error.strerror)
        raise CommandError(
            f"Не вдалося записати «{output}»: {reason}. Файл не створено.", returncode=USAGE_ERROR
        ) from error


def _replace(target: Path, content: IO[bytes]) -> None:
    """Whole or not at all: nobody finds half a file under the name."""
    unfinished = target.with_name(f".{target.name}.part")
    try:
        with unfinished.open("wb") as opened:
            shutil.copyfileobj(content, opened)
        unfinished.replace(target)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
