"""Training methods, run as `python -m models_runner.trainers RUN_DIR` in a process of their own."""
