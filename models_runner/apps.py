from django.apps import AppConfig


class ModelsRunnerConfig(AppConfig):
    name = "models_runner"
    default_auto_field = "django.db.models.BigAutoField"
