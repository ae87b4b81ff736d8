"""What a labeler meant, task by task, compared with what the server and the device hold."""

from dataclasses import dataclass, field
from typing import Any

from tests.browser.projects import labels_of
from tests.installation import Installation

Place = tuple[str, int]
"""A task: its kind and the number of its question."""


def number_in(question: str) -> int:
    return int(question.split(":", maxsplit=1)[0].removeprefix("Question "))


@dataclass
class Verdict:
    answered: int
    unlabeled: int
    """Tasks without any label."""
    lost: list[Place]
    doubled: list[Place]
    changed: list[Place]
    """Stored otherwise than it was meant."""
    kept: int
    """Refused by the server, with the text kept on the device."""


@dataclass
class Ledger:
    """`meant` is the newest answer to a task: its text, or the texts of responses by place."""

    labeler: str
    tasks: int
    meant: dict[Place, Any] = field(default_factory=dict)
    told: set[Place] = field(default_factory=set)
    """Tasks of which the page said, before anything was sent, that they are gone."""

    def compare(self, site: Installation, slug: str, refused: list[Any]) -> Verdict:
        """`refused` are the answers that the device keeps because the server would not take
        them."""
        stored = labels_by_task(site, slug)
        kept = {(each["kind"], number_in(each["excerpt"])) for each in refused}
        lost, changed = [], []
        for place, meant in self.meant.items():
            mine = [answer for who, answer in stored.get(place, []) if who == self.labeler]
            if not mine and place not in kept | self.told:
                lost.append(place)
            if mine and mine[-1] != meant:
                changed.append(place)
        doubled = [place for place, labels in stored.items() if len(labels) > 1]
        unlabeled = self.tasks - len(stored)
        return Verdict(len(self.meant), unlabeled, lost, doubled, changed, len(refused))


def labels_by_task(site: Installation, slug: str) -> dict[Place, list[tuple[str, Any]]]:
    """Who labeled a task, and how; labels that were replaced are left out."""
    stored: dict[Place, list[tuple[str, Any]]] = {}
    for label in labels_of(site, slug):
        if label["state"] == "superseded":
            continue
        place = label["kind"], number_in(label["prompt"]["messages"][-1]["content"])
        answer = label["answer"]
        if label["kind"] == "rank":
            answer = [{each["content"] for each in group} for group in answer["groups"]]
        else:
            answer = answer["text"]
        stored.setdefault(place, []).append((label["labeler"]["name"], answer))
    return stored
