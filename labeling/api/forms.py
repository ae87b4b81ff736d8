"""A project's label form over HTTP, and the ready-made ones."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.access import project_for
from labeling.actions.projects import current_form, publish_form
from labeling.api.fields import StrictSerializer, Text, person, read
from labeling.form_templates import form_templates, template_form
from labeling.forms import usual_form
from labeling.kinds import Role
from labeling.models.projects import usual_plan


class NewForm(StrictSerializer):
    """A form, or the name of a template that has one."""

    form = serializers.DictField(required=False)
    template = Text(required=False, max_length=80)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if ("form" in given) == ("template" in given):
            raise serializers.ValidationError({"form": "Send a form or the name of a template."})
        return given


def form_of(given: dict[str, Any]) -> Any:
    """The form that a body brings, itself or by a template's name; None when it brings none."""
    return template_form(given["template"]) if "template" in given else given.get("form")


class FormView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        """The newest form: `{"version", "body"}`."""
        form = current_form(project_for(person(request), slug))
        return Response({"version": form.version, "body": form.body})

    @extend_schema(request=NewForm, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, slug: str) -> Response:
        """Publish the next version: `{"form": {…}}`, whose parts may be left out, or
        `{"template": "helpsteer"}`."""
        who = person(request)
        project = project_for(who, slug, Role.MANAGER)
        form = publish_form(project=project, by=who, body=form_of(read(NewForm, request)))
        return Response({"version": form.version, "body": form.body}, status=201)


class FormTemplatesView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """The ready-made forms, each with its paper and the kind of task to open with it:
        `{"results": [{"id", "name", "paper", "arxiv", "about", "kind", "per_task", "form"}]}`; and
        `usual`, the form and the plan of a project that nobody has set up."""
        usual = {"form": usual_form(), "plan": usual_plan()}
        templates = list(form_templates().values())
        return Response({"results": templates, "next": None, "usual": usual})
