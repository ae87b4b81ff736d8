from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.parquet_rows import slice_rows

ROWS = 1000


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rows") / "rows.parquet"
    pq.write_table(pa.table({"number": range(ROWS)}), path, row_group_size=300)
    return path


@given(offset=st.integers(0, ROWS + 50), limit=st.integers(1, 400))
def test_a_slice_is_a_slice(file: Path, offset: int, limit: int) -> None:
    found = [row["number"] for row in slice_rows(file, offset, limit)]
    assert found == list(range(ROWS))[offset : offset + limit]
