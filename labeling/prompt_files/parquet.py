"""Rows of a Parquet file: flat in memory, whatever its pages expand to. Lines are row numbers."""

import datetime
import decimal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from labeling.errors import Refused
from labeling.prompt_files.content import MOST_EXPANDED, expands
from labeling.prompt_files.parsed import MAX_CELL, BadRow, RawRow, Reading, RowProblem
from labeling.prompt_files.storable import storable

ROWS_AT_ONCE = 64
BYTES_AT_ONCE = 4 * 1024 * 1024
MOST_COLUMNS = 1000
THRIFT_LIMIT = 16 * 1024 * 1024


def read_parquet(path: Path, reading: Reading) -> Iterator[RawRow | BadRow]:
    """Raises `Refused`: `import_schema` for what cannot be understood, `import_expands`."""
    file = _open(path)
    try:
        number = expanded = 0
        for batch in file.iter_batches(batch_size=ROWS_AT_ONCE):
            size = _expanded_bytes(batch)
            expanded += size
            if expanded > MOST_EXPANDED:
                raise expands()
            step = ROWS_AT_ONCE if size < BYTES_AT_ONCE else 1
            for start in range(0, batch.num_rows, step):
                for values in batch.slice(start, step).to_pylist():
                    number += 1
                    yield _row(number, values, size // batch.num_rows, reading)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise _unsupported() from error
    finally:
        file.close()


def _open(path: Path) -> Any:
    limits = {
        "thrift_string_size_limit": THRIFT_LIMIT,
        "thrift_container_size_limit": THRIFT_LIMIT // 16,
        "memory_map": False,
        "buffer_size": 1 << 20,
        "pre_buffer": False,
    }
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise _unsupported() from error
    if not 0 < len(schema) <= MOST_COLUMNS or not all(map(_is_readable, schema)):
        raise _unsupported()
    texts = [field.name for field in schema if pa.types.is_string(field.type)]
    try:
        file = pq.ParquetFile(path, read_dictionary=texts, **limits)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _unsupported() from error
    groups = (file.metadata.row_group(each) for each in range(file.metadata.num_row_groups))
    if sum(group.total_byte_size for group in groups) > MOST_EXPANDED:
        raise expands()
    return file


def _unsupported() -> Refused:
    return Refused(422, "import_schema", "The Parquet schema is not supported.")


def _is_readable(field: Any) -> bool:
    kind = field.type
    if isinstance(kind, pa.BaseExtensionType) or b"ARROW:extension:name" in (field.metadata or {}):
        return False
    if pa.types.is_struct(kind):
        return all(_is_readable(kind.field(place)) for place in range(kind.num_fields))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _is_readable(kind.value_field)
    if pa.types.is_dictionary(kind):
        return bool(pa.types.is_string(kind.value_type))
    plain = (
        *(pa.types.is_string, pa.types.is_large_string, pa.types.is_boolean, pa.types.is_null),
        *(pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal),
        *(pa.types.is_timestamp, pa.types.is_date),
    )
    return any(test(kind) for test in plain)


def _expanded_bytes(batch: Any) -> int:
    """How large the rows are once every text stands by itself. A text that is too long for a row
    is found before it is repeated."""
    total = 0
    for column in batch.columns:
        if not pa.types.is_dictionary(column.type):
            total += column.nbytes
            continue
        lengths = pc.binary_length(column.dictionary)
        if (pc.max(lengths).as_py() or 0) > MAX_CELL:
            raise expands()
        total += pc.sum(lengths.take(column.indices)).as_py() or 0
    return total


def _row(number: int, given: dict[str, Any], size: int, reading: Reading) -> RawRow | BadRow:
    values = {name: _plain(value) for name, value in given.items() if value is not None}
    try:
        values, removed = storable(values, reading.remove_nul)
    except RowProblem as problem:
        return BadRow(number, problem.code, str(problem), str(given)[:2000])
    return RawRow(number, values, size, removed)


def _plain(value: Any) -> Any:
    """The value as JSON can hold it."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return value
