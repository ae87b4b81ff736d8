"""What the dataset endpoints answer, as the OpenAPI schema tells it."""

from rest_framework import serializers

from exports.models import DatasetVersion
from exports.models.versions import DatasetKind
from labeling.kinds import JobState


class ProgressShape(serializers.Serializer):
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    unit = serializers.CharField()


class DatasetFileShape(serializers.Serializer):
    path = serializers.CharField()
    bytes = serializers.IntegerField()
    sha256 = serializers.CharField()
    rows = serializers.IntegerField()
    split = serializers.CharField(allow_null=True)
    format = serializers.CharField(help_text="parquet, jsonl, markdown or json")
    url = serializers.CharField()


class RowCountsShape(serializers.Serializer):
    train = serializers.IntegerField()
    test = serializers.IntegerField()


class DatasetVersionShape(serializers.ModelSerializer[DatasetVersion]):
    repository = serializers.CharField()
    kind = serializers.ChoiceField(choices=DatasetKind.choices)
    hash = serializers.CharField(allow_null=True)
    rows = RowCountsShape()
    files = DatasetFileShape(many=True)
    state = serializers.ChoiceField(choices=JobState.choices)
    progress = ProgressShape()
    error = serializers.CharField(allow_null=True)
    waiting = serializers.CharField(allow_null=True)

    class Meta:
        model = DatasetVersion
        fields = [
            "id",
            "repository",
            "name",
            "number",
            "kind",
            "hash",
            "recipe",
            "as_of",
            "rows",
            "files",
            "state",
            "attempt",
            "progress",
            "error",
            "waiting",
            "cancel_requested",
            "created_at",
            "started_at",
            "finished_at",
        ]


class DatasetPageShape(serializers.Serializer):
    results = DatasetVersionShape(many=True)
    next = serializers.CharField(allow_null=True)


class RowsShape(serializers.Serializer):
    rows = serializers.ListField(child=serializers.DictField())
    total = serializers.IntegerField()
