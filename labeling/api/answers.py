"""The shape of answers, drafts and of what the page says of itself: names, types and bounds.

Whether an answer fits its task is found out by `labeling.answers`.
"""

from rest_framework import serializers

from labeling.api.fields import StrictBoolean, StrictInteger, StrictSerializer, Text

MOST_CHARACTERS = 200_000
MOST_LETTERS = 26
MOST_EVENTS = 1_000_000


class Rating(StrictInteger):
    def named(self) -> str:
        return "rating"


class Answer(StrictSerializer):
    """An answer by the letters shown; every part is optional here."""

    text = Text(required=False, allow_blank=True, max_length=MOST_CHARACTERS)
    groups = serializers.ListField(
        child=serializers.ListField(
            child=Text(max_length=2), allow_empty=True, max_length=MOST_LETTERS
        ),
        max_length=MOST_LETTERS,
        required=False,
    )
    none_acceptable = StrictBoolean(required=False)
    strength = StrictInteger(required=False)
    ratings = serializers.DictField(
        child=serializers.DictField(child=Rating(), allow_empty=True), required=False
    )
    flags = serializers.DictField(
        child=serializers.ListField(child=Text(max_length=40), max_length=30), required=False
    )
    justification = Text(required=False, allow_blank=True, max_length=MOST_CHARACTERS)


class DraftAnswer(Answer):
    """What was typed so far; `marks` are the numbers as pressed."""

    marks = serializers.DictField(
        child=StrictInteger(min_value=0, max_value=MOST_LETTERS), required=False
    )


class Client(StrictSerializer):
    """What the page counted while the task was shown: keys and pointer presses, changes and how
    many of them were undone, seconds for which each response was visible, its own version."""

    keys = StrictInteger(min_value=0, max_value=MOST_EVENTS, required=False)
    pointers = StrictInteger(min_value=0, max_value=MOST_EVENTS, required=False)
    changes = StrictInteger(min_value=0, max_value=MOST_EVENTS, required=False)
    undo = StrictInteger(min_value=0, max_value=MOST_EVENTS, required=False)
    visible = serializers.DictField(
        child=serializers.FloatField(min_value=0, max_value=1e6), required=False
    )
    version = Text(required=False, allow_blank=True, max_length=64)

    def validate_visible(self, seconds: dict[str, float]) -> dict[str, float]:
        for letter in seconds:
            if len(letter) != 1 or not "A" <= letter <= "Z":
                detail = f"The field {letter[:80]} is not known here."
                raise serializers.ValidationError({letter[:80]: detail}, code="unknown_field")
        return seconds


class Submitting(StrictSerializer):
    epoch = StrictInteger(min_value=0)
    answer = Answer()
    active_seconds = serializers.FloatField(min_value=0, max_value=1e6, required=False)
    wall_seconds = serializers.FloatField(min_value=0, max_value=1e7, required=False)
    client = Client(required=False)


class Drafting(StrictSerializer):
    answer = DraftAnswer()
