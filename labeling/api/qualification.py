"""Writing the test of a project over HTTP."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.actions.qualification import put_in_test
from labeling.api.fields import StrictSerializer, person, read


class TestTask(StrictSerializer):
    expected = serializers.DictField()


class TestTaskView(APIView):
    @extend_schema(request=TestTask, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, pk: int) -> Response:
        """Put a task that nobody has had into the test: `{"expected": {"ranks": [1, 2, 2],
        "ratings": {"0": {"helpfulness": 4}}, "why": "…"}}`, by stored position from 0."""
        given = read(TestTask, request)
        task = put_in_test(manager=person(request), task_id=pk, expected=given["expected"])
        return Response({"id": task.pk, "pool": task.pool, "expected": task.expected})
