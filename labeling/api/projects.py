"""Projects and the people in them."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.access import (
    RUNNING_ROLES,
    WORKING_ROLES,
    acting_roles,
    project_for,
    roles_in,
    visible_projects,
)
from labeling.actions.invitations import invite
from labeling.actions.people import limit_member, remove_member
from labeling.actions.projects import (
    change_project,
    create_project,
    current_form,
    current_guidelines,
)
from labeling.actions.tasks import FEWEST
from labeling.api.fields import Ability, StrictInteger, StrictSerializer, Text, person, read
from labeling.api.forms import form_of
from labeling.api.invitations import invitation_address
from labeling.api.paces import Paces
from labeling.api.scopes import NO_TOKENS
from labeling.counting import counts_of
from labeling.errors import NotFound, RoleMissing
from labeling.kinds import JobState, ProjectState, ReviewRule, Role, TaskKind
from labeling.models import Membership, Person, Project, QualityReport

GUIDELINES = 100_000
STATES = [ProjectState.ACTIVE, ProjectState.PAUSED, ProjectState.ARCHIVED]


class Qualification(StrictSerializer):
    """The test that labelers pass first: how many tasks, and the share of right judgements."""

    tasks = StrictInteger(min_value=1, max_value=100)
    pass_share = serializers.FloatField(min_value=0, max_value=1)


class Plan(StrictSerializer):
    kind = serializers.ChoiceField(choices=TaskKind.choices)
    per_task = StrictInteger(min_value=1, max_value=9)
    overlap = StrictInteger(min_value=1, max_value=100)
    overlap_share = serializers.FloatField(min_value=0, max_value=1)
    needs = serializers.ListField(child=Ability(), max_length=10)
    samples = StrictInteger(min_value=1, max_value=64)
    temperature = serializers.FloatField(min_value=0, max_value=5)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if given["kind"] == TaskKind.RANK and given["per_task"] < FEWEST:
            detail = f"A ranking needs {FEWEST} responses or more."
            raise serializers.ValidationError({"per_task": detail})
        return given


class SetUp(StrictSerializer):
    """What the set-up page sets, when a project is made and later."""

    review = serializers.ChoiceField(choices=ReviewRule.choices, required=False)
    lease_minutes = StrictInteger(min_value=1, max_value=1440, required=False)
    max_characters = StrictInteger(min_value=1, max_value=200_000, required=False)
    auto_pause = serializers.BooleanField(required=False)
    amend_minutes = StrictInteger(min_value=0, max_value=1440, required=False)
    gold_share = serializers.FloatField(min_value=0, max_value=0.5, required=False)
    gold_shown = serializers.BooleanField(required=False)
    calibration_share = serializers.FloatField(min_value=0, max_value=0.5, required=False)
    most_labelers = StrictInteger(min_value=0, max_value=100, required=False)
    guidelines = Text(required=False, allow_blank=True, max_length=GUIDELINES)
    qualification = Qualification(required=False, allow_null=True)
    plan = Plan(required=False)
    form = serializers.DictField(required=False)


class NewProject(SetUp):
    name = Text(max_length=200, trim_whitespace=True)
    test_share = serializers.FloatField(min_value=0, max_value=0.9, required=False)
    template = Text(required=False, max_length=80)


class ProjectChanges(SetUp):
    name = Text(max_length=200, required=False, trim_whitespace=True)
    state = serializers.ChoiceField(choices=STATES, required=False)
    guidelines_note = Text(required=False, allow_blank=True, max_length=500)


class MemberChanges(StrictSerializer):
    labels_per_day = StrictInteger(min_value=0, max_value=100_000, required=False, allow_null=True)
    labels_in_all = StrictInteger(
        min_value=0, max_value=100_000_000, required=False, allow_null=True
    )
    abilities = serializers.ListField(child=Ability(), max_length=50, required=False)


class NewMember(StrictSerializer):
    email = serializers.EmailField()
    name = Text(max_length=200, trim_whitespace=True)
    role = serializers.ChoiceField(choices=Role.choices)


def describe(project: Project, who: Person) -> dict[str, Any]:
    guidelines = current_guidelines(project)
    counts, progress = counts_of(project)
    form, roles = current_form(project), acting_roles(who, roles_in(who, project))
    return {
        "slug": project.slug,
        "name": project.name,
        "state": project.state,
        "review": project.review,
        "lease_minutes": project.lease_minutes,
        "max_characters": project.max_characters,
        "amend_minutes": project.amend_minutes,
        "qualification": project.qualification,
        "plan": project.plan,
        "form": {"version": form.version, "body": form.body},
        "test_share": project.test_share,
        "auto_pause": project.auto_pause,
        "gold_share": project.gold_share,
        "gold_shown": project.gold_shown,
        "calibration_share": project.calibration_share,
        "most_labelers": project.most_labelers,
        "abilities": sorted({name for needs in project.needs for name in needs.split(",")}),
        "guidelines": {"version": guidelines.version, "text": guidelines.text},
        "roles": roles,
        "counts": counts,
        "progress": progress,
        "quality": None if set(RUNNING_ROLES).isdisjoint(roles) else latest_summary(project),
        "created_at": project.created_at,
    }


def latest_summary(project: Project) -> dict[str, Any] | None:
    """The few quality figures that stand beside a project's name, as of the newest report."""
    done = QualityReport.objects.filter(project=project, state=JobState.DONE).order_by("-pk")
    return done.values_list("summary", flat=True).first() or None


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
        given = read(NewProject, request)
        form = form_of(given)
        given.pop("template", None)
        project = create_project(creator=who, **{**given, "form": form})
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


class MembersView(APIView):
    token_scopes = NO_TOKENS
    at_most: Paces = {"POST": 200}

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        project = project_for(person(request), slug, Role.MANAGER)
        members = Membership.objects.filter(project=project).select_related("person")
        people: dict[int, dict[str, Any]] = {}
        for each in members.order_by("person__name", "role"):
            who = each.person
            entry = people.setdefault(
                who.pk,
                {
                    "person": {"id": who.pk, "name": who.name, "email": who.email},
                    "roles": [],
                    "labels_per_day": None,
                    "labels_in_all": None,
                    "abilities": [],
                    "paused": None,
                },
            )
            entry["roles"].append(each.role)
            if each.role in WORKING_ROLES:
                for name in ("labels_per_day", "labels_in_all", "abilities"):
                    entry[name] = getattr(each, name)
                entry["paused"] = each.paused_reason if each.paused_at else None
        return Response({"results": list(people.values()), "next": None})

    @extend_schema(request=NewMember, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, slug: str) -> Response:
        project = project_for(person(request), slug, Role.MANAGER)
        given = read(NewMember, request)
        role, email, name = given["role"], given["email"], given["name"]
        who, secret = invite(
            project=project, email=email, name=name, roles=[Role(role)], by=person(request)
        )
        body = {
            "person": {
                "id": who and who.pk,
                "name": who.name if who else name,
                "email": who.email if who else email.lower(),
            },
            "role": role,
            "sign_in": invitation_address(request._request, secret),
        }
        return Response(body, status=201)


class LimitsView(APIView):
    token_scopes = NO_TOKENS

    @extend_schema(request=MemberChanges, responses={204: None})
    def patch(self, request: Request, slug: str, person_id: int) -> Response:
        """How much a member is given, and what they are able to."""
        who = person(request)
        project = project_for(who, slug, Role.MANAGER)
        changes = read(MemberChanges, request)
        if changes:
            limit_member(project=project, person_id=person_id, by=who, changes=changes)
        return Response(status=204)


class MemberView(APIView):
    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, slug: str, person_id: int, role: str) -> Response:
        project = project_for(person(request), slug, Role.MANAGER)
        if role not in Role.values:
            raise NotFound
        remove_member(project=project, person_id=person_id, role=Role(role), by=person(request))
        return Response(status=204)
