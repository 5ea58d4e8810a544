"""Tables in which what is written stays written: the databases themselves refuse to change a row.

Triggers are installed after every `migrate`, whatever was there: rebuilding a table, as SQLite does for
an altered field, silently drops them. `checks` and `manage.py verify_journal` name those that are missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

MODELS = (
    "programs.Event",
    "programs.Submission",
    "programs.Remark",
    "programs.CouncilDecision",
    "programs.FrozenReport",
    "programs.FrozenFile",
    "programs.Edition",
    "programs.SignedFile",
    "programs.Signature",
    "programs.Publication",
    "programs.Withholding",
    "programs.PublicCopyFile",
)
REFUSAL = "записане тут не змінюють і не видаляють (таблиця %s)"

_REFUSING_FUNCTION = f"""
CREATE OR REPLACE FUNCTION zvit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{REFUSAL.replace("%s", "%")}', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def install(using: str = DEFAULT_DB_ALIAS) -> None:
    """Put every trigger in its place, anew; tables that are not there yet are left for later."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_REFUSING_FUNCTION)
        for table, model in _tables(connection).items():
            for operation in _operations(connection):
                cursor.execute(_drop(connection, table, operation))
                cursor.execute(_create(connection, model, operation))


def missing(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Names of the triggers that should stand and do not, or stand switched off."""
    connection = connections[using]
    standing = _standing(connection)
    return [
        name
        for table in _tables(connection)
        for operation in _operations(connection)
        if (name := _name(table, operation)) not in standing
    ]


@contextmanager
def lifted(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Without the triggers, for tests: they empty the tables, and try what a tamperer would do."""
    connection = connections[using]
    # PostgreSQL drops no trigger of a table whose deferred constraints have not been looked at yet.
    connection.check_constraints()
    with connection.cursor() as cursor:
        for table in _tables(connection):
            for operation in _operations(connection):
                cursor.execute(_drop(connection, table, operation))
    try:
        yield
    finally:
        install(using)


def install_after_migrate(*, using: str, **kwargs: Any) -> None:
    """Receiver of `post_migrate`, which `flush` sends too."""
    install(using)


def _tables(connection: BaseDatabaseWrapper) -> dict[str, type[models.Model]]:
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
    found = {model._meta.db_table: model for model in map(apps.get_model, MODELS)}
    return {table: model for table, model in found.items() if table in present}


def _operations(connection: BaseDatabaseWrapper) -> tuple[str, ...]:
    # SQLite has no TRUNCATE, but an INSERT OR REPLACE that puts a row in another's place unasked.
    return ("UPDATE", "DELETE", "TRUNCATE" if connection.vendor == "postgresql" else "REPLACE")


def _name(table: str, operation: str) -> str:
    return f"{table}_no_{operation.lower()}"


def _create(connection: BaseDatabaseWrapper, model: type[models.Model], operation: str) -> str:
    table = model._meta.db_table
    name, when = _name(table, operation), ""
    if operation == "REPLACE":
        operation, when = "INSERT", f" WHEN {_takes_a_place(model)}"
    head = f'CREATE TRIGGER "{name}" BEFORE {operation} ON "{table}"{when}'
    if connection.vendor == "postgresql":
        level = "STATEMENT" if operation == "TRUNCATE" else "ROW"
        return f"{head} FOR EACH {level} EXECUTE FUNCTION zvit_append_only()"
    return f"{head} BEGIN SELECT RAISE(ABORT, '{REFUSAL % table}'); END"


def _takes_a_place(model: type[models.Model]) -> str:
    """SQL: whether the row to be inserted has the key of one that stands, or what else is unique in it."""
    keys: list[Sequence[str]] = [[field.name] for field in model._meta.fields if field.unique]
    keys += [one.fields for one in model._meta.constraints if isinstance(one, models.UniqueConstraint)]
    same = " OR ".join(
        " AND ".join(f'"{column}" = NEW."{column}"' for column in _columns(model, key)) for key in keys
    )
    return f'EXISTS (SELECT 1 FROM "{model._meta.db_table}" WHERE {same})'


def _columns(model: type[models.Model], names: Iterable[str]) -> list[str]:
    return [str(model._meta.get_field(name).column) for name in names]  # type: ignore[union-attr]


def _drop(connection: BaseDatabaseWrapper, table: str, operation: str) -> str:
    of_table = f' ON "{table}"' if connection.vendor == "postgresql" else ""
    return f'DROP TRIGGER IF EXISTS "{_name(table, operation)}"{of_table}'


def _standing(connection: BaseDatabaseWrapper) -> set[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # A trigger may be switched off and stay in its place.
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return {name for (name,) in cursor.fetchall()}
