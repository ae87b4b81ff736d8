"""Scores responses with a reward model on this machine through transformers.

A score has no unit: only which of two responses to one prompt has the higher means anything. Only
safetensors are read and no code of a checkpoint is run. Knows no database.
Letters in names of arrays: r rows.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer
from transformers.utils.logging import disable_progress_bar

from models_runner.backends.protocol import Message, SamplingError, batches

MAX_ROWS = 64


class TransformersScorer:
    """A reward model's parameters and tokenizer, held in memory."""

    def __init__(self, checkpoint_dir: Path) -> None:
        disable_progress_bar()
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        options: dict[str, Any] = {"trust_remote_code": False, "local_files_only": True}
        self.tokenizer = AutoTokenizer.from_pretrained(
            checkpoint_dir, padding_side="right", **options
        )
        self.model = AutoModelForSequenceClassification.from_pretrained(
            checkpoint_dir, dtype=torch.float32, use_safetensors=True, **options
        )
        self.model.to(self.device).eval()

    def score(self, conversations: Sequence[Sequence[Message]]) -> list[float]:
        """A number for the last turn of each conversation, in their order."""
        rows = [self._encode(conversation) for conversation in conversations]
        scores = [0.0] * len(rows)
        for batch in batches([len(row) for row in rows], MAX_ROWS):
            inputs = self.tokenizer.pad(
                {"input_ids": [rows[i] for i in batch]}, return_tensors="pt"
            )
            with torch.inference_mode():
                scores_r = self.model(**inputs.to(self.device)).logits[:, 0].float()
            for place, score in zip(batch, scores_r.tolist(), strict=True):
                scores[place] = score
        return scores

    def _encode(self, conversation: Sequence[Message]) -> list[int]:
        messages = [{"role": each.role, "content": each.content} for each in conversation]
        text = self.tokenizer.apply_chat_template(messages, tokenize=False)
        tokens: list[int] = self.tokenizer(text, add_special_tokens=False)["input_ids"]
        limit = getattr(self.model.config, "max_position_embeddings", None)
        if limit is not None and len(tokens) > limit:
            raise SamplingError(
                f"A conversation has {len(tokens)} tokens; the reward model takes {limit}."
            )
        return tokens
