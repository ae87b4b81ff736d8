"""A label's whole way, by the actions of the app: ranked, sent back, ranked again, accepted."""

from types import SimpleNamespace
from typing import Any

import pyarrow.parquet as pq
import pytest

from exports.models import DatasetVersion
from labeling.actions.claim import claim_next
from labeling.actions.labels import Submission, submit
from labeling.actions.reviews import review_label
from labeling.actions.tasks import open_tasks
from labeling.kinds import JobState, TaskKind, Verdict
from labeling.models import Label, Person
from tests.exports.conftest import Frozen
from tests.factories import make_prompt, make_response

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def assignment(cast: SimpleNamespace) -> Any:
    """larry holds a task with two responses of a project in which all labels are reviewed."""
    cast.project.review = "all"
    cast.project.save()
    prompt = make_prompt(cast.project)
    for text in ("One.", "Two."):
        make_response(prompt, text)
    open_tasks(project=cast.project, kind=TaskKind.RANK)
    view = claim_next(labeler=cast.larry, slug=cast.project.slug)
    assert view is not None
    return view.assignment


def rank(larry: Person, assignment: Any, groups: list[list[str]]) -> Label:
    submission = Submission(epoch=assignment.epoch, answer={"groups": groups})
    receipt = submit(
        labeler=larry, assignment_id=assignment.pk, submission=submission, key=str(groups)
    )
    return Label.objects.get(pk=receipt.label_id)


def chosen_in(version: DatasetVersion) -> list[int]:
    """The labels of a version, by its pairs."""
    table = pq.read_table(version.files.get(format="parquet").location)
    return table["ranking_id"].to_pylist()


def test_a_label_on_its_way(cast: SimpleNamespace, frozen: Frozen, assignment: Any) -> None:
    first = rank(cast.larry, assignment, [["A"], ["B"]])
    assert frozen("preference").state == JobState.FAILED

    review_label(
        reviewer=cast.ron, label_id=first.pk, verdict=Verdict.SEND_BACK, reason="Look again."
    )
    assert frozen("preference").state == JobState.FAILED

    second = rank(cast.larry, assignment, [["B"], ["A"]])
    waiting = frozen("preference")
    assert waiting.state == JobState.FAILED

    review_label(reviewer=cast.ron, label_id=second.pk, verdict=Verdict.ACCEPT)
    done = frozen("preference")
    assert chosen_in(done) == [second.pk]
    assert frozen("preference", as_of=waiting.as_of).state == JobState.FAILED
    assert frozen("preference", as_of=done.as_of).hash == done.hash
