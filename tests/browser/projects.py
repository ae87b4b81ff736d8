"""Projects for journeys, made over the HTTP API as their manager would."""

import json
import time
from collections.abc import Iterable
from typing import Any

from config.demo.client import Client
from tests.installation import Installation

Json = dict[str, Any]


def manager_of(site: Installation) -> Client:
    client = Client(site.url)
    client.sign_in(lambda: site.sign_in_link("Mary"))
    return client


def make_project(
    site: Installation,
    name: str,
    prompts: Iterable[Json],
    tasks: Iterable[Json],
    labelers: Iterable[str] = ("Noor",),
    **facts: Any,
) -> str:
    """A project with imported prompts and open tasks, and labelers in it; its slug."""
    mary = manager_of(site)
    slug = str(mary.post("/api/projects", {"name": name, **facts})["slug"])
    lines = "".join(json.dumps(prompt) + "\n" for prompt in prompts)
    job = mary.upload(f"/api/projects/{slug}/imports", lines.encode(), "prompts.jsonl")
    while job["state"] in {"queued", "running"}:
        time.sleep(0.05)
        job = mary.get(f"/api/imports/{job['id']}")
    assert job["state"] == "done", job
    for given in tasks:
        opened = mary.post(f"/api/projects/{slug}/tasks", given)
        assert opened["opened"], opened
    for labeler in labelers:
        email = f"{labeler.lower()}@example.org"
        who = {"email": email, "name": labeler, "role": "labeler"}
        mary.post(f"/api/projects/{slug}/members", who)
    return slug


def labels_of(site: Installation, slug: str) -> list[Json]:
    """Oldest first, as the manager sees them."""
    return list(manager_of(site).pages(f"/api/projects/{slug}/labels"))[::-1]


def prompt(number: int, responses: int) -> Json:
    """A short question with so many different answers."""
    return {
        "external_id": f"question-{number}",
        "prompt": f"Question {number}: what is {number} + {number}?",
        "responses": [
            {"model": f"model-{place}", "content": f"Answer {place} to {number}: {number * 2}."}
            for place in range(responses)
        ],
    }
