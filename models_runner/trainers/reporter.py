"""The trainer's ear: writes the diary, marks whole saves, and turns a word to stop into a save and
a stop that all processes make at the same step."""

import math
import time
from pathlib import Path
from typing import Any

import torch
from torch import distributed
from transformers import TrainerCallback

from models_runner.trainers import processes, saves
from models_runner.trainers.errors import TrainingError

# The trainer's closing summary, which is not a measurement of a step.
SUMMARY = "train_runtime"
SAMPLE_TOKENS = 64


class Reporter(TrainerCallback):
    def __init__(self, run: Any) -> None:
        self.run = run
        self.tokens: float | None = None
        self.measured_at = time.monotonic()

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.run.events.step = state.global_step
        self.run.events.total_steps = state.max_steps
        self.run.events.write("train")
        self.run.stop.stepping = True
        self.measured_at = time.monotonic()

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.run.events.step_made(state.global_step)
        if self._anybody_stops():
            self.run.stop.requested = True
            control.should_save = True
            control.should_training_stop = True

    def _anybody_stops(self) -> bool:
        """Processes that train together must stop at the same step, or one waits for ever."""
        requested = bool(self.run.stop.requested)
        if not distributed.is_initialized():
            return requested
        flag = torch.tensor(int(requested))
        if distributed.get_backend() == "nccl":
            flag = flag.cuda()
        distributed.all_reduce(flag, distributed.ReduceOp.MAX)
        return bool(flag.item())

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        values = {k: float(v) for k, v in (logs or {}).items() if isinstance(v, int | float)}
        if SUMMARY in values:
            return
        if not math.isfinite(values.get("loss", 0.0)):
            raise TrainingError(
                f"The loss stopped being a number at step {state.global_step}: "
                "try a lower learning_rate."
            )
        self.run.events.write("log", values={**values, **self._speed(values)})

    def _speed(self, values: dict[str, float]) -> dict[str, float]:
        """Tokens a second since the last measurement; the first has none before it."""
        now, seen = time.monotonic(), values.get("num_tokens")
        before, since = self.tokens, self.measured_at
        self.tokens, self.measured_at = seen, now
        if seen is None or before is None or now <= since:
            return {}
        return {"tokens_per_second": (seen - before) / (now - since)}

    def on_save(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        if distributed.is_initialized():
            # Every process has written its part.
            distributed.barrier()
        if not processes.is_first():
            return
        saves.mark_whole(Path(args.output_dir) / f"{saves.PREFIX}{state.global_step}")
        self.run.events.write("saved")
        speaks = self.run.spec.method != "reward"
        if speaks and self.run.spec.prompts and not self.run.stop.requested:
            texts = _answers(more["model"], more["processing_class"], self.run.spec.prompts)
            self.run.events.write("samples", texts=texts)


def _answers(model: Any, tokenizer: Any, prompts: Any) -> list[str]:
    """The likeliest answer to each prompt, as the model stands now."""
    model = getattr(model, "module", model)
    was_training = model.training
    model.eval()
    texts = []
    for messages in prompts:
        text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        ids = tokenizer(text, add_special_tokens=False, return_tensors="pt").to(model.device)
        with torch.inference_mode():
            drawn = model.generate(
                **ids,
                max_new_tokens=SAMPLE_TOKENS,
                do_sample=False,
                eos_token_id=tokenizer.eos_token_id,
                pad_token_id=tokenizer.pad_token_id or tokenizer.eos_token_id,
            )
        new = drawn[0, ids["input_ids"].shape[1] :]
        texts.append(tokenizer.decode(new, skip_special_tokens=True))
    model.train(was_training)
    return texts
