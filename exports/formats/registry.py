"""Every format, listed by hand. Adding one takes its file and a line here."""

from exports.formats import preference, sft
from exports.formats.shape import Format

FORMATS: dict[str, Format] = {
    "sft": sft.FORMAT,
    "preference": preference.FORMAT,
}
"""The format of each kind of dataset version."""
