"""The index that PostgreSQL searches by: trigrams of the search keys, put in place after every `migrate`.

Without it everything is found too, only slower: the extension may need a right that the portal's role
lacks, and then the system check names the command. SQLite has none and reads its rows from end to end.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, transaction

MODELS = ("programs.Measure", "programs.MeasureResult", "programs.Task")
EXTENSION = "CREATE EXTENSION IF NOT EXISTS pg_trgm"


def install(using: str = DEFAULT_DB_ALIAS) -> None:
    """Put in place what is missing, as far as the database lets this role."""
    if not missing(using):
        return
    try:
        with transaction.atomic(using):
            _create(using)
    except DatabaseError:
        # Not allowed, or the server lacks the extension's files: `checks` says so.
        return


def missing(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Names of the indexes that should stand and do not; none outside PostgreSQL."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE schemaname = ANY (current_schemas(false))")
        standing = {name for (name,) in cursor.fetchall()}
        tables = set(connection.introspection.table_names(cursor))
    return [_name(table) for table in _tables() if table in tables and _name(table) not in standing]


def install_after_migrate(*, using: str, **kwargs: Any) -> None:
    install(using)


def _create(using: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute(EXTENSION)
        cursor.execute(
            "SELECT quote_ident(nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace "
            "WHERE extname = 'pg_trgm'"
        )
        # Whoever installed it may have kept it in a schema of its own.
        (schema,) = cursor.fetchone()
        for table in _tables():
            cursor.execute(
                f'CREATE INDEX IF NOT EXISTS "{_name(table)}" ON "{table}" '
                f"USING gin (search_key {schema}.gin_trgm_ops)"
            )


def _tables() -> list[str]:
    return [str(apps.get_model(model)._meta.db_table) for model in MODELS]


def _name(table: str) -> str:
    return f"{table}_search_trigrams"
