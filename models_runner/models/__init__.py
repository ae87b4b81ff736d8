"""Checkpoints, and the jobs that sample, train and compare them."""

from models_runner.models.checkpoints import Checkpoint, CheckpointFile
from models_runner.models.evaluations import Evaluation
from models_runner.models.generation import GenerationJob
from models_runner.models.training import TrainingMetric, TrainingRun

__all__ = [
    "Checkpoint",
    "CheckpointFile",
    "Evaluation",
    "GenerationJob",
    "TrainingMetric",
    "TrainingRun",
]
