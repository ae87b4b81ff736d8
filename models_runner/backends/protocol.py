"""What every backend takes and gives. Knows no backend, no database and no torch."""

import hashlib
import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

ROLES = ("system", "user", "assistant")
FinishReason = Literal["stop", "length"]


class SamplingError(Exception):
    """A request that cannot be served as asked; the message says why, for people."""


class PromptTooLong(SamplingError):
    """The prompt and what may follow do not fit the checkpoint. `index` names the request."""

    def __init__(self, index: int, tokens: int, new_tokens: int, limit: int) -> None:
        self.index = index
        super().__init__(
            f"The prompt has {tokens} tokens; with {new_tokens} new ones it does not fit "
            f"the checkpoint's {limit}."
        )


class SamplingFailed(Exception):
    """The backend cannot draw now, or (unless it `may_pass`) ever; `code` is for programs."""

    def __init__(self, code: str, detail: str, *, may_pass: bool) -> None:
        super().__init__(detail)
        self.code, self.detail, self.may_pass = code, detail, may_pass


@dataclass(frozen=True)
class Message:
    role: str
    content: str

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(f"role must be one of {', '.join(ROLES)}, not {self.role!r}.")


@dataclass(frozen=True)
class SamplingParameters:
    """How to draw: temperature 0 takes the likeliest token; top_k 0 and top_p 1 cut nothing."""

    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0
    max_new_tokens: int = 64

    def __post_init__(self) -> None:
        _within("temperature", self.temperature, 0.0, 10.0)
        if not (_is_number(self.top_p) and 0 < self.top_p <= 1):
            raise ValueError("top_p must be above 0 and at most 1.")
        _whole_within("top_k", self.top_k, 0, 1_000_000)
        _whole_within("max_new_tokens", self.max_new_tokens, 1, 32_768)


@dataclass(frozen=True)
class SampleRequest:
    """Draw one continuation of these messages; the seed alone decides the chance in it."""

    messages: tuple[Message, ...]
    seed: int

    def __post_init__(self) -> None:
        if not self.messages:
            raise ValueError("messages must hold at least one message.")
        if self.messages[-1].role == "assistant":
            raise ValueError("messages must end with a turn that the assistant answers.")
        if not 0 <= self.seed < 2**63:
            raise ValueError("seed must be at least 0 and below 2^63.")


@dataclass(frozen=True)
class Sample:
    """One drawn response.

    `tokens` counts what was drawn, the end mark included. `logprob` is the sum of the natural
    logarithms of the drawn tokens' probabilities, the end mark included, in the distribution they
    were drawn from (after temperature, top_k and top_p; at temperature 0, before them). None: the
    backend does not know it.
    """

    text: str
    finish_reason: FinishReason
    tokens: int
    logprob: float | None


@dataclass(frozen=True)
class Likelihood:
    """How likely a checkpoint finds a given answer: the sum of the natural logarithms of its
    tokens' probabilities, the end mark included, and how many these are."""

    logprob: float
    tokens: int


class Scorer(Protocol):
    def score(self, conversations: Sequence[Sequence[Message]]) -> list[float]:
        """How good the last turn of each conversation is, higher is better."""
        ...


class Measurable(Protocol):
    """A backend that also tells how likely it finds an answer; not all can."""

    def likelihoods(self, conversations: Sequence[Sequence[Message]]) -> list[Likelihood]:
        """For the last turn of each conversation, given those before it."""
        ...


@runtime_checkable
class Patient(Protocol):
    """A backend that waits for others; it calls `beat` now and then meanwhile."""

    beat: Callable[[], None]


@runtime_checkable
class Aloud(Protocol):
    """A backend that can tell a response while it is drawn."""

    def sample_aloud(
        self, request: SampleRequest, parameters: SamplingParameters, tell: Callable[[str], None]
    ) -> Sample:
        """One sample; `tell` is called now and then with the text so far, and may raise to stop."""
        ...


@runtime_checkable
class Wide(Protocol):
    """A backend that may know how many rows to draw at once; None: find it out by trying."""

    rows_at_once: int | None


class Backend(Protocol):
    def sample(
        self, requests: Sequence[SampleRequest], parameters: SamplingParameters
    ) -> list[Sample]:
        """One sample a request, in the order of the requests."""
        ...


def sample_seed(*parts: object) -> int:
    """A seed from what makes a sample the one it is: the same parts give it on every machine.

    For instance (project, prompt id, checkpoint label, sample index, user seed).
    """
    named = json.dumps([str(part) for part in parts]).encode()
    return int.from_bytes(hashlib.sha256(named).digest()[:8], "big") >> 1


def batches(lengths: Sequence[int], most: int) -> Iterator[list[int]]:
    """Places of rows in batches of like length, so that little is padding."""
    order = sorted(range(len(lengths)), key=lambda place: lengths[place])
    for start in range(0, len(order), most):
        yield order[start : start + most]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _within(name: str, value: float, low: float, high: float) -> None:
    if not (_is_number(value) and low <= value <= high):
        raise ValueError(f"{name} must be at least {low:g} and at most {high:g}.")


def _whole_within(name: str, value: int, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{name} must be a whole number, at least {low} and at most {high}.")
