"""Samples from a server that speaks OpenAI's chat completions: vLLM, SGLang, TGI,
`transformers serve` and the like.

One request for each response, with that response's own seed, several at a time. Servers differ in
what they make of `n` (some ignore it), and with one seed for several choices a text would depend on
how many were asked for at once. Nothing that a server answers is believed before it was looked at.
Knows no database.
"""

import json
import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models_runner.backends import event_stream
from models_runner.backends.event_stream import Pieces
from models_runner.backends.protocol import (
    FinishReason,
    Sample,
    SampleRequest,
    SamplingFailed,
    SamplingParameters,
)
from models_runner.outbound import AllowList, Answer, Away, Forbidden, TooMuch, post

FILE = "endpoint.json"
AT_ONCE = 8
TRIES = 5
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0
BEAT_SECONDS = 5.0
SPARE_BYTES, BYTES_PER_TOKEN, STREAMED_BYTES_PER_TOKEN = 64 * 1024, 1024, 4096
BUSY = {408, 409, 429, 500, 502, 503, 504, 529}
SEED_LIMIT = 2**31


MALFORMED = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
USAGE = {"include_usage": True}
BAD_ANSWER = "The endpoint's answer was too large, too slow or not in the expected form."


@dataclass(frozen=True)
class Access:
    """What an endpoint needs beside its address: the operator's list, the key if it has one, and
    how many seconds one call may take."""

    allowed: AllowList
    key: str = ""
    seconds: float = 120.0


class OpenAIBackend:
    """A model of a server; `endpoint.json` in the folder names both."""

    def __init__(self, checkpoint_dir: Path, access: Access) -> None:
        told = json.loads((checkpoint_dir / FILE).read_text())
        self.url = f"{str(told['url']).rstrip('/')}/chat/completions"
        self.model = str(told["model"])
        self.access = access
        self.sleep: Callable[[float], None] = time.sleep
        self.beat: Callable[[], None] = lambda: None

    def sample(
        self, requests: Sequence[SampleRequest], parameters: SamplingParameters
    ) -> list[Sample]:
        pool = ThreadPoolExecutor(AT_ONCE)
        try:
            calls = [pool.submit(self._one, request, parameters) for request in requests]
            while wait(calls, BEAT_SECONDS, return_when=FIRST_EXCEPTION).not_done:
                if any(call.done() and call.exception() for call in calls):
                    break
                self.beat()
            for call in calls:
                if call.done() and (error := call.exception()):
                    raise error
            return [call.result() for call in calls]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def sample_aloud(
        self, request: SampleRequest, parameters: SamplingParameters, tell: Callable[[str], None]
    ) -> Sample:
        """A server that does not stream is heard when it is done. Somebody waits for the answer, so
        one that is away or busy is not asked again."""
        pieces = Pieces()

        def hear(kind: str, chunk: bytes) -> None:
            if kind == event_stream.KIND:
                pieces.take(chunk)
            tell(pieces.text)

        asked = {**self._asked(request, parameters), "stream": True, "stream_options": USAGE}
        most_bytes = SPARE_BYTES + STREAMED_BYTES_PER_TOKEN * parameters.max_new_tokens
        try:
            answer = self._call(json.dumps(asked).encode(), most_bytes, hear)
            if answer.kind == event_stream.KIND and answer.status == 200:
                return _read(pieces.whole(), parameters)
        except Away as error:
            raise _away(f"it is away ({error})") from error
        except MALFORMED as error:
            raise SamplingFailed("endpoint_answer", BAD_ANSWER, may_pass=True) from error
        if answer.status in BUSY:
            raise _away(f"it answered {answer.status}")
        return _sample(answer, parameters)

    def _one(self, request: SampleRequest, parameters: SamplingParameters) -> Sample:
        body = json.dumps(self._asked(request, parameters)).encode()
        most_bytes = SPARE_BYTES + BYTES_PER_TOKEN * parameters.max_new_tokens
        return _sample(self._patiently(body, most_bytes), parameters)

    def _asked(self, request: SampleRequest, parameters: SamplingParameters) -> dict[str, Any]:
        asked: dict[str, Any] = {
            "model": self.model,
            "messages": [{"role": m.role, "content": m.content} for m in request.messages],
            "max_tokens": parameters.max_new_tokens,
            "temperature": parameters.temperature,
            "top_p": parameters.top_p,
            # Many servers keep seeds in 32 bits.
            "seed": request.seed % SEED_LIMIT,
            "logprobs": True,
            "stream": False,
        }
        return {**asked, "top_k": parameters.top_k} if parameters.top_k else asked

    def _patiently(self, body: bytes, most_bytes: int) -> Answer:
        """The server's answer; one that is away or busy is asked again after a while."""
        pause = FIRST_PAUSE
        for attempt in range(1, TRIES + 1):
            try:
                answer = self._call(body, most_bytes)
            except Away as error:
                answer, why = None, str(error)
            if answer is not None and answer.status not in BUSY:
                return answer
            if attempt < TRIES:
                wait = answer.retry_after if answer and answer.retry_after else pause
                self.sleep(min(wait, LONGEST_PAUSE))
                pause = min(2 * pause, LONGEST_PAUSE)
        why = f"it answered {answer.status}" if answer else f"it is away ({why})"
        raise _away(why)

    def _call(
        self,
        body: bytes,
        most_bytes: int,
        hear: Callable[[str, bytes], None] = lambda kind, chunk: None,
    ) -> Answer:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.access.key:
            headers["Authorization"] = f"Bearer {self.access.key}"
        try:
            return post(
                self.url,
                body,
                headers=headers,
                allowed=self.access.allowed,
                most_bytes=most_bytes,
                most_seconds=self.access.seconds,
                hear=hear,
            )
        except TooMuch as error:
            raise SamplingFailed("endpoint_answer", BAD_ANSWER, may_pass=True) from error
        except Forbidden as error:
            raise SamplingFailed(error.code, error.detail, may_pass=False) from error


def _away(why: str) -> SamplingFailed:
    detail = f"The endpoint cannot be used: {why}."
    return SamplingFailed("endpoint_away", detail, may_pass=True)


def _sample(answer: Answer, parameters: SamplingParameters) -> Sample:
    if 300 <= answer.status < 400:
        detail = "The endpoint redirected; redirects are not followed."
        raise SamplingFailed("endpoint_redirect", detail, may_pass=False)
    if answer.status != 200:
        detail = f"The endpoint refused the request with status {answer.status}."
        raise SamplingFailed("endpoint_refused", detail, may_pass=False)
    try:
        return _read(json.loads(answer.body), parameters)
    except MALFORMED as error:
        raise SamplingFailed("endpoint_answer", BAD_ANSWER, may_pass=True) from error


def _read(told: Any, parameters: SamplingParameters) -> Sample:
    (choice,) = told["choices"]
    text = choice["message"]["content"]
    if not isinstance(text, str):
        raise TypeError("content must be a text")
    text.encode()  # Half of a surrogate pair cannot be stored.
    ended: FinishReason = "length" if choice.get("finish_reason") == "length" else "stop"
    logprobs = _logprobs(choice)
    tokens = _count(told, logprobs, parameters)
    return Sample(text, ended, tokens, math.fsum(logprobs) if logprobs else None)


def _logprobs(choice: dict[str, Any]) -> list[float]:
    """Of each token, where the server tells them; not all do."""
    listed = (choice.get("logprobs") or {}).get("content") or []
    found = [float(each["logprob"]) for each in listed]
    if any(not math.isfinite(each) or each > 1e-3 for each in found):
        raise ValueError("a logarithm of a probability is at most 0")
    return found


def _count(told: dict[str, Any], logprobs: list[float], parameters: SamplingParameters) -> int:
    told_tokens = (told.get("usage") or {}).get("completion_tokens")
    tokens = told_tokens if isinstance(told_tokens, int) else len(logprobs)
    if not 0 <= tokens <= 2 * parameters.max_new_tokens:
        raise ValueError("more tokens than were asked for")
    return tokens
