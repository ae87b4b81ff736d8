"""The rows of a dataset version: a page of them, and how they spread over their columns.

Rows are chosen by `where=<column>:<wish>`, several times if need be: a value, `<low>..<high>` with
either side left out, or nothing for rows without a value.
"""

from typing import Any

import pyarrow as pa
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exports.access import dataset_for
from exports.api.shapes import ColumnsShape, RowsShape
from exports.facets import IDS, Files, Wanted, facet_columns, places_of, spread_of
from exports.formats.registry import FORMATS
from exports.formats.shape import MESSAGES
from exports.models import DatasetVersion
from exports.models.versions import DatasetKind
from exports.parquet_rows import rows_across, rows_at
from labeling.api.fields import person
from labeling.api.pages import choice, whole_number
from labeling.errors import Invalid
from labeling.kinds import Split

MOST_ROWS = 100
MOST_WISHES = 50
FARTHEST = 2**62
TYPES = {"float": "float32", "double": "float64", str(MESSAGES): "list of {role, content}"}
PARAMETERS = [
    OpenApiParameter("config", enum=DatasetKind.values),
    OpenApiParameter("split", enum=Split.values),
    OpenApiParameter("where", str, many=True, description="see above"),
]


class RowsView(APIView):
    """A page of the rows of one split, with their places in it. Rows are chosen by
    `where=<column>:<value>` or `where=<column>:<low>..<high>`, several times if need be."""

    @extend_schema(
        parameters=[*PARAMETERS, OpenApiParameter("offset", int), OpenApiParameter("limit", int)],
        responses=RowsShape,
    )
    def get(self, request: Request, pk: int) -> Response:
        config, files = _files(request, dataset_for(person(request), pk))
        offset = whole_number(request, "offset", 0, 0, FARTHEST)
        limit = whole_number(request, "limit", 20, 1, MOST_ROWS)
        if wanted := _wanted(request, config):
            total, places = places_of(files, wanted, offset, limit)
            rows = rows_at(files, places)
        else:
            total = sum(count for _, count in files)
            rows = rows_across(files, offset, limit)
            places = list(range(offset, offset + len(rows)))
        return Response({"rows": rows, "places": places, "total": total})


class ColumnsView(APIView):
    """What the columns of a config mean, and how the rows of one split spread over the small ones:
    all rows, and those that `where` keeps."""

    @extend_schema(parameters=PARAMETERS, responses=ColumnsShape)
    def get(self, request: Request, pk: int) -> Response:
        config, files = _files(request, dataset_for(person(request), pk))
        columns = [
            {"name": name, "type": _type_words(kind), "meaning": meaning}
            for name, kind, meaning in FORMATS[config].columns
        ]
        spread = spread_of(files, config, _wanted(request, config))
        return Response({"columns": columns, **spread})


def _files(request: Request, version: DatasetVersion) -> tuple[str, Files]:
    """The config asked for, and the files of its split."""
    split = choice(request, "split", Split.values) or Split.TRAIN
    config = choice(request, "config", version.configs) or version.kind
    return config, [(file.location, file.rows) for file in version.row_files(config, split)]


def _type_words(kind: pa.DataType) -> str:
    if pa.types.is_list(kind) and str(kind) not in TYPES:
        return f"list of {_type_words(kind.value_type)}"
    if pa.types.is_struct(kind):
        return "{" + ", ".join(kind.field(place).name for place in range(kind.num_fields)) + "}"
    return TYPES.get(str(kind), str(kind))


def _wanted(request: Request, config: str) -> list[Wanted]:
    given = request.query_params.getlist("where")
    if len(given) > MOST_WISHES:
        raise Invalid("filter_unknown", f"At most {MOST_WISHES} filters can be used.", "where")
    return [_wish(config, text) for text in given]


def _wish(config: str, text: str) -> Wanted:
    column, colon, wish = text.partition(":")
    schema = FORMATS[config].schema
    known = [*facet_columns(config), *(name for name in IDS if name in schema.names)]
    if not colon or column not in known:
        raise Invalid(
            "filter_unknown", f"where must begin with one of: {', '.join(known)}.", "where"
        )
    kind = schema.field(column).type
    if wish == "":
        return Wanted(column, values=(None,))
    if pa.types.is_string(kind):
        return Wanted(column, values=(wish,))
    if pa.types.is_boolean(kind) and wish in {"true", "false"}:
        return Wanted(column, values=(wish == "true",))
    low, dots, high = wish.partition("..")
    try:
        if dots:
            return Wanted(column, _bound(low), _bound(high))
        return Wanted(column, values=(_value(wish, kind),))
    except (ValueError, OverflowError, pa.ArrowInvalid) as error:
        detail = f"{column} must be a value, or two with .. between them."
        raise Invalid("filter_unknown", detail, "where") from error


def _bound(text: str) -> float | None:
    if not text:
        return None
    value = float(text)
    if not abs(value) < 1e18:
        raise ValueError(text)
    return value


def _value(text: str, kind: pa.DataType) -> Any:
    """As the column holds it: 0.1 is another number in 32 bits."""
    if pa.types.is_boolean(kind):
        raise ValueError(text)
    number = _bound(text)
    return pa.scalar(int(text) if pa.types.is_integer(kind) else number, type=kind).as_py()
