"""The whole loop, stage by stage, through the HTTP API: what a manager and an engineer do, and
when they call on the labelers and the reviewer."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from config.demo import rule
from config.demo.client import Json
from config.demo.people import label_and_review
from config.demo.report import Report, RewardCheck, Won
from config.demo.watching import StageFailed, Team, Watching
from models_runner.tiny.domain import all_prompts

GUIDELINES = "A good answer is **right**, **polite** and **short**. Equally good answers tie."


@dataclass(frozen=True)
class Sizes:
    """How much of everything; the defaults are those of `make demo`."""

    prompts: int = 443
    test_share: float = 0.18
    demonstrations: int = 60
    rankings: int = 300
    held_out: int = 80
    next_round: int = 30
    rounds: int = 2
    samples_per_prompt: int = 4
    training: dict[str, Json] = field(default_factory=dict)


class Loop(Watching):
    """The loop in a project of its own: demonstrations first, then rounds of comparisons."""

    def __init__(self, team: Team, report: Report, *, seed: int, sizes: Sizes) -> None:
        super().__init__(team, report)
        self._seed = seed
        self._sizes = sizes

    def run(self, emails: dict[str, str]) -> None:
        """Play all stages; `emails` are the addresses of people by role. Raises `StageFailed`."""
        self._prepare(emails)
        base = self._base()
        self._write()
        self._sample("Sample", base, "train", self._sizes.rankings)
        # The same comparisons are held out of every round, so that rounds compare.
        self._sample("Sample held out", base, "test", self._sizes.held_out)
        authors = [base["label"]]
        self._open(kind="rank", authors=authors, limit=self._sizes.rankings)
        self._open(kind="rank", authors=authors, limit=self._sizes.held_out, split="test")
        best = self._train("sft", self._freeze("sft"), base)
        for number in range(1, self._sizes.rounds + 1):
            self._round = f", round {number}"
            is_last = number == self._sizes.rounds
            self._rank()
            turn = self._begin_round(
                base, best, self._sizes.next_round if is_last else self._sizes.rankings
            )
            best = self._follow(turn)

    def _prepare(self, emails: dict[str, str]) -> None:
        with self._stage("Set up") as lines:
            body = {
                "name": f"Demo with seed {self._seed}",
                "guidelines": GUIDELINES,
                "review": "all",
                "test_share": self._sizes.test_share,
            }
            self._project = self._team.manager.create("/api/projects", body, key="slug")["slug"]
            for email, role in emails.items():
                member = {"email": email, "name": email.split("@")[0], "role": role}
                self._team.manager.post(self._path("members"), member)
            job = self._team.manager.upload(self._path("imports"), self._file(), "toy.jsonl")
            done = self._wait(f"/api/imports/{job['id']}", "Importing prompts")
            lines.append(f"project {self._project}: {done['new']} prompts")

    def _file(self) -> bytes:
        rng = Random(self._seed)
        chosen = rng.sample(all_prompts(), min(self._sizes.prompts, len(all_prompts())))
        return b"".join(json.dumps({"prompt": each.text}).encode() + b"\n" for each in chosen)

    def _base(self) -> Json:
        """The newest tiny checkpoint of the whole installation."""
        listed = self._team.engineer.pages(f"/api/checkpoints?project={self._project}")
        tiny = [each for each in listed if each["name"] == "tiny" and each["project"] is None]
        if not tiny:
            raise StageFailed("The installation has no tiny checkpoint.")
        return max(tiny, key=lambda each: each["version"])

    def _write(self) -> None:
        with self._stage("Write") as lines:
            self._open(kind="demonstrate", limit=self._sizes.demonstrations)
            self._open(kind="demonstrate", limit=self._sizes.held_out, split="test")
            sent_back = self._label()
            written = self._accepted("demonstrate")
            self._report.demonstrations = len(written)
            lines.append(f"{len(written)} demonstrations accepted, {sent_back} sent back once")

    def _sample(self, name: str, checkpoint: Json, split: str, limit: int) -> Json:
        with self._stage(name) as lines:
            body = {
                "checkpoint": checkpoint["id"],
                "split": split,
                "limit": limit,
                "samples_per_prompt": self._sizes.samples_per_prompt,
                "seed": self._seed,
            }
            job = self._team.engineer.create(self._path("generation-jobs"), body)
            title = f"Sampling {checkpoint['label']}"
            done = self._wait(f"/api/generation-jobs/{job['id']}", title)
            speed = done["tokens_per_second"] or 0
            lines.append(
                f"{done['responses']} responses by {checkpoint['label']}, {speed:,.0f} tokens/s"
            )
        return done

    def _rank(self) -> None:
        with self._stage("Rank") as lines:
            self._label()
            places = [label["answer"]["groups"] for label in self._accepted("rank")]
            fours = [groups for groups in places if sum(map(len, groups)) == 4]
            self._report.rankings = len(fours)
            self._report.ties = sum(any(len(group) > 1 for group in groups) for groups in fours)
            lines.append(f"{len(fours)} rankings of 4 accepted, {self._report.ties} with ties")

    def _open(self, **what: object) -> None:
        opened = self._team.manager.post(self._path("tasks"), {"split": "train", **what})
        if not opened["opened"] and not opened["skipped"]["has_task"]:
            raise StageFailed(f"No {what['kind']} task could be opened: {opened['skipped']}")

    def _label(self) -> int:
        return label_and_review(self._team.labelers, self._team.reviewer, self._project)

    def _accepted(self, kind: str) -> list[Json]:
        path = self._path(f"labels?state=accepted&kind={kind}&limit=200")
        return list(self._team.manager.pages(path))

    def _freeze(self, kind: str) -> Json:
        with self._stage(f"Freeze {kind}") as lines:
            begun = self._team.engineer.create(self._path("datasets"), {"kind": kind})
            version = self._wait(f"/api/datasets/{begun['id']}", f"Freezing {kind}")
            self._note_version(version, lines)
        return version

    def _train(self, method: str, dataset: Json, base: Json) -> Json:
        with self._stage(f"Train {method.upper()}") as lines:
            body = {
                "method": method,
                "dataset": dataset["id"],
                "base": base["id"],
                "name": f"{self._project}-{method}",
                "arguments": self._sizes.training.get(method, {}),
                "seed": self._seed,
            }
            run = self._team.engineer.create(self._path("training-runs"), body)
            self._wait(f"/api/training-runs/{run['id']}", f"Training with {method.upper()}")
            return self._trained(run["id"], lines)

    def _check_reward(self, reward: Json, preferences: Json) -> None:
        """The reward model's accuracy beside that of the rule that the labelers follow."""
        with self._stage("Check the reward model") as lines:
            found = next(
                each
                for each in self._report.measurements
                if each["checkpoint"] == reward["label"] and each["kind"] == "reward_accuracy"
            )
            pairs = list(self._held_out(preferences))
            check = RewardCheck(
                checkpoint=reward["label"],
                accuracy=found["accuracy"],
                rule_accuracy=sum(map(_rule_agrees, pairs)) / len(pairs),
                pairs=len(pairs),
            )
            self._report.reward_checks.append(check)
            lines.append(str(check))

    def _held_out(self, version: Json) -> Iterator[Json]:
        """The rows of the version's test split."""
        offset = 0
        while True:
            path = f"/api/datasets/{version['id']}/rows?split=test&limit=100&offset={offset}"
            told = self._team.engineer.get(path)
            yield from told["rows"]
            offset += len(told["rows"])
            if offset >= told["total"] or not told["rows"]:
                return

    def _begin_round(self, base: Json, best: Json, next_prompts: int) -> Json:
        """One call for the whole turn: the product freezes, trains, evaluates and asks anew."""
        trainings = {"dpo", "reward"} & set(self._sizes.training)
        body = {
            "method": "dpo",
            "base": best["id"],
            "baseline": base["id"],
            "reward_base": base["id"],
            "name": self._project,
            "arguments": {method: self._sizes.training[method] for method in trainings},
            "next_prompts": next_prompts,
            # Each by two checkpoints: pairs of one alone say less, the better it is.
            "policy": "newest_against_best",
            "samples_per_prompt": self._sizes.samples_per_prompt // 2,
            "seed": self._seed,
        }
        return self._team.engineer.create(self._path("rounds"), body)

    def _follow(self, turn: Json) -> Json:
        """Watch a round, and answer what it asks; the best checkpoint so far."""
        path = f"/api/rounds/{turn['id']}"
        with self._stage("Freeze preference") as lines:
            frozen = self._past(path, "freeze", "Freezing preference")["dataset"][0]
            preferences = self._team.engineer.get(f"/api/datasets/{frozen['id']}")
            self._note_version(preferences, lines)
        with self._stage("Train reward model and DPO") as lines:
            runs = self._past(path, "train", "Training reward model and DPO")["training_run"]
            reward, _ = [self._trained(run["id"], lines) for run in runs]
        self._check_reward(reward, preferences)
        with self._stage("Evaluate blind") as lines:
            self._evaluate(path, reward, lines)
        with self._stage("Ask about the next prompts") as lines:
            done = self._wait(path, "Sampling for the next round")
            best: Json = done["best"]
            before = done["base"]["label"]
            lines.append(f"{done['tasks_opened']} tasks: the newest checkpoint and {before}")
            lines.append(f"best so far: {best['label']}")
        return best

    def _evaluate(self, path: str, judge: Json, lines: list[str]) -> None:
        (begun,) = self._past(path, "train", "Starting the evaluation")["evaluation"]
        evaluation = f"/api/evaluations/{begun['id']}"
        self._wait(evaluation, "Sampling on held-out prompts", {"labeling", "done", "failed"})
        self._label()
        self._past(path, "evaluate", "Comparing")
        rates = self._team.engineer.get(path)["results"]["win_rates"]
        for each in rates:
            won = Won(**{name: each[name] for name in Won.__dataclass_fields__})
            self._report.win_rates.append(won)
            lines.append(str(won))
        if not rates:
            raise StageFailed("No checkpoint was compared.")
        lines.append(self._judged(begun["id"], judge))


def _rule_agrees(pair: Json) -> float:
    """Whether the labelers' rule, without their moods, prefers what was chosen; 0.5: it is torn."""
    prompt = pair["prompt"][-1]["content"]
    chosen, rejected = (
        rule.score(prompt, pair[side][-1]["content"]) for side in ("chosen", "rejected")
    )
    return 0.5 if chosen == rejected else float(chosen > rejected)
