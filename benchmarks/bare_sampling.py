"""Sampling as one writes it with transformers alone: prompt by prompt, and in batches."""

from collections.abc import Sequence
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer


class Loops:
    """Two loops over the same questions. Each returns the tokens that it drew: those up to the
    first end; what follows is padding."""

    def __init__(self, folder: Path, questions: Sequence[str], new_tokens: int) -> None:
        self.new_tokens = new_tokens
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.tokenizer = AutoTokenizer.from_pretrained(folder, padding_side="left")
        dtype = torch.bfloat16 if self.device.type == "cuda" else torch.float32
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype)
        self.model = model.to(self.device).eval()
        self.texts = [
            self.tokenizer.apply_chat_template(
                [{"role": "user", "content": text}], tokenize=False, add_generation_prompt=True
            )
            for text in questions
        ]

    def one_by_one(self, count: int) -> int:
        return sum(self._draw([text]) for text in self.texts[:count])

    def batched(self, samples: int, batch: int) -> int:
        rows = [text for text in self.texts for _ in range(samples)]
        return sum(self._draw(rows[at : at + batch]) for at in range(0, len(rows), batch))

    def _draw(self, texts: list[str]) -> int:
        given = self.tokenizer(texts, return_tensors="pt", padding=True, add_special_tokens=False)
        given.pop("token_type_ids", None)
        with torch.inference_mode():
            drawn = self.model.generate(
                **given.to(self.device),
                do_sample=True,
                temperature=1.0,
                top_k=0,
                max_new_tokens=self.new_tokens,
            )
        new = drawn[:, given["input_ids"].shape[1] :].cpu()
        self.tokenizer.batch_decode(new, skip_special_tokens=True)
        ends = self.model.generation_config.eos_token_id
        stops = torch.isin(new, torch.tensor(ends if isinstance(ends, list) else [ends]))
        return int((stops.cumsum(1) - stops.int()).eq(0).sum())
