"""The tables of the labeling loop."""

from labeling.models.audit import AuditEvent
from labeling.models.factors import Authenticator, Identity, Passkey, RecoveryCode, SignedIn
from labeling.models.forms import LabelForm
from labeling.models.invitations import Invitation
from labeling.models.jobs import Job, PromptImport, Worker
from labeling.models.labels import Flag, Label, Placement, Rating, Review, StepMark
from labeling.models.people import GuardedDoor, Person, SignInLink
from labeling.models.projects import Guidelines, Membership, Project
from labeling.models.prompts import Prompt, Response
from labeling.models.quality import Adjudication, QualityPart, QualityReport
from labeling.models.resets import PasswordReset
from labeling.models.tasks import Assignment, Slot, Task, TaskResponse
from labeling.models.tokens import ApiToken

__all__ = [
    "Adjudication",
    "ApiToken",
    "Assignment",
    "AuditEvent",
    "Authenticator",
    "Flag",
    "GuardedDoor",
    "Guidelines",
    "Identity",
    "Invitation",
    "Job",
    "Label",
    "LabelForm",
    "Membership",
    "Passkey",
    "PasswordReset",
    "Person",
    "Placement",
    "Project",
    "Prompt",
    "PromptImport",
    "QualityPart",
    "QualityReport",
    "Rating",
    "RecoveryCode",
    "Response",
    "Review",
    "SignInLink",
    "SignedIn",
    "Slot",
    "StepMark",
    "Task",
    "TaskResponse",
    "Worker",
]
