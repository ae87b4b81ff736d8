"""Any order of claiming, drafting, submitting, skipping, expiring, amending, reviewing and pausing:
nothing acknowledged is lost or doubled, no task has more labels than it asked for, and what counts
no longer changes."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labeling.actions.claim import MOST_OPEN_LEASES, claim_next
from labeling.actions.in_hand import leave_as_sent, release, reopen, save_draft, skip
from labeling.actions.labels import Submission, end_amending, submit
from labeling.actions.reviews import review_label
from labeling.actions.tasks import open_tasks
from labeling.errors import Refused
from labeling.kinds import LabelState, ProjectState, ReviewRule, Role, SlotState, TaskKind, Verdict
from labeling.models import Assignment, Label, Person, Placement, Project, Slot
from labeling.models.tasks import IN_HAND
from tests.factories import make_member, make_project, make_prompt, make_response

ANSWERS = [[["A"], ["B"]], [["B"], ["A"]], [["A", "B"]]]
OVERLAP = 2


def refused(action: Callable[[], Any]) -> str | None:
    """The code with which an action was refused, None when it was done."""
    try:
        action()
    except Refused as refusal:
        return refusal.code
    return None


def pick(rows: Any, number: int) -> Any:
    found = list(rows.order_by("pk"))
    return found[number % len(found)] if found else None


class Team:
    """Three labelers and a reviewer on two tasks; each operation is chosen by a number."""

    def __init__(self) -> None:
        self.project = make_project(name="Machine")
        self.people = [make_member(self.project, Role.LABELER) for _ in range(3)]
        self.reviewer = make_member(self.project, Role.REVIEWER)
        for _ in range(2):
            prompt = make_prompt(self.project)
            make_response(prompt), make_response(prompt)
        open_tasks(project=self.project, kind=TaskKind.RANK, overlap=OVERLAP)
        self.requests: list[tuple[Person, int, Submission, int]] = []
        self.counted: dict[int, Any] = {}

    def claim(self, number: int) -> None:
        refused(lambda: claim_next(labeler=self.people[number % 3], slug=self.project.slug))

    def submit(self, number: int) -> None:
        """Mostly what is in hand; now and then what is not."""
        rows = Assignment.objects.all()
        held = pick(rows if number % 5 == 0 else rows.filter(state__in=IN_HAND), number)
        if held is None:
            return
        submission = Submission(epoch=held.epoch, answer={"groups": ANSWERS[number % 3]})
        code = refused(lambda: self.acknowledge(held.labeler, held.pk, submission))
        held.refresh_from_db()
        if code not in {None, "already_labeled"}:
            assert held.draft == submission.answer, code

    def acknowledge(self, who: Person, assignment: int, submission: Submission) -> None:
        key = f"key-{len(self.requests)}"
        receipt = submit(labeler=who, assignment_id=assignment, submission=submission, key=key)
        self.requests.append((who, assignment, submission, receipt.label_id))

    def submit_again(self, number: int) -> None:
        if not self.requests:
            return
        at = number % len(self.requests)
        who, assignment, submission, label = self.requests[at]
        again = submit(
            labeler=who, assignment_id=assignment, submission=submission, key=f"key-{at}"
        )
        assert (again.label_id, again.replayed) == (label, True)

    def draft(self, number: int) -> None:
        if held := pick(Assignment.objects.all(), number):
            behind = number % 2
            mine = {"labeler": held.labeler, "assignment_id": held.pk}
            version = held.draft_version - behind
            code = refused(lambda: save_draft(**mine, answer={"text": "d"}, version=version))
            assert code in {"version_changed" if behind else None, "already_labeled"}

    def skip_or_release(self, number: int) -> None:
        if held := pick(Assignment.objects.all(), number):
            mine = {"labeler": held.labeler, "assignment_id": held.pk, "epoch": held.epoch}
            until = held.slot.lease_until or timezone.now()
            refused(
                lambda: (
                    skip(**mine, reason="other")
                    if number % 3 == 0
                    else release(**mine, lease_until=until)
                )
            )

    def expire(self, number: int) -> None:
        leased = Slot.objects.filter(state=SlotState.LEASED)
        leased.update(lease_until=timezone.now() - timedelta(seconds=1))

    def reopen(self, number: int) -> None:
        if label := pick(Label.objects.exclude(state=LabelState.SUPERSEDED), number):
            act = leave_as_sent if number % 5 == 0 else reopen
            code = refused(lambda: act(labeler=label.labeler, label_id=label.pk))
            is_fix = label.labeler_id == self.reviewer.pk
            assert code in {None, "label_locked"} or (is_fix and code == "not_found")

    def review(self, number: int) -> None:
        if label := pick(Label.objects.all(), number):
            verdict = Verdict(list(Verdict)[number % 3])
            decision: dict[str, Any] = {"verdict": verdict, "reason": "Look again."}
            if verdict == Verdict.FIX:
                decision["answer"] = {"groups": [["B"], ["A"]]}
            refused(lambda: review_label(reviewer=self.reviewer, label_id=label.pk, **decision))

    def let_count(self, number: int) -> None:
        end_amending(project=self.project, at=timezone.now())

    def change_project(self, number: int) -> None:
        state = ProjectState.PAUSED if number % 3 == 0 else ProjectState.ACTIVE
        review = ReviewRule.ALL if number % 2 else ReviewRule.NONE
        Project.objects.filter(pk=self.project.pk).update(review=review, state=state)

    def check(self) -> None:
        self.no_task_has_more_labels_than_it_asked_for()
        self.every_acknowledged_answer_is_there_once()
        self.what_counts_no_longer_changes()
        self.nobody_holds_more_than_three()

    def no_task_has_more_labels_than_it_asked_for(self) -> None:
        standing = Label.objects.exclude(state=LabelState.SUPERSEDED)
        tasks = Counter(standing.values_list("task", flat=True))
        assert max(tasks.values(), default=0) <= OVERLAP
        done = Slot.objects.filter(state=SlotState.DONE)
        assert Counter(done.values_list("task", flat=True)) == tasks

    def every_acknowledged_answer_is_there_once(self) -> None:
        labels = Label.objects.in_bulk()
        for _, assignment, submission, label in self.requests:
            assert labels[label].assignment_id == assignment
            assert labels[label].request_digest == submission.digest(assignment)
        for assignment in {each.assignment_id for each in labels.values()}:
            mine = [each for each in labels.values() if each.assignment_id == assignment]
            [stands] = [each for each in mine if each.state != LabelState.SUPERSEDED]
            assert stands.revision == len(mine)
        assert Placement.objects.count() == 2 * len(labels)

    def what_counts_no_longer_changes(self) -> None:
        counts = Label.objects.filter(accepted_at__lte=timezone.now())
        now = dict(counts.values_list("pk", "accepted_at"))
        assert self.counted.items() <= now.items()
        self.counted = now

    def nobody_holds_more_than_three(self) -> None:
        living = Slot.objects.filter(state=SlotState.LEASED, lease_until__gt=timezone.now())
        held = Counter(living.values_list("holder", flat=True))
        assert max(held.values(), default=0) <= MOST_OPEN_LEASES


OPERATIONS = [
    Team.claim, Team.claim, Team.submit, Team.submit, Team.submit_again, Team.draft,
    Team.skip_or_release, Team.expire, Team.reopen, Team.reopen, Team.review, Team.let_count,
    Team.change_project,
]  # fmt: skip
STEPS = 50


@pytest.mark.long
@pytest.mark.django_db
@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(st.sampled_from(OPERATIONS), st.integers(0, 59)),
        min_size=STEPS,
        max_size=STEPS,
    )
)
def test_the_queue_holds_whatever_happens(steps: list[Any]) -> None:
    with transaction.atomic():
        team = Team()
        for operation, number in steps:
            operation(team, number)
            team.check()
        transaction.set_rollback(True)
