"""How every kind of job is shown."""

from typing import Any

from labeling.actions.jobs import waiting_words
from labeling.models import Job


def job_fields(job: Job, unit: str = "rows") -> dict[str, Any]:
    """The fields that every job has, `waiting` in words when no worker takes it."""
    return {
        "state": job.state,
        "attempt": job.attempt,
        "progress": {
            "done": job.progress_done,
            "total": job.progress_total,
            "unit": unit,
        },
        "error": job.error or None,
        "error_code": job.error_code or None,
        "waiting": waiting_words(job),
        "cancel_requested": job.cancel_requested,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
    }
