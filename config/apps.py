from django.apps import AppConfig


class InstallationConfig(AppConfig):
    name = "config"
    default_auto_field = "django.db.models.BigAutoField"
