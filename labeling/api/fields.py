"""Serializers that take exactly what they declare: no unknown fields, no numbers as text."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from labeling.models import Person


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields that it does not declare."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            unknown = [name for name in data if name not in self.fields]
            if unknown:
                name = str(unknown[0])[:80]
                detail = f"The field {name} is not known here."
                raise serializers.ValidationError({name: detail}, code="unknown_field")
        return super().to_internal_value(data)


class StrictInteger(serializers.IntegerField):
    """A whole number, written as one: not a text, not 1.0, not true."""

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            raise serializers.ValidationError(
                f"{self.field_name} must be a whole number.", code="type_error"
            )
        return super().to_internal_value(data)


class Text(serializers.CharField):
    """A text, kept as typed: no trimming, no numbers taken for text."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("trim_whitespace", False)
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise serializers.ValidationError(
                f"{self.field_name} must be a text.", code="type_error"
            )
        return super().to_internal_value(data)


def read(serializer: type[StrictSerializer], request: Request) -> dict[str, Any]:
    """The validated body of a request."""
    body = serializer(data=request.data)
    body.is_valid(raise_exception=True)
    validated: dict[str, Any] = body.validated_data
    return validated


def person(request: Request) -> Person:
    """Who is calling; only views that demand a signed-in person use it."""
    caller = request.user
    assert isinstance(caller, Person)
    return caller
