"""A checkpoint of real shapes whose parameters are chance: what it says is nonsense, what it costs
is real."""

from collections import deque
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from models_runner.trainers.new_tokenizer import CHAT_TEMPLATE, END, PADDING, START

LLAMA_1B: dict[str, Any] = {
    "vocab_size": 128_256,
    "hidden_size": 2048,
    "intermediate_size": 8192,
    "num_hidden_layers": 16,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "head_dim": 64,
    "max_position_embeddings": 131_072,
    "rope_parameters": {"rope_type": "default", "rope_theta": 500_000.0},
}
"""The shapes of Llama 3.2 1B: 1.24 billion parameters."""

TOY: dict[str, Any] = {
    **LLAMA_1B,
    "vocab_size": 2000,
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
}


def write_model(folder: Path, shape: dict[str, Any]) -> None:
    """Parameters in bfloat16, a tokenizer of as many tokens as the shape says, a chat template."""
    tokenizer = made_up_tokenizer(int(shape["vocab_size"]))
    config = LlamaConfig(
        **shape,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    torch.manual_seed(1)
    with torch.device("cuda" if torch.cuda.is_available() else "cpu"):
        model = LlamaForCausalLM(config).to(torch.bfloat16)
    model.generation_config = GenerationConfig(
        eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id
    )
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def made_up_tokenizer(size: int) -> PreTrainedTokenizerFast:
    """Byte-level BPE whose longer tokens are every string of letters, shortest first."""
    words = [PADDING, START, END, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    merges: list[tuple[str, str]] = []
    roots = deque(ascii_lowercase)
    while len(words) < size:
        root = roots.popleft()
        for letter in ascii_lowercase[: size - len(words)]:
            merges.append((root, letter))
            words.append(root + letter)
            roots.append(root + letter)
    bpe = Tokenizer(models.BPE(vocab={word: at for at, word in enumerate(words)}, merges=merges))
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    bpe.add_special_tokens([AddedToken(each, special=True) for each in (PADDING, START, END)])
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        eos_token=END,
        pad_token=PADDING,
        clean_up_tokenization_spaces=False,
    )
    tokenizer.chat_template = CHAT_TEMPLATE
    return tokenizer
