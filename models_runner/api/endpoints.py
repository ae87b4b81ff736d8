"""Registering somebody's server as a checkpoint, and changing its key. Keys go in and never out."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.access import project_for
from labeling.api.fields import StrictSerializer, Text, person, read
from labeling.api.scopes import NO_TOKENS
from labeling.errors import NotFound
from labeling.kinds import Role
from models_runner.access import row_for
from models_runner.actions.endpoints import register_endpoint, set_key
from models_runner.api.checkpoints import describe
from models_runner.models import Checkpoint


class NewEndpoint(StrictSerializer):
    name = Text(max_length=200)
    url = Text(max_length=2000)
    model = Text(max_length=200)
    key = Text(max_length=2000, required=False, allow_blank=True)


class Key(StrictSerializer):
    key = Text(max_length=2000, allow_blank=True)


class EndpointsView(APIView):
    token_scopes = NO_TOKENS

    @extend_schema(request=NewEndpoint, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, slug: str) -> Response:
        project = project_for(person(request), slug, Role.ENGINEER)
        given = read(NewEndpoint, request)
        return Response(describe(register_endpoint(project=project, **given)), status=201)


class EndpointKeyView(APIView):
    token_scopes = NO_TOKENS

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, pk: int) -> Response:
        return Response({"set": hasattr(_checkpoint(request, pk), "endpoint_key")})

    @extend_schema(request=Key, responses=OpenApiTypes.OBJECT)
    def put(self, request: Request, pk: int) -> Response:
        given = read(Key, request)
        set_key(checkpoint=_checkpoint(request, pk), key=given["key"])
        return Response({"set": bool(given["key"])})


def _checkpoint(request: Request, pk: int) -> Checkpoint:
    if Checkpoint.objects.filter(pk=pk, project=None).exists():
        raise NotFound
    return row_for(person(request), Checkpoint.objects.all(), pk, Role.ENGINEER)
