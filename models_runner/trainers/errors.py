"""What can go wrong in a training run, said so that people understand it. Knows nothing else."""


class TrainingError(Exception):
    """Training cannot go on; the message is one plain sentence for people."""


class ArgumentError(ValueError):
    """An argument of a training run is wrong; `field` names it."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        self.message = message
        super().__init__(message)
