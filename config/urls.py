"""Every address of the installation."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularAPIView

from config import sso, views
from exports.hub.datasets import DATASETS
from exports.hub.routes import hub_routes
from models_runner.hub import CHECKPOINTS

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", views.health),
    path("sso", sso.begin),
    path("sso/callback", sso.finish),
    path("sign-in/<str:secret>", views.sign_in_link),
    path("api/schema/", SpectacularAPIView.as_view()),
    path("api/", include("labeling.urls")),
    path("api/", include("exports.urls")),
    path("api/", include("models_runner.urls")),
    path("hub/", include(hub_routes([DATASETS, CHECKPOINTS]))),
    re_path(r"^(api|hub|static)(/(?P<rest>(?s:.*)))?$", views.no_such_address),
    re_path(r"^", views.page),
]

handler400 = "config.views.bad_request"
handler404 = "config.views.no_such_address"
handler500 = "config.views.broken"
