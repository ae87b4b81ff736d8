"""Generation jobs: some prompts, one checkpoint, n samples of each."""

from django.db import models

from labeling.kinds import Split
from labeling.models import Job, Project, Prompt
from models_runner.models.checkpoints import Checkpoint


class GenerationJob(Job):
    """Samples `samples_per_prompt` responses to each of the project's prompts in `split` (all
    when empty), the first `limit` of them by id when given; when `picked`, those in `prompts`.

    `progress_total` is set when the job is started, so prompts that come later are not sampled.
    """

    queue = "generate"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="generation_jobs")
    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="+")
    split = models.CharField(max_length=8, choices=Split.choices, blank=True)
    limit = models.PositiveIntegerField(null=True)
    picked = models.BooleanField(default=False)
    prompts = models.ManyToManyField(Prompt, related_name="generation_jobs")
    samples_per_prompt = models.PositiveSmallIntegerField()
    parameters = models.JSONField(default=dict)
    seed = models.BigIntegerField(default=0)
    skipped = models.PositiveBigIntegerField(
        default=0, help_text="Responses left out: their prompts do not fit the checkpoint."
    )
    tokens = models.PositiveBigIntegerField(default=0)
    seconds = models.FloatField(default=0)

    @property
    def origin(self) -> str:
        """What the responses of this job carry as their origin."""
        return f"generation:{self.pk}"

    @property
    def planned_prompts(self) -> int:
        return self.progress_total // self.samples_per_prompt

    @property
    def tokens_per_second(self) -> float | None:
        return self.tokens / self.seconds if self.seconds else None


class GenerationPart(models.Model):
    """A stretch of a job's plan that one worker draws at a time: the planned prompts with ids above
    `after` and up to `upto`. `holder` names the claim that may write, until `held_until`."""

    job = models.ForeignKey(GenerationJob, on_delete=models.CASCADE, related_name="parts")
    after = models.BigIntegerField()
    upto = models.BigIntegerField()
    holder = models.CharField(max_length=32, blank=True)
    held_until = models.DateTimeField(null=True)
    skipped = models.PositiveBigIntegerField(default=0)
    is_done = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "after"], name="generation_part_once"),
        ]
        indexes = [
            models.Index(
                fields=["job", "after"],
                condition=models.Q(is_done=False),
                name="generation_part_open",
            ),
        ]
        ordering = ["after"]
