"""What every method shares: load the base, step with a diary, stop and go on, publish.

Knows no method; each has its own file.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from peft import LoraConfig, PeftModel
from transformers import (
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    set_seed,
)
from transformers.utils.logging import disable_progress_bar

from models_runner.trainers import processes, saves
from models_runner.trainers.errors import TrainingError
from models_runner.trainers.events import EventLog
from models_runner.trainers.lifetime import StopSignal
from models_runner.trainers.publish import publish
from models_runner.trainers.reporter import Reporter
from models_runner.trainers.rows import Row
from models_runner.trainers.spec import Spec

__all__ = ["Outcome", "Reporter", "Run", "adapters", "common_options", "finish", "load_base"]

Outcome = Literal["done", "cancelled"]


@dataclass(frozen=True)
class Run:
    """Everything a method needs."""

    spec: Spec
    rows: list[Row]
    events: EventLog
    stop: StopSignal


def load_base(spec: Spec, *, scores: bool = False) -> tuple[Any, Any]:
    """The base's model and tokenizer, with one number for output in place of words if it `scores`.
    Training is in 32 bits, whatever the base is kept in."""
    disable_progress_bar()
    options: dict[str, Any] = {"trust_remote_code": False, "local_files_only": True}
    kind = AutoModelForSequenceClassification if scores else AutoModelForCausalLM
    # The new output starts by chance.
    set_seed(spec.seed)
    try:
        tokenizer = AutoTokenizer.from_pretrained(spec.base, **options)
        model = kind.from_pretrained(
            spec.base,
            dtype=torch.float32,
            use_safetensors=True,
            **({"num_labels": 1} if scores else {}),
            **options,
        )
    except (OSError, ValueError) as error:
        raise TrainingError(f"The base checkpoint cannot be loaded: {error}") from error
    return model, tokenizer


def adapters(spec: Spec, *, task: str = "CAUSAL_LM", kept: Sequence[str] = ()) -> LoraConfig | None:
    """LoRA on every linear layer (Hu et al. 2021, arXiv 2106.09685), or None to train all
    parameters. `kept` are new parts that are trained whole."""
    rank = int(spec.arguments["lora_rank"])
    if not rank:
        return None
    return LoraConfig(
        r=rank,
        lora_alpha=2 * rank,
        target_modules="all-linear",
        task_type=task,
        modules_to_save=list(kept) or None,
    )


def common_options(spec: Spec) -> dict[str, Any]:
    """Settings of the trainer that do not depend on the method."""
    given, cuda = spec.arguments, torch.cuda.is_available()
    return {
        "output_dir": str(spec.saves_dir),
        "seed": spec.seed,
        "data_seed": spec.seed,
        "learning_rate": given["learning_rate"],
        "num_train_epochs": given["epochs"],
        "max_steps": given["max_steps"] or -1,
        "per_device_train_batch_size": given["batch_size"],
        "gradient_accumulation_steps": given["accumulation"],
        "max_length": given["max_length"],
        "warmup_steps": given["warmup_share"],
        "weight_decay": given["weight_decay"],
        "save_strategy": "steps",
        "save_steps": given["save_steps"],
        # The older save may go only once the newer one is marked whole, hence two.
        "save_total_limit": 2,
        "logging_steps": given["log_steps"],
        "logging_first_step": True,
        "logging_nan_inf_filter": False,
        "report_to": "none",
        "disable_tqdm": True,
        "use_cpu": not cuda,
        "ddp_backend": None if cuda or spec.processes == 1 else "gloo",
        "bf16": cuda,
        "fp16": False,
        "gradient_checkpointing": cuda,
        "dataloader_pin_memory": cuda,
    }


def finish(
    run: Run,
    trainer: Any,
    *,
    given: int | None = None,
    texts: Path | None = None,
    measure: Callable[[Any], Mapping[str, float]] | None = None,
) -> Outcome:
    """Step to the end, from the last whole save if there is one, and publish. `given` is how many
    rows the trainer was handed, `texts` where the tokenizer lies if not in the base; what
    `measure` finds out about the trained model is published with it."""
    _refuse_too_long(run, given or len(run.rows), len(trainer.train_dataset))
    with trainer.accelerator.main_process_first():
        save = saves.last_whole(run.spec.saves_dir)
    trainer.train(resume_from_checkpoint=str(save) if save else None)
    if run.stop.requested and trainer.state.global_step < trainer.state.max_steps:
        return "cancelled"
    run.stop.ignore()
    if processes.is_first():
        model = merged(trainer.accelerator.unwrap_model(trainer.model))
        found = measure(model) if measure else {}
        publish(run.spec, model, texts=texts or run.spec.base, found=found)
    return "done"


def merged(model: Any) -> Any:
    """The model with its adapters worked into its parameters, so that a checkpoint stands alone."""
    return model.merge_and_unload() if isinstance(model, PeftModel) else model


def _refuse_too_long(run: Run, given: int, kept: int) -> None:
    """The trainer drops rows whose prompt alone fills max_length, and of a reward model's every row
    that is longer, since a cut answer is another one; people should know."""
    if not kept:
        what = "row" if run.spec.method == "reward" else "prompt alone"
        raise TrainingError(f"No row fits: every {what} is longer than max_length.")
    if left_out := given - kept:
        run.events.write(
            "loading",
            message=f"{left_out} of {given} rows are left out: longer than max_length.",
        )
