"""How many rows a batch may have.

On the CPU more rows than a few dozen gain nothing. On a GPU a batch is as wide as its memory
allows, since a step costs about the same for one row as for hundreds.
"""

from typing import Any

import torch

CPU_ROWS, GPU_ROWS = 64, 512
SHARE = 0.6
"""Of the free memory: what is reckoned here is not all that a step holds."""
FLOAT = 4
LOGIT_COPIES = 16
"""Numbers held for each word of the vocabulary and row at most: scores, their copies and sums."""


def rows_that_fit(model: Any, prompt: int, new: int, *, all_logits: bool = False) -> int:
    """Rows of at most `prompt` tokens that a batch may have when each is to grow by `new`, at least
    1. `all_logits`: the scores of every token are wanted, not of the last alone."""
    if model.device.type != "cuda":
        return CPU_ROWS
    row = _row_bytes(model, prompt, new, all_logits)
    return max(1, min(GPU_ROWS, int(SHARE * _free_bytes(model.device)) // row))


def _row_bytes(model: Any, prompt: int, new: int, all_logits: bool) -> int:
    config = model.config.get_text_config()
    number = int(model.dtype.itemsize)
    heads = config.num_attention_heads
    width = getattr(config, "head_dim", None) or config.hidden_size // heads
    kept = 2 * config.num_hidden_layers * (getattr(config, "num_key_value_heads", None) or heads)
    inner = getattr(config, "intermediate_size", None) or 4 * config.hidden_size
    scored = prompt if all_logits else 1
    return int(
        (prompt + new) * kept * width * number
        + prompt * 3 * inner * number
        + scored * LOGIT_COPIES * FLOAT * config.vocab_size
    )


def _free_bytes(device: torch.device) -> int:
    """What nobody holds, and what this process holds without using it."""
    free, _ = torch.cuda.mem_get_info(device)
    idle = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return int(free + idle)
