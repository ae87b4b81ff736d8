from typing import Any

from django.db import migrations

SQLITE = """
CREATE TRIGGER audit_never_changes BEFORE UPDATE ON labeling_auditevent
BEGIN SELECT RAISE(ABORT, 'audit events never change'); END"""
POSTGRESQL = """
CREATE FUNCTION audit_never_changes() RETURNS trigger AS
$$ BEGIN RAISE EXCEPTION 'audit events never change'; END $$ LANGUAGE plpgsql;
CREATE TRIGGER audit_never_changes BEFORE UPDATE OR DELETE ON labeling_auditevent
FOR EACH ROW EXECUTE FUNCTION audit_never_changes()"""


def add_trigger(apps: Any, editor: Any) -> None:
    """Nobody changes an event. On SQLite a removed one is found by the chain alone: its way of
    emptying a table cannot be told from removing a row."""
    vendor = editor.connection.vendor
    editor.execute(POSTGRESQL if vendor == "postgresql" else SQLITE)


def drop_trigger(apps: Any, editor: Any) -> None:
    postgresql = editor.connection.vendor == "postgresql"
    editor.execute(
        "DROP FUNCTION audit_never_changes() CASCADE"
        if postgresql
        else "DROP TRIGGER audit_never_changes"
    )


class Migration(migrations.Migration):
    dependencies = [("labeling", "0001_initial")]

    operations = [migrations.RunPython(add_trigger, drop_trigger)]
