"""The arena: two checkpoints answer one message side by side, and a person says which is better."""

from django.db import models
from django.db.models import F, Q

from labeling.models import Job, Label, Project
from models_runner.models.checkpoints import Checkpoint


class Vote(models.TextChoices):
    """What a person says of the two responses: one side is better, or neither."""

    A = "a"
    B = "b"
    TIE = "tie"
    BOTH_BAD = "both_bad"


class Battle(Job):
    """One message to two checkpoints drawn by chance, `first` on side A and `second` on side B. The
    texts grow while they are drawn; `samples` is what else is known of them, by side, once they are
    whole. The person who began it alone sees and votes, and learns the names by voting. `after` is
    the battle whose better response this one goes on from."""

    queue = "generate"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="battles")
    messages = models.JSONField()
    first = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="+")
    after = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="next")
    parameters = models.JSONField(default=dict)
    first_text = models.TextField(blank=True)
    second_text = models.TextField(blank=True)
    samples = models.JSONField(default=dict)
    vote = models.CharField(max_length=8, choices=Vote.choices, blank=True)
    label = models.OneToOneField(Label, null=True, on_delete=models.PROTECT, related_name="battle")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(first=F("second")), name="battle_between_two_checkpoints"
            ),
            models.CheckConstraint(
                condition=Q(vote="", label=None) | (~Q(vote="") & Q(label__isnull=False)),
                name="battle_vote_is_a_label",
            ),
        ]
        indexes = [models.Index(fields=["project", "created_by", "id"], name="battle_by_person")]

    @property
    def origin(self) -> str:
        """What its responses carry as their origin, and its task and prompt as their key."""
        return f"arena:{self.pk}"

    @property
    def opening(self) -> "Battle":
        """The first battle of the conversation."""
        return self if self.after is None else self.after.opening
