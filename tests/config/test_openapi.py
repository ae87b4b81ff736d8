"""The schema of the HTTP API, which programs and our own front end are written from."""

from typing import Any
from unittest import mock

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from config import openapi

AS_JSON = {"accept": "application/vnd.oai.openapi+json"}
pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def schema(client: Client) -> dict[str, Any]:
    answer = client.get("/api/schema/", headers=AS_JSON)
    assert answer.status_code == 200
    return dict(answer.json())


def test_it_says_how_people_and_programs_say_who_they_are(schema: dict[str, Any]) -> None:
    assert schema["components"]["securitySchemes"] == {
        "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
        "token": {"type": "http", "scheme": "bearer"},
    }
    assert schema["paths"]["/api/projects"]["get"]["security"] == [{"token": []}, {"session": []}]


def test_it_is_made_once_in_a_process(client: Client) -> None:
    openapi._made.cache_clear()
    made = SchemaGenerator.get_schema
    with mock.patch.object(SchemaGenerator, "get_schema", autospec=True, side_effect=made) as make:
        one = client.get("/api/schema/", headers=AS_JSON).content
        assert client.get("/api/schema/", headers=AS_JSON).content == one
    assert make.call_count == 1
