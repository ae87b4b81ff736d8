"""A toy checkpoint, trained from nothing, so that the whole loop runs without a download."""

from models_runner.tiny.inputs import inputs_hash

__all__ = ["inputs_hash"]
