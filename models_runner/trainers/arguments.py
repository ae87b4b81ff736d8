"""The arguments of each training method.

Imports no torch: the web process shows this table and checks requests against it. The defaults
suit the tiny checkpoint; the help says what suits greater ones.
"""

from collections.abc import Mapping
from typing import Any

from models_runner.trainers.argument import Argument, positive, share, whole
from models_runner.trainers.errors import ArgumentError

ADAPTERS = whole(
    "lora_rank",
    0,
    "0 trains every parameter. Above 0 trains adapters of this rank (LoRA) in far less memory and "
    "merges them into the base at the end; 8 to 64 are usual, with a learning_rate ten times as "
    "high.",
    0,
    1024,
)


def _common(*, learning_rate: float, epochs: int, batch_size: int) -> tuple[Argument, ...]:
    return (
        positive(
            "learning_rate",
            learning_rate,
            "How far each step moves the parameters. The default suits the tiny checkpoint; "
            "use about 0.00001 for checkpoints of a billion parameters and more.",
            1,
        ),
        whole("epochs", epochs, "How often each row is seen.", 1, 100),
        whole("batch_size", batch_size, "Rows that each process holds in memory at once.", 1, 1024),
        whole(
            "accumulation",
            1,
            "Batches summed before a step: more of them act as a greater batch in less memory.",
            1,
            1024,
        ),
        whole(
            "max_length",
            512,
            "Tokens kept of a row; what is longer is cut at the end, or left out by reward.",
            16,
            131_072,
        ),
        share(
            "warmup_share",
            0.1,
            "Share of the steps over which the learning rate rises from 0.",
            0.9,
        ),
        share("weight_decay", 0.0, "How strongly parameters are drawn towards 0."),
        whole(
            "max_steps",
            0,
            "Stop after so many steps, whatever the epochs say; 0 leaves it to the epochs.",
            0,
            10_000_000,
        ),
        whole(
            "save_steps",
            25,
            "Steps between saves; after a crash the run goes on from the last one.",
            1,
            1_000_000,
        ),
        whole("log_steps", 2, "Steps between measurements.", 1, 10_000),
        whole(
            "processes",
            1,
            "Processes that train together, one for each GPU; together they take batch_size rows "
            "each a step.",
            1,
            1024,
        ),
    )


REWARD = (
    share(
        "center",
        0.01,
        "How strongly rewards are drawn towards a mean of 0, so that they can be read apart.",
    ),
)
DPO = (
    positive(
        "beta",
        0.5,
        "How strongly the checkpoint is held near its base; lower lets it move further.",
        10,
    ),
)
KTO = (
    positive(
        "beta",
        0.1,
        "How strongly the checkpoint is held near its base; lower lets it move further.",
        10,
    ),
    positive("chosen_weight", 1.0, "How much a liked response counts.", 100),
    positive("rejected_weight", 1.0, "How much a disliked response counts.", 100),
)
PRETRAIN = (
    whole(
        "vocabulary",
        1600,
        "Tokens of the new tokenizer; 32,000 to 128,000 are usual.",
        300,
        500_000,
    ),
    whole("width", 128, "Numbers that stand for a token between layers.", 16, 16_384),
    whole("layers", 3, "How often these numbers are worked over.", 1, 128),
    whole(
        "heads", 4, "Parts that each layer's attention has; width must be a multiple of it.", 1, 128
    ),
    whole("inner", 296, "Width inside a layer's feed-forward part.", 16, 131_072),
    whole(
        "context", 1024, "The longest text in tokens that the checkpoint will take.", 64, 131_072
    ),
    positive(
        "spread",
        0.06,
        "Spread of the parameters at the start; 0.02 is usual, small checkpoints learn sooner "
        "with more.",
        1,
    ),
)

ARGUMENTS: dict[str, tuple[Argument, ...]] = {
    "sft": (*_common(learning_rate=7e-4, epochs=5, batch_size=8), ADAPTERS),
    # One epoch: a second one overfits (Ouyang et al. 2022, arXiv 2203.02155, appendix C.2).
    "reward": (*_common(learning_rate=1e-3, epochs=1, batch_size=16), ADAPTERS, *REWARD),
    "dpo": (*_common(learning_rate=2e-4, epochs=1, batch_size=16), ADAPTERS, *DPO),
    "kto": (*_common(learning_rate=1e-4, epochs=2, batch_size=16), ADAPTERS, *KTO),
    "pretrain": (*_common(learning_rate=4e-3, epochs=2, batch_size=32), *PRETRAIN),
}


def validate(method: str, given: Mapping[str, object]) -> dict[str, int | float]:
    """Every argument of the method: those given, checked, and defaults for the rest."""
    if method not in ARGUMENTS:
        known = ", ".join(ARGUMENTS)
        raise ArgumentError("method", f"unknown method {method}; there are {known}.")
    table = {argument.name: argument for argument in ARGUMENTS[method]}
    for name in given:
        if name not in table:
            raise ArgumentError(name, f"unknown argument {name}")
    checked = {
        name: argument.check(given.get(name, argument.default)) for name, argument in table.items()
    }
    _check_together(method, checked)
    return checked


def _check_together(method: str, checked: Mapping[str, int | float]) -> None:
    if method == "kto" and checked["batch_size"] < 2:
        raise ArgumentError("batch_size", "batch_size must be at least 2 for kto.")
    if method == "pretrain" and checked["width"] % checked["heads"]:
        raise ArgumentError("heads", "heads must divide width.")
    if method == "pretrain" and checked["max_length"] > checked["context"]:
        raise ArgumentError("max_length", "max_length must be at most context.")


def describe() -> dict[str, dict[str, list[dict[str, Any]]]]:
    """All methods with their arguments, for people and programs."""
    return {
        method: {"arguments": [argument.described() for argument in arguments]}
        for method, arguments in ARGUMENTS.items()
    }
