"""Whether a text was said somewhere in messages, asked of the database."""

from typing import Any

from django.db.models import BooleanField, Func, Value


class Said(Func):
    """True where the content of one of a row's messages contains `text`, whatever its case (on
    SQLite: whatever the case of ASCII letters)."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, messages: str, text: str) -> None:
        escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        super().__init__(messages, Value(f"%{escaped}%"))

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Any:
        found = "SELECT 1 FROM json_each({}) WHERE json_extract(value, '$.content') LIKE {} "
        return self._exists(compiler, found + r"ESCAPE '\'")

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> Any:
        found = "SELECT 1 FROM jsonb_array_elements({}) AS turn WHERE turn ->> 'content' ILIKE {}"
        return self._exists(compiler, found)

    def _exists(self, compiler: Any, found: str) -> tuple[str, list[Any]]:
        (messages, before), (pattern, after) = map(compiler.compile, self.get_source_expressions())
        return f"EXISTS ({found.format(messages, pattern)})", [*before, *after]
