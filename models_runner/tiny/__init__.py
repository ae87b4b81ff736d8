"""A toy checkpoint that the project trains from nothing, so that the loop runs without a download."""

from models_runner.tiny.inputs import inputs_hash

__all__ = ["inputs_hash"]
