"""Addresses of the labeling loop, under /api/."""

from django.urls import path

from labeling.api import assignments, projects, prompts, queues, session, tasks

urlpatterns = [
    path("session", session.SessionView.as_view()),
    path("queues", queues.QueuesView.as_view()),
    path("labels/mine", assignments.MyLabelsView.as_view()),
    path("labels/<int:pk>/review", tasks.ReviewView.as_view()),
    path("assignments/<int:pk>/submit", assignments.SubmitView.as_view()),
    path("assignments/<int:pk>/draft", assignments.DraftView.as_view()),
    path("assignments/<int:pk>/skip", assignments.SkipView.as_view()),
    path("assignments/<int:pk>/renew", assignments.RenewView.as_view()),
    path("assignments/<int:pk>/release", assignments.ReleaseView.as_view()),
    path("projects", projects.ProjectsView.as_view()),
    path("projects/<slug:slug>", projects.ProjectView.as_view()),
    path("projects/<slug:slug>/members", projects.MembersView.as_view()),
    path("projects/<slug:slug>/members/<int:person_id>/<str:role>", projects.MemberView.as_view()),
    path("projects/<slug:slug>/guidelines", queues.GuidelinesView.as_view()),
    path("projects/<slug:slug>/claim", assignments.ClaimView.as_view()),
    path("projects/<slug:slug>/assignments", assignments.InHandView.as_view()),
    path("projects/<slug:slug>/imports", prompts.ImportsView.as_view()),
    path("imports/<int:pk>", prompts.ImportView.as_view()),
    path("projects/<slug:slug>/prompts", prompts.PromptsView.as_view()),
    path("prompts/<int:pk>", prompts.PromptView.as_view()),
    path("projects/<slug:slug>/tasks", tasks.TasksView.as_view()),
    path("projects/<slug:slug>/labels", tasks.LabelsView.as_view()),
    path("projects/<slug:slug>/labels/accept-all", tasks.AcceptAllView.as_view()),
]
