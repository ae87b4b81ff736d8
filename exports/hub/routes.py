"""The addresses of a Hub, which `HF_ENDPOINT` names. None ends in a slash.

Datasets and models differ in the prefix of their files alone. A revision arrives decoded, so that
one with a slash can only be told apart where nothing follows it; no revision here has one.
"""

from collections.abc import Sequence

from django.urls import URLPattern, path, re_path

from exports.hub import views
from exports.hub.shelves import Shelf

REPOSITORY = "<str:namespace>/<str:name>"
FILE_PREFIX = {"datasets": "datasets/", "models": ""}


def hub_routes(shelves: Sequence[Shelf]) -> list[URLPattern]:
    """The addresses of all shelves, and an answer for every other one."""
    known = [route for shelf in shelves for route in _routes(shelf)]
    return [*known, re_path(r"", views.NothingView.as_view())]


def _routes(shelf: Shelf) -> list[URLPattern]:
    about = f"api/{shelf.kind}/{REPOSITORY}"
    file = f"{FILE_PREFIX[shelf.kind]}{REPOSITORY}/resolve/<str:revision>/<path:path>"
    views_of = {
        file: views.ResolveView,
        about: views.RepositoryView,
        f"{about}/revision/<path:revision>": views.RepositoryView,
        f"{about}/tree/<str:revision>": views.TreeView,
        f"{about}/tree/<str:revision>/<path:folder>": views.TreeView,
        f"{about}/paths-info/<str:revision>": views.PathsView,
        f"{about}/refs": views.ReferencesView,
    }
    return [path(route, view.as_view(), {"shelf": shelf}) for route, view in views_of.items()]
