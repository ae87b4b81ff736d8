"""Addresses of this app, under /api/."""

from django.urls import path

from models_runner.api import (
    arena,
    checkpoints,
    endpoints,
    evaluations,
    generation,
    measurements,
    rounds,
    system,
    training,
)

urlpatterns = [
    path("system", system.SystemView.as_view()),
    path("checkpoints", checkpoints.CheckpointsView.as_view()),
    path("checkpoints/<int:pk>", checkpoints.CheckpointView.as_view()),
    path("projects/<slug:slug>/endpoints", endpoints.EndpointsView.as_view()),
    path("checkpoints/<int:pk>/key", endpoints.EndpointKeyView.as_view()),
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
    path("training-runs/<int:pk>/samples", training.SamplesView.as_view()),
    path("projects/<slug:slug>/measurements", measurements.MeasurementsView.as_view()),
    path("measurements/<int:pk>", measurements.MeasurementView.as_view()),
    path("measurements/<int:pk>/cancel", measurements.CancelMeasurementView.as_view()),
    path("projects/<slug:slug>/rounds", rounds.RoundsView.as_view()),
    path("projects/<slug:slug>/round-rule", rounds.RoundRuleView.as_view()),
    path("rounds/<int:pk>", rounds.RoundView.as_view()),
    path("rounds/<int:pk>/cancel", rounds.CancelRoundView.as_view()),
    path("rounds/<int:pk>/resume", rounds.ResumeRoundView.as_view()),
    path("projects/<slug:slug>/arena", arena.ArenaView.as_view()),
    path("battles/<int:pk>", arena.BattleView.as_view()),
    path("battles/<int:pk>/vote", arena.VoteView.as_view()),
    path("battles/<int:pk>/cancel", arena.CancelBattleView.as_view()),
    path("projects/<slug:slug>/evaluations", evaluations.EvaluationsView.as_view()),
    path("evaluations/<int:pk>", evaluations.EvaluationView.as_view()),
]
