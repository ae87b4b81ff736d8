"""Rounds: one turn of the loop, from accepted labels to the next tasks, as one row that points at
the rows of its stages."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from exports.models import DatasetVersion
from labeling.kinds import TaskKind
from labeling.models import Person, Project
from models_runner.models.checkpoints import Checkpoint
from models_runner.models.evaluations import Evaluation
from models_runner.models.generation import GenerationJob
from models_runner.models.measurements import Measurement
from models_runner.models.training import Method, TrainingRun


class Policy(models.TextChoices):
    """Which prompts come next, and which responses are asked about. Prompts that were asked about
    least often come first; chance decides among equals.

    `random`: all samples of the best checkpoint. `uncertain`: of three times as many prompts, the
    pairs whose scores under the round's reward model lie closest. `newest_against_best`: the
    newest checkpoint's samples beside those of the best one before it.
    """

    RANDOM = "random"
    UNCERTAIN = "uncertain"
    NEWEST_AGAINST_BEST = "newest_against_best"


class RoundState(models.TextChoices):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Stage(models.TextChoices):
    """In this order; `choose` is there for the policy `uncertain` alone."""

    FREEZE = "freeze"
    TRAIN = "train"
    EVALUATE = "evaluate"
    SAMPLE = "sample"
    CHOOSE = "choose"
    OPEN = "open"


class RoundPlan(models.Model):
    """What a round does. `base` is trained by `method` and compared, together with what comes out,
    to `baseline`; a reward model is trained beside it from `reward_base`, if there is one.
    `arguments` are those of the trainers by method; `held_out` is how many test prompts are
    compared at most."""

    method = models.CharField(max_length=16, choices=Method.choices)
    base = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="+")
    baseline = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="+")
    reward_base = models.ForeignKey(
        Checkpoint, null=True, on_delete=models.PROTECT, related_name="+"
    )
    name = models.SlugField(max_length=60, help_text="What the checkpoints' names begin with.")
    recipe = models.JSONField(default=dict)
    arguments = models.JSONField(default=dict)
    held_out = models.PositiveIntegerField(null=True)
    policy = models.CharField(max_length=24, choices=Policy.choices)
    task_kind = models.CharField(max_length=16, choices=TaskKind.choices)
    next_prompts = models.PositiveIntegerField()
    samples_per_prompt = models.PositiveSmallIntegerField()
    parameters = models.JSONField(default=dict)
    seed = models.BigIntegerField(default=0)
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Round(RoundPlan):
    """The row is the truth about how far the round is. Whoever looks at it may push it on; each
    step happens once. `results` are the win rates of its evaluation and the accuracy of its reward
    model, by value; `best` follows from them."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=RoundState.choices, default=RoundState.RUNNING)
    stage = models.CharField(max_length=16, choices=Stage.choices, default=Stage.FREEZE)
    error = models.TextField(blank=True)
    by_rule = models.BooleanField(default=False)
    dataset_version = models.ForeignKey(
        DatasetVersion, on_delete=models.PROTECT, related_name="rounds"
    )
    training_run = models.OneToOneField(
        TrainingRun, null=True, on_delete=models.PROTECT, related_name="round"
    )
    reward_run = models.OneToOneField(
        TrainingRun, null=True, on_delete=models.PROTECT, related_name="round_as_reward"
    )
    evaluation = models.OneToOneField(
        Evaluation, null=True, on_delete=models.PROTECT, related_name="round"
    )
    results = models.JSONField(default=dict)
    best = models.ForeignKey(Checkpoint, null=True, on_delete=models.PROTECT, related_name="+")
    generation_jobs = models.ManyToManyField(GenerationJob, related_name="rounds")
    choice = models.OneToOneField(
        Measurement, null=True, on_delete=models.PROTECT, related_name="round"
    )
    tasks_opened = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="round_number_once"),
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(state=RoundState.RUNNING),
                name="round_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=RoundState.DONE)
                | Q(tasks_opened__isnull=False, best__isnull=False),
                name="round_done_opened_tasks",
            ),
        ]

    @property
    def key(self) -> str:
        """What the tasks that it opened carry as their key."""
        return f"round:{self.pk}"


class RoundRule(RoundPlan):
    """Starts a round by itself once `every` new comparisons were accepted since the last one. Its
    base is the best checkpoint of the last round that ended well, before that `base`. `error` is
    why it could not start the last time."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="round_rule")
    every = models.PositiveIntegerField()
    checked_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(every__gte=1), name="round_rule_every_some"),
        ]
