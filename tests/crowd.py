"""People at the same moment, each in a thread and a connection of their own."""

from collections.abc import Callable
from threading import Barrier, Thread

from django.core.exceptions import ValidationError
from django.db import connections


def at_once(work: Callable[[], object], *, people: int) -> list[str]:
    """How it ended for each, in alphabetical order: nothing for who was served, else what they were told."""
    start = Barrier(people)
    ended: list[str] = []

    def run() -> None:
        try:
            start.wait(timeout=30)
            work()
            ended.append("")
        except ValidationError as refused:
            ended.append(" ".join(refused.messages))
        except Exception as error:
            ended.append(repr(error))
        finally:
            connections.close_all()

    threads = [Thread(target=run) for _ in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(ended)
