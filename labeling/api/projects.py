"""Projects and the people in them."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.access import project_for, roles_in, visible_projects
from labeling.actions.people import invite_member, remove_member
from labeling.actions.projects import change_project, create_project, current_guidelines
from labeling.api.fields import StrictInteger, StrictSerializer, Text, person, read
from labeling.errors import NotFound, RoleMissing
from labeling.kinds import LabelState, ProjectState, ReviewRule, Role, SlotState
from labeling.models import Label, Membership, Person, Project, Prompt, Slot
from labeling.models import Response as PromptResponse

GUIDELINES = 100_000


class NewProject(StrictSerializer):
    name = Text(max_length=200, trim_whitespace=True)
    guidelines = Text(required=False, allow_blank=True, max_length=GUIDELINES)
    review = serializers.ChoiceField(choices=ReviewRule.choices, required=False)
    test_share = serializers.FloatField(min_value=0, max_value=0.9, required=False)


class ProjectChanges(StrictSerializer):
    name = Text(max_length=200, required=False, trim_whitespace=True)
    state = serializers.ChoiceField(choices=ProjectState.choices, required=False)
    review = serializers.ChoiceField(choices=ReviewRule.choices, required=False)
    lease_minutes = StrictInteger(min_value=1, max_value=1440, required=False)
    max_characters = StrictInteger(min_value=1, max_value=200_000, required=False)
    allow_ties = serializers.BooleanField(required=False)
    guidelines = Text(required=False, allow_blank=True, max_length=GUIDELINES)


class NewMember(StrictSerializer):
    email = serializers.EmailField()
    name = Text(max_length=200, trim_whitespace=True)
    role = serializers.ChoiceField(choices=Role.choices)


def describe(project: Project, who: Person) -> dict[str, Any]:
    guidelines = current_guidelines(project)
    return {
        "slug": project.slug,
        "name": project.name,
        "state": project.state,
        "review": project.review,
        "lease_minutes": project.lease_minutes,
        "max_characters": project.max_characters,
        "allow_ties": project.allow_ties,
        "test_share": project.test_share,
        "guidelines": {"version": guidelines.version, "text": guidelines.text},
        "roles": roles_in(who, project),
        "counts": counts_of(project),
        "progress": progress_of(project),
        "created_at": project.created_at,
    }


def counts_of(project: Project) -> dict[str, int]:
    """How much there is of everything in a project."""
    slots = Slot.objects.filter(project=project)
    labels = Label.objects.filter(project=project).exclude(state=LabelState.SUPERSEDED)
    return {
        "prompts": Prompt.objects.filter(project=project).count(),
        "responses": PromptResponse.objects.filter(prompt__project=project).count(),
        "tasks_open": slots.exclude(state=SlotState.DONE).count(),
        "tasks_done": slots.filter(state=SlotState.DONE).count(),
        "labels": labels.count(),
        "labels_to_review": labels.filter(state=LabelState.SUBMITTED).count(),
    }


def progress_of(project: Project) -> list[dict[str, Any]]:
    """Labels given and planned, by kind of task."""
    rows = (
        Slot.objects.filter(project=project)
        .values_list("task__kind")
        .annotate(planned=Count("pk"), done=Count("pk", filter=Q(state=SlotState.DONE)))
        .order_by("task__kind")
    )
    return [{"kind": kind, "done": done, "planned": planned} for kind, planned, done in rows]


def may_create(who: Person) -> bool:
    runs_one = Membership.objects.filter(person=who, role=Role.MANAGER)
    return who.is_superuser or runs_one.exists()


class ProjectsView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        who = person(request)
        projects = visible_projects(who).order_by("name")
        return Response({"results": [describe(each, who) for each in projects], "next": None})

    @extend_schema(request=NewProject, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request) -> Response:
        who = person(request)
        if not may_create(who):
            raise RoleMissing(Role.MANAGER)
        project = create_project(creator=who, **read(NewProject, request))
        return Response(describe(project, who), status=201)


class ProjectView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        who = person(request)
        return Response(describe(project_for(who, slug), who))

    @extend_schema(request=ProjectChanges, responses=OpenApiTypes.OBJECT)
    def patch(self, request: Request, slug: str) -> Response:
        who = person(request)
        project = project_for(who, slug, Role.MANAGER)
        changed = change_project(project=project, by=who, changes=read(ProjectChanges, request))
        return Response(describe(changed, who))


def sign_in_address(request: HttpRequest, secret: str | None) -> str | None:
    return None if secret is None else request.build_absolute_uri(f"/sign-in/{secret}")


class MembersView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        project = project_for(person(request), slug, Role.MANAGER)
        members = Membership.objects.filter(project=project).select_related("person")
        people: dict[int, dict[str, Any]] = {}
        for each in members.order_by("person__name", "role"):
            who = each.person
            entry = people.setdefault(
                who.pk,
                {"person": {"id": who.pk, "name": who.name, "email": who.email}, "roles": []},
            )
            entry["roles"].append(each.role)
        return Response({"results": list(people.values()), "next": None})

    @extend_schema(request=NewMember, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, slug: str) -> Response:
        project = project_for(person(request), slug, Role.MANAGER)
        membership, secret = invite_member(project=project, **read(NewMember, request))
        who = membership.person
        body = {
            "person": {"id": who.pk, "name": who.name, "email": who.email},
            "role": membership.role,
            "sign_in": sign_in_address(request._request, secret),
        }
        return Response(body, status=201)


class MemberView(APIView):
    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, slug: str, person_id: int, role: str) -> Response:
        project = project_for(person(request), slug, Role.MANAGER)
        if role not in Role.values:
            raise NotFound
        remove_member(project=project, person_id=person_id, role=Role(role))
        return Response(status=204)
