#!/usr/bin/env python
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reporting.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError, ProgrammingError

    try:
        execute_from_command_line(sys.argv)
    except (OperationalError, ProgrammingError) as error:
        reason = str(error).strip().splitlines()[0]
        sys.exit(
            f"База даних не готова: {reason}. Нічого не змінено. "
            "Перевірте DATABASE_URL і виконайте manage.py migrate."
        )


if __name__ == "__main__":
    main()
