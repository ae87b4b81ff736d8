"""Browsing prompts."""

from typing import Any

from django.db.models import Count
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.access import RUNNING_ROLES, project_for, require
from labeling.api.excerpts import Screen, excerpt
from labeling.api.fields import person
from labeling.api.pages import choice, page
from labeling.errors import NotFound
from labeling.kinds import Role, Split
from labeling.models import Prompt
from labeling.models import Response as PromptResponse
from labeling.searching import Said


def describe_briefly(prompt: Any) -> dict[str, Any]:
    return {
        "id": prompt.pk,
        "external_id": prompt.external_id,
        "split": prompt.split,
        "responses": prompt.response_count,
        "excerpt": excerpt(prompt.messages),
    }


def describe_prompt(prompt: Any) -> dict[str, Any]:
    return {**describe_briefly(prompt), "messages": prompt.messages}


class PromptsView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        """With `?brief=1` without their messages, which may be long."""
        project = project_for(person(request), slug, *RUNNING_ROLES, Role.REVIEWER)
        prompts = Prompt.objects.filter(project=project)
        if split := choice(request, "split", Split.values):
            prompts = prompts.filter(split=split)
        if text := request.query_params.get("text", ""):
            prompts = prompts.filter(Said("messages", text))
        counted = prompts.annotate(response_count=Count("responses"))
        brief = "brief" in request.query_params
        return Response(page(request, counted, describe_briefly if brief else describe_prompt))


class PromptView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, pk: int) -> Response:
        """What is too long for a screen is cut, and `too_large` says so; not with `?whole=1`."""
        screen = Screen(whole="whole" in request.query_params)
        prompt = Prompt.objects.select_related("project").filter(pk=pk).first()
        if prompt is None:
            raise NotFound
        require(person(request), prompt.project, *RUNNING_ROLES)
        responses = PromptResponse.objects.filter(prompt=prompt).order_by("author", "index", "pk")
        return Response(
            {
                "id": prompt.pk,
                "external_id": prompt.external_id,
                "messages": screen.messages(prompt.messages),
                "metadata": prompt.metadata,
                "split": prompt.split,
                "responses": [
                    {
                        "id": each.pk,
                        "author": each.author,
                        "content": screen.text(each.content),
                        "index": each.index,
                        "created_at": each.created_at,
                    }
                    for each in responses
                ],
                "too_large": screen.too_large(),
            }
        )
