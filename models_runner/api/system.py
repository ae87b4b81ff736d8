"""Which workers live, and what waits for one."""

import shutil
from collections import Counter
from typing import Any

from django.conf import settings
from django.db import connection
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.actions.jobs import job_models
from labeling.api.fields import person
from labeling.kinds import JobState
from labeling.models import Worker
from models_runner.access import require_running_role


def describe_worker(worker: Worker) -> dict[str, Any]:
    return {
        "name": worker.name,
        "kinds": worker.queues,
        "seen_at": worker.seen_at,
        "alive": worker.is_alive,
        "device": worker.device,
    }


def queued() -> dict[str, int]:
    """How many jobs wait in each queue."""
    counts: Counter[str] = Counter()
    for model in job_models():
        counts[model.queue] += model._default_manager.filter(state=JobState.QUEUED).count()
    return dict(counts)


def storage() -> dict[str, Any]:
    """Bytes of the disk that holds the data folder, and which database there is."""
    disk = shutil.disk_usage(settings.DATA)
    return {"free": disk.free, "total": disk.total, "database": connection.vendor}


class SystemView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        require_running_role(person(request))
        workers = Worker.objects.order_by("name")
        return Response(
            {
                "version": settings.VERSION,
                "workers": [describe_worker(worker) for worker in workers],
                "queued": queued(),
                "storage": storage(),
            }
        )
