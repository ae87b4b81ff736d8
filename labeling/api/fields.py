"""Serializers that take exactly what they declare: no unknown fields, no numbers as text."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from labeling.errors import Refused
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
                f"{self.named()} must be a whole number.", code="type_error"
            )
        return super().to_internal_value(data)

    def named(self) -> str:
        """What a refusal calls the number; inside a list or a mapping it has no name."""
        return self.field_name or "This"


class StrictBoolean(serializers.BooleanField):
    """True or false, written as one: not a text, not 1."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            raise serializers.ValidationError(
                f"{self.field_name} must be true or false.", code="type_error"
            )
        return data


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


class Ability(Text):
    """A skill or a language, as `law` or `lang:es`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, **options)

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data).strip().lower()
        if not name or "," in name:
            detail = "An ability is a short name without commas."
            raise serializers.ValidationError(detail, code="invalid")
        return name


def read(serializer: type[StrictSerializer], request: Request) -> dict[str, Any]:
    """The validated body of a request, which must have one."""
    if not int(request.META.get("CONTENT_LENGTH") or 0):
        detail = "The body is not a valid UTF-8 JSON object (line 1, column 1)."
        raise Refused(400, "json_invalid", detail)
    body = serializer(data=request.data)
    body.is_valid(raise_exception=True)
    validated: dict[str, Any] = body.validated_data
    return validated


def person(request: Request) -> Person:
    """Who is calling; only views that demand a signed-in person use it."""
    caller = request.user
    assert isinstance(caller, Person)
    return caller
