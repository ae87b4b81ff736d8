"""Pretraining: from documents alone to a base checkpoint, tokenizer included.

Every token of every document counts, whoever speaks in it. One document in fifty is held out, and
tells in bits per byte how well the checkpoint foretells text of the kind it was trained on.
"""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import torch
from datasets import Dataset
from transformers import (
    GenerationConfig,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    set_seed,
)
from transformers.utils.logging import disable_progress_bar
from trl import SFTConfig, SFTTrainer

from models_runner.trainers import processes
from models_runner.trainers.compression import bits_per_byte, sizes
from models_runner.trainers.errors import TrainingError
from models_runner.trainers.loop import Outcome, Reporter, Run, common_options, finish
from models_runner.trainers.new_tokenizer import learn_tokenizer, rendered, save_tokenizer

HELD_OUT_OF, MOST_HELD_OUT = 50, 500
BATCHES_SORTED = 8
Numbers = dict[str, int | float]


def train(run: Run) -> Outcome:
    disable_progress_bar()
    given = run.spec.arguments
    documents = [rendered(row["messages"]) for row in run.rows]
    kept, held_out = _divided(documents)
    tokenizer = learn_tokenizer(kept, int(given["vocabulary"]), int(given["context"]))
    model = new_model(given, tokenizer, run.spec.seed)
    texts = _write_texts(run.spec.run_dir / "texts", tokenizer)
    pieces = list(_pieces(kept, tokenizer, int(given["max_length"])))
    order = _order([len(piece) for piece in pieces], given, run.spec.seed)
    trainer = SFTTrainer(
        model=model,
        args=SFTConfig(**_options(run)),
        train_dataset=Dataset.from_dict({"input_ids": pieces, "labels": pieces}).select(order),
        processing_class=tokenizer,
        callbacks=[Reporter(run)],
    )
    return finish(
        run,
        trainer,
        given=len(order),
        texts=texts,
        measure=lambda model: _measure(model, tokenizer, kept, held_out),
    )


def _divided(documents: list[str]) -> tuple[list[str], list[str]]:
    """Documents to train on, and those held out: every fiftieth, at least one."""
    if len(documents) < 2:
        raise TrainingError("Pretraining needs at least 2 documents: one is held out.")
    step = min(HELD_OUT_OF, len(documents))
    held_out = documents[step - 1 :: step][:MOST_HELD_OUT]
    gone = {step - 1 + step * number for number in range(len(held_out))}
    return [text for place, text in enumerate(documents) if place not in gone], held_out


def new_model(given: Numbers, tokenizer: PreTrainedTokenizerFast, seed: int) -> LlamaForCausalLM:
    """A Llama-shaped model that knows nothing yet."""
    set_seed(seed)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=given["width"],
        intermediate_size=given["inner"],
        num_hidden_layers=given["layers"],
        num_attention_heads=given["heads"],
        num_key_value_heads=given["heads"],
        max_position_embeddings=given["context"],
        tie_word_embeddings=True,
        initializer_range=given["spread"],
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return LlamaForCausalLM(config)


def _write_texts(folder: Path, tokenizer: PreTrainedTokenizerFast) -> Path:
    """Everything of the checkpoint to be that is not a parameter."""
    if processes.is_first():
        save_tokenizer(tokenizer, folder)
        GenerationConfig(
            eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id
        ).save_pretrained(folder)
    return folder


def _pieces(
    documents: Sequence[str], tokenizer: PreTrainedTokenizerFast, longest: int
) -> Iterator[list[int]]:
    """The tokens of each document; a long one is cut into pieces and none is lost."""
    for start in range(0, len(documents), 1000):
        for tokens in tokenizer(list(documents[start : start + 1000]))["input_ids"]:
            for begin in range(0, len(tokens), longest):
                yield tokens[begin : begin + longest]


def _order(lengths: Sequence[int], given: Numbers, seed: int) -> list[int]:
    """Places of the pieces for all epochs. Those of like length share a batch, so that little is
    padding, but short and long batches follow each other by chance: sorted runs of them, as the
    trainer's own grouping has, teach the tiny checkpoint far less in the same steps."""
    rng, rows = Random(seed), int(given["batch_size"])
    order: list[int] = []
    for _ in range(int(given["epochs"])):
        places = list(range(len(lengths)))
        rng.shuffle(places)
        for start in range(0, len(places), rows * BATCHES_SORTED):
            near = sorted(places[start : start + rows * BATCHES_SORTED], key=lengths.__getitem__)
            batches = [near[begin : begin + rows] for begin in range(0, len(near), rows)]
            rng.shuffle(batches)
            order += [place for batch in batches for place in batch]
    return order


def _options(run: Run) -> dict[str, Any]:
    return {
        **common_options(run.spec),
        "lr_scheduler_type": "linear",
        "adam_beta2": 0.98,
        "num_train_epochs": 1,
        "train_sampling_strategy": "sequential",
        "dataset_kwargs": {"skip_prepare_dataset": True},
        "packing": False,
    }


def _measure(
    model: Any, tokenizer: PreTrainedTokenizerFast, kept: Sequence[str], held_out: Sequence[str]
) -> dict[str, float]:
    """Bits per byte of the documents held out, and sizes beside those of zip."""
    longest = int(model.config.max_position_embeddings)
    pieces = list(_pieces(held_out, tokenizer, longest))
    spoken = sum(len(text.encode()) for text in held_out)
    # The first token of a piece has nothing before it that could foretell it.
    nats = _nats(model, pieces) + len(pieces) * math.log(len(tokenizer))
    parameter_bytes = model.num_parameters() * model.dtype.itemsize
    return {
        "bits_per_byte": bits_per_byte(nats, spoken),
        "held_out_documents": len(held_out),
        **sizes(kept, parameter_bytes),
    }


def _nats(model: Any, pieces: Sequence[Sequence[int]]) -> float:
    """What the tokens after the first of each piece cost in all."""
    model.eval()
    total = 0.0
    with torch.inference_mode():
        for piece in pieces:
            if len(piece) > 1:
                ids = torch.tensor([piece], device=model.device)
                total += float(model(input_ids=ids, labels=ids).loss) * (len(piece) - 1)
    return total
