"""Draws rows with transformers' `generate`, and goes on with fewer as rows end.

Most rows of a batch end long before its last one, and `generate` computes them to that end. So
whenever half have ended, the others go on alone with their part of the cache.
Letters in names of arrays: r rows, t tokens.
"""

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from transformers import (
    DynamicCache,
    GenerationConfig,
    LogitsProcessor,
    LogitsProcessorList,
    StoppingCriteria,
    StoppingCriteriaList,
)
from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer

from models_runner.backends.seeded_choice import SeededChoice

FEWEST = 8
"""A step with fewer rows costs hardly less."""
BY_ROW = (DynamicLayer, DynamicSlidingWindowLayer)
"""Parts of a cache of which rows can be taken; those of models with a running state cannot."""


def draw(
    model: Any,
    inputs: Mapping[str, torch.Tensor],
    new_tokens: int,
    *,
    chooser: SeededChoice,
    pulse: LogitsProcessor,
    ends: Sequence[int],
    padding: int,
) -> list[list[int]]:
    """What `chooser` chose for each row of the left-padded `inputs`: its tokens up to an end mark,
    or `new_tokens` of them."""
    tokens_rt, mask_rt = inputs["input_ids"], inputs["attention_mask"]
    width = tokens_rt.shape[1]
    places = list(range(len(tokens_rt)))
    drawn: dict[int, list[int]] = {}
    going_on: dict[str, Any] = {}
    cache = _cache(model)
    if cache is not None:
        stop = StoppingCriteriaList([HalfEnded(chooser)])
        going_on = {"past_key_values": cache, "stopping_criteria": stop}
    while True:
        config = GenerationConfig(
            do_sample=False,
            max_new_tokens=width + new_tokens - tokens_rt.shape[1],
            eos_token_id=list(ends),
            pad_token_id=padding,
        )
        tokens_rt = model.generate(
            input_ids=tokens_rt,
            attention_mask=mask_rt,
            generation_config=config,
            logits_processor=LogitsProcessorList([pulse, chooser]),
            **going_on,
        )
        is_full = tokens_rt.shape[1] == width + new_tokens
        going_r = chooser.open_r & (cache is not None and not is_full)
        for row in (~going_r).nonzero()[:, 0].tolist():
            drawn[places[row]] = tokens_rt[row, width:].tolist()
        rows = going_r.nonzero()[:, 0]
        if cache is None or not len(rows):
            break
        places = [places[row] for row in rows.tolist()]
        chooser.keep(rows)
        cache.batch_select_indices(rows)
        tokens_rt = tokens_rt[rows]
        mask_rt = F.pad(mask_rt[rows], (0, tokens_rt.shape[1] - mask_rt.shape[1]), value=1)
    return [drawn[place][:count] for place, count in enumerate(chooser.counts.tolist())]


class HalfEnded(StoppingCriteria):
    """Stops a batch once half of its rows have ended, if it is worth it."""

    def __init__(self, chooser: SeededChoice) -> None:
        self.chooser = chooser

    def __call__(self, input_ids: torch.Tensor, scores: Any, **_: Any) -> torch.Tensor:
        rows = len(input_ids)
        is_half = rows > FEWEST and 2 * int(self.chooser.open_r.sum()) <= rows
        return torch.full((rows,), is_half, device=input_ids.device)


def _cache(model: Any) -> DynamicCache | None:
    """An empty one for the model; None if its rows could not be told apart."""
    if "past_key_values" not in inspect.signature(model.forward).parameters:
        return None
    cache = DynamicCache(config=model.config.get_text_config(decoder=True))
    return cache if all(type(layer) in BY_ROW for layer in cache.layers) else None
