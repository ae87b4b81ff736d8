"""A small Llama-shaped model, trained from nothing on the toy dialogues.

The model learns to say answers, not prompts: only the tokens of an answer count in the loss.
Letters in names of arrays: r rows, t tokens.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

import torch
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from models_runner.tiny.corpus import Dialogue
from models_runner.tiny.inputs import Recipe
from models_runner.tiny.tokenizer import END, opening

IGNORED = -100
WARM_UP_SHARE = 0.05


@dataclass(frozen=True)
class Batch:
    tokens_rt: torch.Tensor
    mask_rt: torch.Tensor
    labels_rt: torch.Tensor


@dataclass(frozen=True)
class Fit:
    """How the training went."""

    steps: int
    seconds: float
    loss: float


def new_model(recipe: Recipe, tokenizer: PreTrainedTokenizerFast, seed: int) -> LlamaForCausalLM:
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=recipe.hidden,
        intermediate_size=recipe.inner,
        num_hidden_layers=recipe.layers,
        num_attention_heads=recipe.heads,
        num_key_value_heads=recipe.heads,
        max_position_embeddings=recipe.context,
        tie_word_embeddings=True,
        # Wider than usual: so small a model learns far more in the same steps.
        initializer_range=recipe.initial_spread,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return LlamaForCausalLM(config)


def _encode(
    dialogues: list[Dialogue], tokenizer: PreTrainedTokenizerFast
) -> list[tuple[list[int], list[int]]]:
    asked = tokenizer([opening(d.prompt) for d in dialogues])["input_ids"]
    answered = tokenizer([d.answer + END for d in dialogues])["input_ids"]
    return list(zip(asked, answered, strict=True))


def _batch(rows: list[tuple[list[int], list[int]]], padding: int) -> Batch:
    longest = max(len(asked) + len(answered) for asked, answered in rows)
    tokens_rt = torch.full((len(rows), longest), padding)
    labels_rt = torch.full((len(rows), longest), IGNORED)
    mask_rt = torch.zeros((len(rows), longest), dtype=torch.long)
    for row, (asked, answered) in enumerate(rows):
        start, end = len(asked), len(asked) + len(answered)
        tokens_rt[row, :end] = torch.tensor(asked + answered)
        labels_rt[row, start:end] = torch.tensor(answered)
        mask_rt[row, :end] = 1
    return Batch(tokens_rt, mask_rt, labels_rt)


def _batches(
    encoded: list[tuple[list[int], list[int]]], rows: int, padding: int, seed: int
) -> Iterator[Batch]:
    """Batches of rows of like length, for ever, in an order that the seed decides."""
    rng = Random(seed)
    while True:
        rng.shuffle(encoded)
        for start in range(0, len(encoded) - rows * 8 + 1, rows * 8):
            chunk = sorted(encoded[start : start + rows * 8], key=lambda row: sum(map(len, row)))
            groups = [chunk[i : i + rows] for i in range(0, len(chunk), rows)]
            rng.shuffle(groups)
            for group in groups:
                yield _batch(group, padding)


def _pace(share: float) -> float:
    """The learning rate's factor: a short warm-up, then a straight line to nothing."""
    if share < WARM_UP_SHARE:
        return share / WARM_UP_SHARE
    return (1 - share) / (1 - WARM_UP_SHARE)


def fit(
    model: LlamaForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    dialogues: list[Dialogue],
    recipe: Recipe,
    *,
    seed: int,
    seconds: float | None,
    show: Callable[[float, str], None],
) -> Fit:
    """Train in place for the recipe's steps, or for `seconds` when they end sooner.

    The learning rate follows whichever runs out first, so a short budget still ends at rest.
    """
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.0, betas=(0.9, 0.98), weight_decay=0.01)
    encoded = _encode(dialogues, tokenizer)
    batches = _batches(encoded, recipe.rows, int(tokenizer.pad_token_id), seed)
    started, step, loss, share = time.monotonic(), 0, float("nan"), 0.0
    model.train()
    while share < 1:
        optimizer.param_groups[0]["lr"] = recipe.learning_rate * _pace(share)
        now = _step(model, optimizer, next(batches))
        loss = now if step == 0 else 0.95 * loss + 0.05 * now
        step += 1
        elapsed = time.monotonic() - started
        share = max(step / recipe.steps, elapsed / seconds if seconds else 0.0)
        show(min(share, 1.0), f"loss {loss:.2f}")
    model.eval()
    return Fit(step, time.monotonic() - started, loss)


def _step(model: LlamaForCausalLM, optimizer: torch.optim.Optimizer, batch: Batch) -> float:
    loss = model(
        input_ids=batch.tokens_rt, attention_mask=batch.mask_rt, labels=batch.labels_rt
    ).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    return float(loss.detach())
