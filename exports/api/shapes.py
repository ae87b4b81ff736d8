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
    format = serializers.CharField(help_text="a recipe's `files`, markdown or json")
    url = serializers.CharField()


class RowCountsShape(serializers.Serializer):
    train = serializers.IntegerField()
    test = serializers.IntegerField()


class DatasetVersionShape(serializers.ModelSerializer[DatasetVersion]):
    repository = serializers.CharField()
    kind = serializers.ChoiceField(choices=DatasetKind.choices)
    configs = serializers.ListField(child=serializers.ChoiceField(choices=DatasetKind.choices))
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
            "configs",
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


class LeftOutShape(serializers.Serializer):
    why = serializers.CharField()
    labels = serializers.IntegerField()


class CountsShape(serializers.Serializer):
    labels = serializers.IntegerField()
    labelers = serializers.IntegerField()
    prompts = serializers.IntegerField()
    splits = RowCountsShape(help_text="labels by split")
    left_out = LeftOutShape(many=True, help_text="labels by the first reason that applies")
    exact = serializers.BooleanField(help_text="false if the version may hold fewer")


class PreviewShape(serializers.Serializer):
    labels = serializers.IntegerField(help_text="that were looked at")
    whole = serializers.BooleanField(help_text="whether these are all")
    rows = serializers.DictField(child=RowCountsShape(), help_text="by config")
    left_out = LeftOutShape(many=True)
    examples = serializers.DictField(help_text="a row of each config, or null")


class LabelCountShape(serializers.Serializer):
    labels = serializers.IntegerField()


class KindCountShape(LabelCountShape):
    kind = serializers.CharField()


class PoolCountShape(LabelCountShape):
    pool = serializers.CharField()


class LabelerShape(LabelCountShape):
    pseudonym = serializers.CharField()
    name = serializers.CharField()


class TagShape(serializers.Serializer):
    key = serializers.CharField()
    values = serializers.ListField(child=serializers.CharField())


# A field `label` hides the label that forms show of a serializer: nothing shows these.
class CriterionShape(serializers.Serializer):
    id = serializers.CharField()
    # A row of this name, where the serializer has a text that names itself.
    label = serializers.CharField()  # type: ignore[assignment]
    of = serializers.CharField()
    min = serializers.IntegerField()
    max = serializers.IntegerField()


class ChoicesShape(serializers.Serializer):
    first = serializers.DateTimeField(allow_null=True, help_text="when the first label counted")
    last = serializers.DateTimeField(allow_null=True)
    kinds = KindCountShape(many=True)
    pools = PoolCountShape(many=True)
    labelers = LabelerShape(many=True)
    reviewers = LabelerShape(many=True)
    languages = serializers.ListField(child=serializers.CharField())
    tags = TagShape(many=True)
    criteria = CriterionShape(many=True)


class NamedVersionShape(serializers.Serializer):
    id = serializers.IntegerField()
    # A row of this name, where the serializer has a text that names itself.
    label = serializers.CharField()  # type: ignore[assignment]
    as_of = serializers.DateTimeField()
    rows = RowCountsShape()


class OtherKeyShape(serializers.Serializer):
    key = serializers.CharField()
    since = serializers.JSONField()
    to = serializers.JSONField()


class LabelsOfDifferenceShape(serializers.Serializer):
    added = serializers.IntegerField()
    removed = serializers.IntegerField()
    changed = serializers.IntegerField(help_text="in both, and give other rows")
    same = serializers.IntegerField()


class LabelOfPromptShape(serializers.Serializer):
    # A row of this name, where the serializer has a text that names itself.
    label = serializers.IntegerField()  # type: ignore[assignment]
    prompt_id = serializers.CharField()


class ExamplesShape(serializers.Serializer):
    added = LabelOfPromptShape(many=True)
    removed = LabelOfPromptShape(many=True)
    changed = LabelOfPromptShape(many=True)


class DifferenceShape(serializers.Serializer):
    config = serializers.CharField()
    since = NamedVersionShape()
    to = NamedVersionShape()
    recipe = OtherKeyShape(many=True, help_text="keys of the recipes that differ")
    labels = LabelsOfDifferenceShape()
    examples = ExamplesShape()


class RowsShape(serializers.Serializer):
    rows = serializers.ListField(child=serializers.DictField())
    places = serializers.ListField(child=serializers.IntegerField())
    total = serializers.IntegerField()


class ColumnShape(serializers.Serializer):
    name = serializers.CharField()
    type = serializers.CharField()
    meaning = serializers.CharField()


class CountedShape(serializers.Serializer):
    rows = serializers.IntegerField()
    kept = serializers.IntegerField()


class BarShape(CountedShape):
    low = serializers.FloatField()
    high = serializers.FloatField(allow_null=True)


class ValueShape(CountedShape):
    value = serializers.JSONField()


class FacetShape(serializers.Serializer):
    column = serializers.CharField()
    shape = serializers.ChoiceField(choices=["bars", "values"])
    bars = BarShape(many=True, required=False)
    values = ValueShape(many=True, required=False)
    rest = serializers.IntegerField(required=False, help_text="rows with other values")
    empty = CountedShape()


class ColumnsShape(serializers.Serializer):
    columns = ColumnShape(many=True)
    total = serializers.IntegerField()
    kept = serializers.IntegerField()
    facets = FacetShape(many=True)


class CardShape(serializers.Serializer):
    card = serializers.CharField(help_text="README.md, in Markdown with its front matter")
    labels = serializers.IntegerField()
    labelers = serializers.IntegerField()
    prompts = serializers.IntegerField()
    guidelines_versions = serializers.ListField(child=serializers.IntegerField())
    agreement = serializers.FloatField(allow_null=True)
    shared_tasks = serializers.IntegerField()
