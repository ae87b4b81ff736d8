"""The tables of the labeling loop."""

from labeling.models.jobs import Job, PromptImport, Worker
from labeling.models.labels import Label, Placement, Review
from labeling.models.people import ApiToken, Person, SignInAttempt, SignInLink
from labeling.models.projects import Guidelines, Membership, Project
from labeling.models.prompts import Prompt, Response
from labeling.models.tasks import Assignment, Slot, Task, TaskResponse

__all__ = [
    "ApiToken",
    "Assignment",
    "Guidelines",
    "Job",
    "Label",
    "Membership",
    "Person",
    "Placement",
    "Project",
    "Prompt",
    "PromptImport",
    "Response",
    "Review",
    "SignInAttempt",
    "SignInLink",
    "Slot",
    "Task",
    "TaskResponse",
    "Worker",
]
