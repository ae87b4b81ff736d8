"""Every address of the installation."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularAPIView

from config import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", views.health),
    path("sign-in/<str:secret>", views.sign_in_link),
    path("api/schema/", SpectacularAPIView.as_view()),
    path("api/", include("labeling.urls")),
    path("api/", include("exports.urls")),
    path("api/", include("models_runner.urls")),
    re_path(r"^(api|static)(/(?P<rest>.*))?$", views.no_such_address),
    re_path(r"^", views.page),
]
