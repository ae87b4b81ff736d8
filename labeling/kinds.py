"""The closed sets of words that rows of this app may hold."""

from django.db.models import TextChoices


class Role(TextChoices):
    LABELER = "labeler"
    REVIEWER = "reviewer"
    MANAGER = "manager"
    ENGINEER = "engineer"


class Scope(TextChoices):
    """What a program may do with a person's token. Nothing else: people, tokens, roles and labels
    are for people who are signed in."""

    READ = "read", "look at projects, prompts, labels, jobs and figures"
    IMPORT = "import", "import prompts and open tasks on them"
    EXPORT = "export", "freeze dataset versions; download them and checkpoints"
    JOBS = "jobs", "start and cancel sampling, training and evaluations"


class ProjectState(TextChoices):
    ACTIVE = "active"
    PAUSED = "paused"
    ARCHIVED = "archived"
    ARRIVING = "arriving"
    """Not a project of anybody: it holds the rows of an import until all are there."""


class ReviewRule(TextChoices):
    """Which labels a reviewer must accept before they count."""

    NONE = "none"
    ALL = "all"


class Split(TextChoices):
    TRAIN = "train"
    TEST = "test"


class TaskKind(TextChoices):
    """What is asked. Criteria, flags and justification of the form ride on every kind."""

    DEMONSTRATE = "demonstrate"
    RANK = "rank"
    COMPARE = "compare"
    RATE = "rate"


class Pool(TextChoices):
    """Why a task is there. All but ordinary ones tell something about the labelers."""

    ORDINARY = "ordinary"
    CALIBRATION = "calibration"
    GOLD = "gold"
    QUALIFICATION = "qualification"


class SlotState(TextChoices):
    """Where one of a task's `overlap` places stands. Nobody is given a closed one; whoever held it
    then may still answer."""

    OPEN = "open"
    LEASED = "leased"
    DONE = "done"
    CLOSED = "closed"


class AssignmentState(TextChoices):
    """Where one labeler stands with one task. Returned came back from a review; reopened is
    amended by the labeler, whose label stands until the next revision is sent."""

    LEASED = "leased"
    SUBMITTED = "submitted"
    SKIPPED = "skipped"
    RETURNED = "returned"
    REOPENED = "reopened"


class LabelState(TextChoices):
    """Submitted waits for a review; only accepted labels reach a dataset version, from the moment
    `Label.accepted_at` on."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    SUPERSEDED = "superseded"


class Verdict(TextChoices):
    ACCEPT = "accept"
    SEND_BACK = "send_back"
    FIX = "fix"


class JobState(TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


HUMAN = "human"
"""The author of a response that a labeler wrote."""
