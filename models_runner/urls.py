"""Addresses of this app, under /api/."""

from django.urls import path

from models_runner.api import checkpoints, evaluations, generation, system, training

urlpatterns = [
    path("system", system.SystemView.as_view()),
    path("checkpoints", checkpoints.CheckpointsView.as_view()),
    path("projects/<slug:slug>/generation-jobs", generation.GenerationJobsView.as_view()),
    path("generation-jobs/<int:pk>", generation.GenerationJobView.as_view()),
    path("generation-jobs/<int:pk>/cancel", generation.CancelGenerationView.as_view()),
    path("training-methods", training.TrainingMethodsView.as_view()),
    path("projects/<slug:slug>/training-runs", training.TrainingRunsView.as_view()),
    path("training-runs/<int:pk>", training.TrainingRunView.as_view()),
    path("training-runs/<int:pk>/metrics", training.MetricsView.as_view()),
    path("training-runs/<int:pk>/log", training.LogView.as_view()),
    path("training-runs/<int:pk>/cancel", training.CancelTrainingView.as_view()),
    path("training-runs/<int:pk>/resume", training.ResumeTrainingView.as_view()),
    path("projects/<slug:slug>/evaluations", evaluations.EvaluationsView.as_view()),
    path("evaluations/<int:pk>", evaluations.EvaluationView.as_view()),
]
