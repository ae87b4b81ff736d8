"""Samples from a checkpoint on this machine through transformers.

A row's chance comes from its own generator, so its text does not depend on what else is in the
batch. Float sums differ a little between machines, types and batch shapes; a text that hangs on
such a difference may differ too, which is why samples are stored and not only their seeds.
Only safetensors are read and no code of a checkpoint is run. Knows no database.
Letters in names of arrays: r rows, t tokens, v vocabulary.
"""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    GenerationConfig,
    LogitsProcessor,
    LogitsProcessorList,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)
from transformers.utils.logging import disable_progress_bar

from models_runner.backends.protocol import (
    Likelihood,
    Message,
    PromptTooLong,
    Sample,
    SampleRequest,
    SamplingParameters,
    batches,
)

MAX_ROWS = 64

logger = logging.getLogger(__name__)


class TransformersBackend:
    """A checkpoint's parameters and tokenizer, held in memory."""

    def __init__(self, checkpoint_dir: Path) -> None:
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
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
        samples: dict[int, Sample] = {}
        for batch in batches([len(prompt) for prompt in prompts], MAX_ROWS):
            rows = [prompts[i] for i in batch]
            seeds = [requests[i].seed for i in batch]
            samples.update(zip(batch, self._draw(rows, seeds, parameters), strict=True))
        return [samples[i] for i in range(len(requests))]

    def likelihoods(self, conversations: Sequence[Sequence[Message]]) -> list[Likelihood]:
        """How likely each conversation's last turn is, given those before it."""
        asked = [self._tokens(each[:-1], opened=True) for each in conversations]
        whole = [self._tokens(each, opened=False) for each in conversations]
        self._refuse_too_long(whole, 0)
        found: dict[int, Likelihood] = {}
        for batch in batches([len(row) for row in whole], MAX_ROWS):
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

    def _draw(
        self, prompts: list[list[int]], seeds: list[int], parameters: SamplingParameters
    ) -> list[Sample]:
        inputs = self.tokenizer.pad({"input_ids": prompts}, return_tensors="pt").to(self.device)
        chooser = SeededChoice(seeds, parameters, self.ends, self.device)
        config = GenerationConfig(
            do_sample=False,
            max_new_tokens=parameters.max_new_tokens,
            eos_token_id=self.ends,
            pad_token_id=self.padding,
        )
        with torch.inference_mode():
            drawn = self.model.generate(
                input_ids=inputs["input_ids"],
                attention_mask=inputs["attention_mask"],
                generation_config=config,
                logits_processor=LogitsProcessorList([chooser]),
            )
        new_tokens = drawn[:, inputs["input_ids"].shape[1] :].tolist()
        return [
            self._sample(tokens[:count], logprob)
            for tokens, count, logprob in zip(
                new_tokens, chooser.counts_r, chooser.logprobs_r.tolist(), strict=True
            )
        ]

    def _sample(self, tokens: list[int], logprob: float) -> Sample:
        ended = tokens[-1] in self.ends
        text = self.tokenizer.decode(
            tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return Sample(text, "stop" if ended else "length", len(tokens), logprob)


class SeededChoice(LogitsProcessor):
    """Chooses each row's next token with that row's own chance, and keeps its probability.

    Dividing probabilities by exponential noise and taking the greatest is exact sampling (the
    Gumbel trick, without its logarithms), so greedy decoding over the quotients draws what
    sampling would.
    """

    def __init__(
        self,
        seeds: list[int],
        parameters: SamplingParameters,
        ends: list[int],
        device: torch.device,
    ) -> None:
        self.warpers = _warpers(parameters)
        self.generators = [torch.Generator(device).manual_seed(seed) for seed in seeds]
        self.greedy = parameters.temperature == 0
        self.ends = torch.tensor(ends, device=device)
        self.open_r = torch.ones(len(seeds), dtype=torch.bool, device=device)
        self.logprobs_r = torch.zeros(len(seeds), dtype=torch.float64, device=device)
        self.counts = torch.zeros(len(seeds), dtype=torch.long, device=device)

    @property
    def counts_r(self) -> list[int]:
        return [int(count) for count in self.counts]

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        probabilities_rv = self.warpers(input_ids, scores.float()).softmax(-1)
        if self.greedy:
            noisy_rv = probabilities_rv
        else:
            noisy_rv = probabilities_rv / self._noise_rv(probabilities_rv)
        self._keep(noisy_rv.argmax(-1), probabilities_rv)
        return noisy_rv

    def _noise_rv(self, like_rv: torch.Tensor) -> torch.Tensor:
        """Fresh noise for the rows that still go on; ended ones need none."""
        noise_rv = torch.ones_like(like_rv)
        for row in self.open_r.nonzero()[:, 0].tolist():
            noise_rv[row].exponential_(generator=self.generators[row])
        return noise_rv.clamp_min_(torch.finfo(noise_rv.dtype).tiny)

    def _keep(self, chosen_r: torch.Tensor, probabilities_rv: torch.Tensor) -> None:
        of_chosen_r = probabilities_rv.gather(1, chosen_r[:, None])[:, 0].double().log()
        self.logprobs_r += torch.where(self.open_r, of_chosen_r, 0.0)
        self.counts += self.open_r
        self.open_r &= ~torch.isin(chosen_r, self.ends)


def _warpers(parameters: SamplingParameters) -> LogitsProcessorList:
    warpers = LogitsProcessorList()
    if parameters.temperature == 0:
        return warpers
    if parameters.temperature != 1:
        warpers.append(TemperatureLogitsWarper(float(parameters.temperature)))
    if parameters.top_k:
        warpers.append(TopKLogitsWarper(parameters.top_k))
    if parameters.top_p < 1:
        warpers.append(TopPLogitsWarper(float(parameters.top_p)))
    return warpers


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
