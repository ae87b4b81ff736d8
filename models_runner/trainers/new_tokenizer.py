"""A byte-level BPE tokenizer learned from documents, with a ChatML template.

Knows nothing of the model that will read its tokens.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

START, END, PADDING = "<|im_start|>", "<|im_end|>", "<|endoftext|>"

# The end mark is inside the generation block: it is part of what the assistant says, and a model
# that is not trained on it never learns to stop.
CHAT_TEMPLATE = (
    "{%- for message in messages -%}"
    "{{- ('' if loop.first else '\\n') + '<|im_start|>' + message['role'] + '\\n' -}}"
    "{%- if message['role'] == 'assistant' -%}"
    "{%- generation -%}{{- message['content'] + '<|im_end|>' -}}{%- endgeneration -%}"
    "{%- else -%}"
    "{{- message['content'] + '<|im_end|>' -}}"
    "{%- endif -%}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{- '\\n<|im_start|>assistant\\n' -}}{%- endif -%}"
)


def rendered(messages: Sequence[dict[str, str]]) -> str:
    """What the template makes of messages, without Jinja's cost."""
    return "\n".join(f"{START}{each['role']}\n{each['content']}{END}" for each in messages)


def learn_tokenizer(texts: Iterable[str], vocabulary: int, context: int) -> PreTrainedTokenizerFast:
    """At most `vocabulary` tokens; any text goes in and comes out again unchanged."""
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[PADDING, START, END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator(texts, trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        eos_token=END,
        pad_token=PADDING,
        model_max_length=context,
        clean_up_tokenization_spaces=False,
    )
    tokenizer.chat_template = CHAT_TEMPLATE
    return tokenizer


def save_tokenizer(tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    """For transformers 5 and 4: the older one knows the class by this name, and looks for the
    template in `tokenizer_config.json` alone."""
    tokenizer.save_pretrained(folder)
    path = folder / "tokenizer_config.json"
    told = json.loads(path.read_text())
    told |= {"tokenizer_class": "PreTrainedTokenizerFast", "chat_template": tokenizer.chat_template}
    path.write_text(json.dumps(told, indent=2, sort_keys=True) + "\n")
