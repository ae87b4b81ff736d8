"""Scripted people: they sign in and work through the HTTP API as anybody would, by the hidden rule.

Knows the labeler's and the reviewer's day; knows nothing of checkpoints.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random

from config.demo import rule
from config.demo.client import ApiProblem, Client, Json

CARELESS = 0.1
"""How often a labeler first writes something that the reviewer will not have."""

CARELESS_TEXT = "No idea."
REASON = "Please answer the question, and say something friendly."
LOWEST_ACCEPTED = 1.0
READING_SECONDS = 8.0


class Labeler:
    """One who takes tasks until there are none, and answers each by the rule."""

    def __init__(self, url: str, name: str, new_link: Callable[[], str], seed: int) -> None:
        self._client = Client(url)
        self._random = Random(f"{name} {seed}")
        self._new_link = new_link
        self.acknowledged: list[int] = []
        """The ids of the labels that the server said it has."""

    def sign_in(self) -> None:
        self._client.sign_in(self._new_link)

    def work(self, project: str) -> None:
        """Label whatever the project has for this person."""
        for assignment in self._assignments(project):
            self._submit(assignment)

    def _assignments(self, project: str) -> Iterator[Json]:
        """What is held or was sent back first: an answer to a claim may have got lost."""
        while True:
            yield from self._client.get(f"/api/projects/{project}/assignments")["results"]
            while claimed := self._claim(project):
                yield claimed
            if not self._client.get(f"/api/projects/{project}/assignments")["results"]:
                return

    def _claim(self, project: str) -> Json | None:
        try:
            return self._client.post(f"/api/projects/{project}/claim", {})["assignment"]
        except ApiProblem as problem:
            if problem.code == "too_many_leases":
                return None
            raise

    def _submit(self, assignment: Json) -> None:
        self._open_guidelines(assignment)
        body = {
            "epoch": assignment["epoch"],
            "answer": self._answer(assignment),
            "active_seconds": READING_SECONDS,
            "wall_seconds": READING_SECONDS,
        }
        path = f"/api/assignments/{assignment['id']}/submit"
        try:
            taken = self._client.post(path, body, {"Idempotency-Key": uuid.uuid4().hex})
        except ApiProblem as problem:
            if problem.code not in {"slot_taken", "lease_lost", "already_labeled"}:
                raise
        else:
            self.acknowledged.append(taken["label"]["id"])

    def _open_guidelines(self, assignment: Json) -> None:
        version = assignment["guidelines_version"]
        if assignment["guidelines_seen"] < version:
            path = f"/api/projects/{assignment['project']['slug']}/guidelines/seen"
            self._client.post(path, {"version": version})

    def _answer(self, assignment: Json) -> Json:
        prompt = assignment["prompt"]["messages"][-1]["content"]
        if assignment["kind"] == "rank":
            shown = assignment["responses"]
            groups = rule.rank(prompt, [each["content"] for each in shown], self._random)
            return {"groups": [[shown[index]["label"] for index in group] for group in groups]}
        first_try = assignment["returned_reason"] is None
        if first_try and self._random.random() < CARELESS:
            return {"text": CARELESS_TEXT}
        return {"text": rule.ideal_answer(prompt, self._random)}


class Reviewer:
    """One who reads what waits for a review, accepts it or sends it back with a reason."""

    def __init__(self, url: str, new_link: Callable[[], str]) -> None:
        self._client = Client(url)
        self._new_link = new_link

    def sign_in(self) -> None:
        self._client.sign_in(self._new_link)

    def review(self, project: str) -> int:
        """Review all that waits; the number of labels sent back."""
        waiting = list(self._client.pages(f"/api/projects/{project}/labels?state=submitted"))
        return sum(self._review(label) for label in waiting)

    def _review(self, label: Json) -> bool:
        accepted = label["kind"] == "rank" or self._is_good(label)
        body = {"verdict": "accept" if accepted else "send_back", "reason": ""}
        if not accepted:
            body["reason"] = REASON
        try:
            self._client.post(f"/api/labels/{label['id']}/review", body)
        except ApiProblem as problem:
            # The answer to the first try got lost.
            if problem.code != "label_locked":
                raise
        return not accepted

    def _is_good(self, label: Json) -> bool:
        prompt = label["prompt"]["messages"][-1]["content"]
        return rule.score(prompt, label["answer"]["text"]) >= LOWEST_ACCEPTED


def work_together(labelers: Sequence[Labeler], project: str) -> None:
    """All at once, until none finds a task."""
    with ThreadPoolExecutor(len(labelers)) as pool:
        list(pool.map(lambda labeler: labeler.work(project), labelers))


def label_and_review(labelers: Sequence[Labeler], reviewer: Reviewer, project: str) -> int:
    """Label, review, and label again what was sent back, until nothing is left; how many labels
    were sent back."""
    sent_back = 0
    while True:
        work_together(labelers, project)
        returned = reviewer.review(project)
        sent_back += returned
        if not returned:
            return sent_back
