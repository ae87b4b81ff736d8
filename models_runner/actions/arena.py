"""The arena: begin a battle between two checkpoints, draw both responses at once, take the vote.

A worker draws both sides of a battle together, each in a thread of its own, and tells how far they
are several times a second. Nothing that a person sees before the vote names a checkpoint.
"""

import logging
import random
import threading
from collections.abc import Mapping
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from typing import Any

from django.db import transaction

from labeling.actions.direct_labels import label_at_once
from labeling.actions.jobs import Lease, enqueue
from labeling.answers import Checked, is_blank
from labeling.errors import Conflict, Invalid, NotFound, Refused
from labeling.kinds import JobState, TaskKind
from labeling.models import Person, Project, Prompt, Response
from labeling.splits import digest_of, group_of, split_of
from models_runner.access import checkpoints_of
from models_runner.actions.checkpoints import checkpoint_dir
from models_runner.actions.endpoints import access_of
from models_runner.actions.generation import check_parameters
from models_runner.backends.protocol import (
    Aloud,
    Backend,
    Message,
    Sample,
    SampleRequest,
    SamplingError,
    SamplingFailed,
    SamplingParameters,
    sample_seed,
)
from models_runner.loaded import loaded_backend
from models_runner.models import Battle, Checkpoint
from models_runner.models.arena import Vote
from models_runner.models.checkpoints import CheckpointKind

BATCH = "arena"
SIDES = ("a", "b")
NEW_TOKENS = 512
TELL_SECONDS = 0.2
RANKS = {Vote.A: (1, 2), Vote.B: (2, 1), Vote.TIE: (1, 1), Vote.BOTH_BAD: (1, 1)}

log = logging.getLogger(__name__)


def fighters(project: Project) -> list[Checkpoint]:
    """The checkpoints that may meet in the arena of a project: all that write."""
    return list(checkpoints_of(project).filter(kind=CheckpointKind.LANGUAGE).order_by("pk"))


@transaction.atomic
def start_battle(
    *,
    project: Project,
    message: str,
    after: Battle | None = None,
    parameters: Mapping[str, Any] | None = None,
    by: Person,
) -> Battle:
    """Ask two of the project's checkpoints, drawn by chance; `after` names a battle of the same
    person whose better response the message answers."""
    if is_blank(message):
        raise Invalid("text_empty", "The message is empty.", "message")
    if len(message) > project.max_characters:
        most = project.max_characters
        detail = f"The message has {len(message):,} characters; at most {most:,} are allowed."
        raise Invalid("text_too_long", detail, "message")
    checked = check_parameters({"max_new_tokens": NEW_TOKENS, **(parameters or {})})
    able = fighters(project)
    if len(able) < len(SIDES):
        detail = "The arena needs two checkpoints that write: train one, or add an endpoint."
        raise Conflict("too_few_checkpoints", detail)
    first, second = random.SystemRandom().sample(able, len(SIDES))
    battle = Battle.objects.create(
        project=project,
        messages=[*_before(after, by), {"role": "user", "content": message}],
        first=first,
        second=second,
        after=after,
        parameters=checked,
        created_by=by,
    )
    enqueue(battle)
    return battle


def _before(after: Battle | None, by: Person) -> list[dict[str, str]]:
    """The conversation up to here: what was asked and the response that won; of two equal ones
    that on side A."""
    if after is None:
        return []
    if after.created_by_id != by.pk:
        raise NotFound
    if after.vote in {"", Vote.BOTH_BAD}:
        detail = "Only a conversation with a good response goes on: vote first, or begin a new one."
        raise Conflict("battle_not_won", detail)
    won = after.second_text if after.vote == Vote.B else after.first_text
    return [*after.messages, {"role": "assistant", "content": won}]


def answer(battle: Battle, lease: Lease) -> None:
    """The work of a battle."""
    lease.heartbeat(first_text="", second_text="", samples={})
    backends = [_backend(each) for each in (battle.first, battle.second)]
    lease.heartbeat()
    sides = [_Side(battle, *each) for each in zip(SIDES, backends, strict=True)]
    pool = ThreadPoolExecutor(len(sides))
    draws = [pool.submit(side.draw) for side in sides]
    try:
        while wait(draws, TELL_SECONDS, return_when=FIRST_EXCEPTION).not_done:
            _raise_failed(draws)
            lease.heartbeat(first_text=sides[0].text, second_text=sides[1].text)
        _raise_failed(draws)
    finally:
        for side in sides:
            side.stop.set()
        pool.shutdown(wait=False, cancel_futures=True)
    one, other = (draw.result() for draw in draws)
    lease.write(
        first_text=_storable(one.text),
        second_text=_storable(other.text),
        samples={side: _facts(each) for side, each in zip(SIDES, (one, other), strict=True)},
    )


class _Stopped(Exception):
    """Nobody waits for the rest of this response."""


class _Side:
    """One of the two responses while it is drawn."""

    def __init__(self, battle: Battle, name: str, backend: Backend) -> None:
        self.name, self.backend = name, backend
        self.parameters = SamplingParameters(**battle.parameters)
        messages = tuple(Message(each["role"], each["content"]) for each in battle.messages)
        self.request = SampleRequest(messages, _seed(battle, name))
        self.text = ""
        self.stop = threading.Event()

    def draw(self) -> Sample:
        if isinstance(self.backend, Aloud):
            sample = self.backend.sample_aloud(self.request, self.parameters, self._hear)
        else:
            sample = self.backend.sample([self.request], self.parameters)[0]
        self._hear(sample.text)
        return sample

    def _hear(self, text: str) -> None:
        if self.stop.is_set():
            raise _Stopped
        self.text = _storable(text)


def _seed(battle: Battle, side: str) -> int:
    return sample_seed("arena", battle.project.slug, battle.pk, side)


def _backend(checkpoint: Checkpoint) -> Backend:
    return loaded_backend(
        checkpoint.pk, checkpoint.backend, checkpoint_dir(checkpoint), **access_of(checkpoint)
    )


def _raise_failed(draws: list[Future[Sample]]) -> None:
    """One side failed: then nothing can be compared, and the person hears which side and why."""
    for side, draw in zip(SIDES, draws, strict=True):
        if draw.done() and (error := draw.exception()):
            raise Refused(422, *_words(side.upper(), error)) from error


def _words(letter: str, error: BaseException) -> tuple[str, str]:
    """Code and detail; an error that nobody foresaw could name the checkpoint."""
    if isinstance(error, SamplingFailed):
        return error.code, f"Response {letter}: {error.detail}"
    if isinstance(error, SamplingError):
        return "sampling_refused", f"Response {letter}: {error}"
    log.error("response %s of the arena failed", letter, exc_info=error)
    return "response_failed", f"Response {letter} failed; the worker's log says why."


def _facts(sample: Sample) -> dict[str, Any]:
    return {
        "finish_reason": sample.finish_reason,
        "tokens": sample.tokens,
        "logprob": sample.logprob,
    }


def _storable(text: str) -> str:
    """PostgreSQL cannot hold a NUL, and a checkpoint may draw any byte."""
    return text.replace("\0", "\ufffd")


@transaction.atomic
def vote(*, battle: Battle, choice: Vote) -> Battle:
    """Take the vote as an ordinary label of a ranking task; the same vote again changes nothing."""
    locked = Battle.objects.select_for_update(of=("self",)).get(pk=battle.pk)
    if locked.vote == choice:
        return locked
    if locked.vote:
        raise Conflict("already_voted", "You have voted on these responses.")
    if locked.state != JobState.DONE:
        raise Conflict("battle_not_answered", "Vote once both responses are there.")
    assert locked.created_by is not None
    prompt = _prompt(locked)
    locked.label = label_at_once(
        prompt=prompt,
        responses=_responses(locked, prompt),
        kind=TaskKind.RANK,
        checked=Checked(ranks=RANKS[choice], none_acceptable=choice == Vote.BOTH_BAD),
        labeler=locked.created_by,
        key=locked.origin,
        batch=BATCH,
    )
    locked.vote = choice
    locked.save(update_fields=["vote", "label"])
    return locked


def _prompt(battle: Battle) -> Prompt:
    project = battle.project
    metadata = {"conversation": battle.opening.origin}
    group = group_of(battle.messages, metadata)
    return Prompt.objects.create(
        project=project,
        external_id=battle.origin,
        messages=battle.messages,
        metadata=metadata,
        digest=digest_of(battle.messages),
        group=group,
        split=split_of(group, project.slug, project.test_share),
    )


def _responses(battle: Battle, prompt: Prompt) -> list[Response]:
    sides = zip(
        SIDES,
        (battle.first, battle.second),
        (battle.first_text, battle.second_text),
        strict=True,
    )
    return [
        Response.objects.create(
            prompt=prompt,
            author=checkpoint.label,
            origin=battle.origin,
            content=text,
            seed=_seed(battle, side),
            **battle.samples[side],
        )
        for side, checkpoint, text in sides
    ]
