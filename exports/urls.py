"""Addresses of dataset versions, under /api/."""

from django.urls import path

from exports.api import datasets, difference, files, recipes, rows

urlpatterns = [
    path("projects/<slug:slug>/datasets", datasets.DatasetsView.as_view()),
    path("projects/<slug:slug>/datasets/counts", recipes.CountsView.as_view()),
    path("projects/<slug:slug>/datasets/choices", recipes.ChoicesView.as_view()),
    path("projects/<slug:slug>/datasets/preview", recipes.PreviewView.as_view()),
    path("datasets/<int:pk>", datasets.DatasetView.as_view()),
    path("datasets/<int:pk>/rows", rows.RowsView.as_view()),
    path("datasets/<int:pk>/columns", rows.ColumnsView.as_view()),
    path("datasets/<int:pk>/card", files.CardView.as_view()),
    path("datasets/<int:pk>/difference", difference.DifferenceView.as_view()),
    path("datasets/<int:pk>/files/<path:path>", files.FileView.as_view()),
]
