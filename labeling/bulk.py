"""Many rows into one table at the speed of the database: no model instances, no loop of saves.

Columns and values are the database's own; whoever calls knows the table.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection, models

Values = tuple[Any, ...]


def reserve_ids(model: type[models.Model], count: int) -> Sequence[int]:
    """Ids that no other row has or will have. On SQLite only inside the transaction that uses
    them, which holds the write lock."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [table, count],
            )
            return [row[0] for row in cursor.fetchall()]
        cursor.execute(
            f"SELECT MAX(COALESCE((SELECT seq FROM sqlite_sequence WHERE name = %s), 0),"
            f" COALESCE((SELECT MAX(id) FROM {table}), 0))",
            [table],
        )
        (last,) = cursor.fetchone()
    return range(last + 1, last + 1 + count)


def insert(model: type[models.Model], columns: Sequence[str], rows: Sequence[Values]) -> None:
    """Insert rows; one that breaks a constraint raises an `IntegrityError`."""
    names = _names(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {model._meta.db_table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany(_insert(model, columns), rows)


def insert_missing(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Values]
) -> None:
    """Insert the rows whose unique keys are not there yet."""
    with connection.cursor() as cursor:
        cursor.executemany(f"{_insert(model, columns)} ON CONFLICT DO NOTHING", rows)


def _names(columns: Sequence[str]) -> str:
    return ", ".join(connection.ops.quote_name(column) for column in columns)


def _insert(model: type[models.Model], columns: Sequence[str]) -> str:
    places = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {model._meta.db_table} ({_names(columns)}) VALUES ({places})"
