"""The closed sets of words that rows of this app may hold."""

from django.db.models import TextChoices


class Role(TextChoices):
    LABELER = "labeler"
    REVIEWER = "reviewer"
    MANAGER = "manager"
    ENGINEER = "engineer"


class ProjectState(TextChoices):
    ACTIVE = "active"
    PAUSED = "paused"
    ARCHIVED = "archived"


class ReviewRule(TextChoices):
    """Which labels a reviewer must accept before they count."""

    NONE = "none"
    ALL = "all"


class Split(TextChoices):
    TRAIN = "train"
    TEST = "test"


class TaskKind(TextChoices):
    DEMONSTRATE = "demonstrate"
    RANK = "rank"


class SlotState(TextChoices):
    """Where one of a task's `overlap` places stands."""

    OPEN = "open"
    LEASED = "leased"
    DONE = "done"


class AssignmentState(TextChoices):
    """Where one labeler stands with one task."""

    LEASED = "leased"
    SUBMITTED = "submitted"
    SKIPPED = "skipped"
    RETURNED = "returned"


class LabelState(TextChoices):
    """Submitted waits for a review; only accepted labels reach a dataset version."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    SUPERSEDED = "superseded"


class Verdict(TextChoices):
    ACCEPT = "accept"
    SEND_BACK = "send_back"


class JobState(TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


HUMAN = "human"
"""The author of a response that a labeler wrote."""
