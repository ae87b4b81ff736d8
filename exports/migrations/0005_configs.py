from typing import Any

from django.db import migrations, models


def name_their_config(apps: Any, editor: Any) -> None:
    """Versions that are there already hold the one config of their kind."""
    versions = apps.get_model("exports", "DatasetVersion").objects.all()
    for kind in versions.order_by("kind").values_list("kind", flat=True).distinct():
        versions.filter(kind=kind).update(configs=[kind])


class Migration(migrations.Migration):
    dependencies = [
        ("exports", "0004_error_code"),
    ]

    operations = [
        migrations.AddField(
            model_name="datasetversion",
            name="configs",
            field=models.JSONField(default=list),
        ),
        migrations.AlterField(
            model_name="datasetversion",
            name="kind",
            field=models.CharField(
                choices=[
                    ("sft", "Sft"),
                    ("prompt_completion", "Prompt Completion"),
                    ("preference", "Preference"),
                    ("reward", "Reward"),
                    ("kto", "Kto"),
                    ("rankings", "Rankings"),
                    ("ratings", "Ratings"),
                    ("labels", "Labels"),
                ],
                max_length=20,
            ),
        ),
        migrations.RunPython(name_their_config, migrations.RunPython.noop),
    ]
