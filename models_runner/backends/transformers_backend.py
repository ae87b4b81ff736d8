"""Samples from a checkpoint on this machine through transformers.

A row's chance comes from its own generator, so its text does not depend on what else is in the
batch. Float sums differ a little between machines, types and batch shapes; a text that hangs on
such a difference may differ too, which is why samples are stored and not only their seeds.
Only safetensors are read and no code of a checkpoint is run. Knows no database.
Letters in names of arrays: r rows, t tokens, v vocabulary.
"""

import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, LogitsProcessor
from transformers.utils.logging import disable_progress_bar

from models_runner.backends.protocol import (
    Likelihood,
    Message,
    PromptTooLong,
    Sample,
    SampleRequest,
    SamplingFailed,
    SamplingParameters,
    batches,
)
from models_runner.backends.room import GPU_ROWS, rows_that_fit
from models_runner.backends.seeded_choice import SeededChoice
from models_runner.backends.shrinking_batch import draw

BEAT_SECONDS, TELL_SECONDS = 5.0, 0.1

logger = logging.getLogger(__name__)


class TransformersBackend:
    """A checkpoint's parameters and tokenizer, held in memory."""

    def __init__(self, checkpoint_dir: Path) -> None:
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        # A step of a GPU takes as long for one row as for hundreds.
        self.rows_at_once = GPU_ROWS if self.device.type == "cuda" else None
        self.beat: Callable[[], None] = lambda: None
        self.tokenizer = AutoTokenizer.from_pretrained(
            checkpoint_dir, trust_remote_code=False, local_files_only=True, padding_side="left"
        )
        self.model = _load(checkpoint_dir, self.device)
        self.ends = _end_tokens(self.model, self.tokenizer)
        self.padding = self.tokenizer.pad_token_id
        if self.padding is None:
            self.padding = self.ends[0]

    def sample(
        self, requests: Sequence[SampleRequest], parameters: SamplingParameters
    ) -> list[Sample]:
        prompts = [self._encode(request) for request in requests]
        self._refuse_too_long(prompts, parameters.max_new_tokens)
        lengths = [len(prompt) for prompt in prompts]
        most = rows_that_fit(self.model, max(lengths, default=0), parameters.max_new_tokens)
        samples: dict[int, Sample] = {}
        for batch in batches(lengths, most):
            rows = [prompts[i] for i in batch]
            seeds = [requests[i].seed for i in batch]
            samples.update(zip(batch, self._draw_or_halve(rows, seeds, parameters), strict=True))
        return [samples[i] for i in range(len(requests))]

    def sample_aloud(
        self, request: SampleRequest, parameters: SamplingParameters, tell: Callable[[str], None]
    ) -> Sample:
        prompt = self._encode(request)
        self._refuse_too_long([prompt], parameters.max_new_tokens)
        pulse = Pulse(TELL_SECONDS, lambda ids: tell(self._text(ids[0, len(prompt) :].tolist())))
        return self._draw([prompt], [request.seed], parameters, pulse)[0]

    def likelihoods(self, conversations: Sequence[Sequence[Message]]) -> list[Likelihood]:
        """How likely each conversation's last turn is, given those before it."""
        asked = [self._tokens(each[:-1], opened=True) for each in conversations]
        whole = [self._tokens(each, opened=False) for each in conversations]
        self._refuse_too_long(whole, 0)
        lengths = [len(row) for row in whole]
        most = rows_that_fit(self.model, max(lengths, default=0), 0, all_logits=True)
        found: dict[int, Likelihood] = {}
        for batch in batches(lengths, most):
            logprobs = self._logprobs([whole[i] for i in batch], [len(asked[i]) for i in batch])
            found.update(zip(batch, logprobs, strict=True))
        return [found[i] for i in range(len(conversations))]

    def _logprobs(self, rows: list[list[int]], starts: list[int]) -> list[Likelihood]:
        longest = max(len(row) for row in rows)
        tokens_rt = torch.full((len(rows), longest), self.padding, device=self.device)
        for place, row in enumerate(rows):
            tokens_rt[place, : len(row)] = torch.tensor(row)
        with torch.inference_mode():
            # Padding stands behind the last token, which no earlier one can see.
            logits_rtv = self.model(input_ids=tokens_rt).logits[:, :-1].float()
        of_next_rt = logits_rtv.log_softmax(-1).gather(2, tokens_rt[:, 1:, None])[..., 0]
        return [
            Likelihood(float(line[start - 1 : len(row) - 1].double().sum()), len(row) - start)
            for line, row, start in zip(of_next_rt, rows, starts, strict=True)
        ]

    def _encode(self, request: SampleRequest) -> list[int]:
        return self._tokens(request.messages, opened=True)

    def _tokens(self, messages: Sequence[Message], *, opened: bool) -> list[int]:
        """As the chat template renders them, `opened` for an answer to follow."""
        text = self.tokenizer.apply_chat_template(
            [{"role": m.role, "content": m.content} for m in messages],
            tokenize=False,
            add_generation_prompt=opened,
        )
        tokens: list[int] = self.tokenizer(text, add_special_tokens=False)["input_ids"]
        return tokens

    def _refuse_too_long(self, prompts: list[list[int]], new_tokens: int) -> None:
        limit = getattr(self.model.config, "max_position_embeddings", None)
        for index, prompt in enumerate(prompts):
            if limit is not None and len(prompt) + new_tokens > limit:
                raise PromptTooLong(index, len(prompt), new_tokens, limit)

    def _draw_or_halve(
        self, prompts: list[list[int]], seeds: list[int], parameters: SamplingParameters
    ) -> list[Sample]:
        """All rows in one batch, or in as many as the GPU's memory asks for."""
        try:
            return self._draw(
                prompts, seeds, parameters, Pulse(BEAT_SECONDS, lambda _: self.beat())
            )
        except torch.OutOfMemoryError as error:
            if len(prompts) == 1:
                detail = "The GPU's memory does not hold one response: lower max_new_tokens."
                raise SamplingFailed("out_of_memory", detail, may_pass=False) from error
        torch.cuda.empty_cache()
        half = len(prompts) // 2
        return [
            *self._draw_or_halve(prompts[:half], seeds[:half], parameters),
            *self._draw_or_halve(prompts[half:], seeds[half:], parameters),
        ]

    def _draw(
        self,
        prompts: list[list[int]],
        seeds: list[int],
        parameters: SamplingParameters,
        pulse: LogitsProcessor,
    ) -> list[Sample]:
        inputs = self.tokenizer.pad({"input_ids": prompts}, return_tensors="pt").to(self.device)
        chooser = SeededChoice(seeds, parameters, self.ends, self.device)
        with torch.inference_mode():
            drawn = draw(
                self.model,
                inputs,
                parameters.max_new_tokens,
                chooser=chooser,
                pulse=pulse,
                ends=self.ends,
                padding=self.padding,
            )
        return [
            self._sample(tokens, logprob)
            for tokens, logprob in zip(drawn, chooser.logprobs.tolist(), strict=True)
        ]

    def _sample(self, tokens: list[int], logprob: float) -> Sample:
        ended = tokens[-1] in self.ends
        return Sample(self._text(tokens), "stop" if ended else "length", len(tokens), logprob)

    def _text(self, tokens: list[int]) -> str:
        text: str = self.tokenizer.decode(
            tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return text


class Pulse(LogitsProcessor):
    """Changes nothing; at a token every few `seconds` it shows the tokens so far to `listener`."""

    def __init__(self, seconds: float, listener: Callable[[torch.Tensor], None]) -> None:
        self.seconds, self.listener = seconds, listener
        self.last = time.monotonic()

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        if time.monotonic() - self.last > self.seconds:
            self.listener(input_ids)
            self.last = time.monotonic()
        return scores


def _load(checkpoint_dir: Path, device: torch.device) -> Any:
    disable_progress_bar()
    options: dict[str, Any] = {
        "dtype": torch.bfloat16 if device.type == "cuda" else torch.float32,
        "use_safetensors": True,
        "trust_remote_code": False,
        "local_files_only": True,
    }
    try:
        model = AutoModelForCausalLM.from_pretrained(checkpoint_dir, **options)
    except ValueError as error:
        # Attention sinks and the like: sdpa says no when the model is built.
        if "attention" not in str(error):
            raise
        logger.info("Falling back to eager attention: %s", error)
        model = AutoModelForCausalLM.from_pretrained(
            checkpoint_dir, attn_implementation="eager", **options
        )
    return model.to(device).eval()


def _end_tokens(model: Any, tokenizer: Any) -> list[int]:
    """Every token that ends an answer, by the checkpoint's own word and its tokenizer's."""
    ends = model.generation_config.eos_token_id
    listed = ends if isinstance(ends, list) else [ends]
    known = {end for end in [*listed, tokenizer.eos_token_id] if end is not None}
    if not known:
        raise ValueError("The checkpoint names no end token, so no answer would ever end.")
    return sorted(known)
