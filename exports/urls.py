"""Addresses of dataset versions, under /api/."""

from django.urls import path

from exports.api import datasets, files

urlpatterns = [
    path("projects/<slug:slug>/datasets", datasets.DatasetsView.as_view()),
    path("datasets/<int:pk>", datasets.DatasetView.as_view()),
    path("datasets/<int:pk>/rows", datasets.RowsView.as_view()),
    path("datasets/<int:pk>/files/<path:path>", files.FileView.as_view()),
]
