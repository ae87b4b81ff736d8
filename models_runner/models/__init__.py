"""Checkpoints, and the jobs that sample, train and compare them."""

from models_runner.models.arena import Battle
from models_runner.models.checkpoints import Checkpoint, CheckpointFile, EndpointKey
from models_runner.models.evaluations import Evaluation
from models_runner.models.generation import GenerationJob, GenerationPart
from models_runner.models.measurements import Measurement
from models_runner.models.rounds import Round, RoundRule
from models_runner.models.training import TrainingMetric, TrainingRun, TrainingSamples

__all__ = [
    "Battle",
    "Checkpoint",
    "CheckpointFile",
    "EndpointKey",
    "Evaluation",
    "GenerationJob",
    "GenerationPart",
    "Measurement",
    "Round",
    "RoundRule",
    "TrainingMetric",
    "TrainingRun",
    "TrainingSamples",
]
