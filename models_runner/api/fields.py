"""Shapes of input that several endpoints of this app share."""

from typing import Any

from rest_framework import serializers

from labeling.api.fields import StrictInteger, StrictSerializer
from models_runner.models import Checkpoint

BIGGEST_SEED = 2**63 - 1


class Number(serializers.FloatField):
    """A number, written as one: not a text, not true."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, int | float) or isinstance(data, bool):
            raise serializers.ValidationError(
                f"{self.field_name} must be a number.", code="type_error"
            )
        return data


class SamplingBody(StrictSerializer):
    """How to draw; the limits are the action's, which knows the backends."""

    temperature = Number(required=False)
    top_p = Number(required=False)
    top_k = StrictInteger(required=False)
    max_new_tokens = StrictInteger(required=False)


class Seed(StrictInteger):
    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": BIGGEST_SEED, "default": 0, **options})


class RowId(StrictInteger):
    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": 2**63 - 1, **options})


def named(checkpoint: Checkpoint | None) -> dict[str, Any] | None:
    """A checkpoint as other rows mention it."""
    return None if checkpoint is None else {"id": checkpoint.pk, "label": checkpoint.label}
