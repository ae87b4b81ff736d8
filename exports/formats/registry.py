"""Every format, listed by hand. Adding one takes its file and a line here."""

from exports.formats import (
    kto,
    labels,
    preference,
    prompt_completion,
    rankings,
    ratings,
    reward,
    sft,
    stepwise,
)
from exports.formats.shape import Format

FORMATS: dict[str, Format] = {
    each.config: each
    for each in (
        sft.FORMAT,
        prompt_completion.FORMAT,
        preference.FORMAT,
        reward.FORMAT,
        kto.FORMAT,
        stepwise.FORMAT,
        rankings.FORMAT,
        ratings.FORMAT,
        labels.FORMAT,
    )
}
"""The format of each kind of dataset version."""
