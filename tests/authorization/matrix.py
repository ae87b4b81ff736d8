"""Who may do what: one row for each address and method, one column for each person.

A cell says what the door answers, before anything that the request itself may have wrong:

    ok   let in (the answer may still be 400, 409, 412, 415, 422 or 428: about the request)
    401  nobody is signed in, or the token is dead
    403  a member of the project without the role that this needs
    404  not their project or row: the same answer as for one that does not exist

The people: `anon` nobody; `dead` a revoked token; `new` signed in, without any role; `other` has
every role in another project; `labeler` holds the assignment and gave the labels; `peer` labels in
the same project; `reviewer`, `manager`, `engineer`, `admin`; `token` the engineer's API token with
every scope; `reader`, which is reckoned, one with the scope read alone.

`tests/authorization/test_matrix.py` tries every cell, and fails for a route without a row.
"""

from dataclasses import dataclass, field
from typing import Any

COLUMNS = "anon dead new other labeler peer reviewer manager engineer admin token"
PEOPLE = [*COLUMNS.split(), "reader"]


@dataclass(frozen=True)
class Row:
    """`body` and `headers` are a good request; without them `ok` is often a 400. `<checkpoints>`
    in a body stands for the key of the stage's checkpoint, and so on. `reads` is false
    where reading takes another scope than read."""

    method: str
    path: str
    cells: str
    why: str
    body: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    reads: bool = True

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    def expected(self) -> dict[str, str]:
        cells = dict(zip(COLUMNS.split(), self.cells.split(), strict=True))
        may_read = self.reads and self.method in {"GET", "HEAD"}
        for_all = cells["anon"] == "ok" or (self.reads and cells["token"] != "ok")
        return {**cells, "reader": cells["token"] if may_read or for_all else "403"}


EPOCH = {"epoch": 1}
SUBMISSION = {"epoch": 1, "answer": {"text": "An ideal response."}}
SAMPLING = {"checkpoint": "<checkpoints>"}

# The usual rows, by who is let in. No token labels, or manages people and tokens.
#             anon dead new other labeler peer reviewer manager engineer admin token
EVERYBODY = "  ok  401 ok   ok    ok      ok   ok       ok      ok       ok    ok  "
NO_TOKEN = "   ok  401 ok   ok    ok      ok   ok       ok      ok       ok    403 "
SIGNED_IN = "  401 401 ok   ok    ok      ok   ok       ok      ok       ok    ok  "
IN_PERSON = "  401 401 ok   ok    ok      ok   ok       ok      ok       ok    403 "
OWN_ROW = "    401 401 404  404   ok      404  404      404     404      404   403 "
MEMBERS = "    401 401 404  404   ok      ok   ok       ok      ok       ok    ok  "
LABELERS = "   401 401 404  404   ok      ok   ok       403     403      403   403 "
HOLDER = "     401 401 404  404   ok      404  404      404     404      404   403 "
REVIEWERS = "  401 401 404  404   403     403  ok       ok      403      ok    403 "
READERS = "    401 401 404  404   403     403  ok       ok      ok       ok    ok  "
RUNNERS = "    401 401 404  404   403     403  403      ok      ok       ok    ok  "
RUN_BY_HAND = "401 401 404  404   403     403  403      ok      ok       ok    403 "
MANAGERS = "   401 401 404  404   403     403  403      ok      403      ok    403 "
ENGINEERS = "  401 401 404  404   403     403  403      403     ok       ok    ok  "
ANY_RUNNER = " 401 401 403  ok    403     403  403      ok      ok       ok    ok  "
HOLDS_ONE = "  401 401 403  ok    403     403  403      ok      ok       ok    403 "
OWN_TOKEN = "  401 401 404  404   404     404  404      404     ok       ok    403 "
ANY_MANAGER = "401 401 403  ok    403     403  403      ok      403      ok    403 "
HUB = "        401 401 404  404   404     404  404      ok      ok       ok    ok  "
NO_HUB = "     401 401 404  404   404     404  404      404     404      404   404 "
ADMINS = "     401 401 403  403   403     403  403      403     403      ok    403 "
NOT_SET_UP = " 404 404 404  404   404     404  404      404     404      404   404 "
ENGINEER = "   401 401 404  404   403     403  403      403     ok       ok    403 "
OWN_BATTLE = " 401 401 404  404   404     404  404      404     ok       404   ok  "
OWN_BATTLE_BY_HAND = OWN_BATTLE.removesuffix("ok  ") + "403 "
NO_KEY = "     401 401 404  404   404     404  404      404     404      404   403 "
NOWHERE = "    404 404 404  404   404     404  404      404     404      404   404 "

ROWS = [
    # The installation.
    Row("GET", "/healthz", EVERYBODY.replace("401", "ok"), "whether it lives, no detail"),
    Row("GET", "/", EVERYBODY.replace("401", "ok"), "the page of the app, the same for all"),
    Row("GET", "/<api|hub|static>/<rest>", NOWHERE, "no such address"),
    Row("GET", "/sign-in/<secret>", EVERYBODY.replace("401", "ok"), "a link works for its holder"),
    Row("GET", "/api/schema/", EVERYBODY, "no secret: the program is open"),
    Row("GET", "/api/system", ANY_RUNNER, "workers and queues, for who waits for them"),
    # People.
    Row("GET", "/api/session", EVERYBODY, "says who is signed in"),
    Row(
        "POST",
        "/api/session",
        EVERYBODY,
        "signing in",
        {"email": "nobody@example.org", "password": "a wrong one"},
    ),
    Row("DELETE", "/api/session", EVERYBODY, "signing out"),
    Row(
        "POST",
        "/api/session/reset",
        EVERYBODY,
        "a new password by mail",
        {"email": "nobody@example.org"},
    ),
    Row(
        "PUT",
        "/api/session/reset",
        EVERYBODY,
        "who got the message",
        {"secret": "spent", "password": "a long and rare phrase"},
    ),
    Row("POST", "/api/session/code", EVERYBODY, "the second step of signing in", {"code": "1"}),
    Row("POST", "/api/session/passkey", EVERYBODY, "signing in", {"credential": {}}),
    Row("POST", "/api/session/passkey/question", EVERYBODY, "signing in"),
    Row("GET", "/sso", NOT_SET_UP, "single sign-on, once a provider is named"),
    Row("GET", "/sso/callback", NOT_SET_UP, "single sign-on, once a provider is named"),
    Row("GET", "/api/account", IN_PERSON, "one's own account"),
    Row("POST", "/api/account/password", IN_PERSON, "one's own", {"password": "short"}),
    Row("POST", "/api/account/authenticator", IN_PERSON, "one's own"),
    Row("PUT", "/api/account/authenticator", IN_PERSON, "one's own", {"code": "1"}),
    Row("DELETE", "/api/account/authenticator", IN_PERSON, "one's own"),
    Row("POST", "/api/account/passkeys/question", IN_PERSON, "one's own"),
    Row(
        "POST",
        "/api/account/passkeys",
        IN_PERSON,
        "one's own",
        {"name": "Phone", "credential": {}},
    ),
    Row("DELETE", "/api/account/passkeys/<pk>", OWN_ROW, "one's own"),
    Row("POST", "/api/account/recovery-codes", IN_PERSON, "one's own"),
    Row("DELETE", "/api/account/sessions", IN_PERSON, "one's own"),
    Row("GET", "/api/people", ADMINS, "everybody's names and addresses"),
    Row("PATCH", "/api/people/<pk>", ADMINS, "shutting somebody out", {"is_active": False}),
    Row("GET", "/api/projects/<slug>/invitations", MANAGERS, "addresses are personal data"),
    Row("DELETE", "/api/invitations/<pk>", MANAGERS, "who invites may take it back"),
    Row("GET", "/api/join/<secret>", EVERYBODY, "whoever holds the link"),
    Row("POST", "/api/join/<secret>", NO_TOKEN, "whoever holds the link", {"name": "Gast"}),
    Row("GET", "/api/queues", IN_PERSON, "one's own queues; none for a newcomer"),
    Row("GET", "/api/labels/mine", IN_PERSON, "one's own labels"),
    Row("GET", "/api/labels/<pk>", OWN_ROW, "one's own label"),
    Row("POST", "/api/labels/<pk>/reopen", OWN_ROW, "one's own label"),
    Row("DELETE", "/api/labels/<pk>/reopen", OWN_ROW, "one's own label"),
    Row("GET", "/api/tokens", HOLDS_ONE, "one's own; who runs nothing has none"),
    Row(
        "POST",
        "/api/tokens",
        HOLDS_ONE,
        "for oneself, never by a program",
        {"name": "CI", "scopes": ["read"]},
    ),
    Row("DELETE", "/api/tokens/<pk>", OWN_TOKEN, "one's own; an admin ends anybody's"),
    Row("GET", "/api/projects/<slug>/members", MANAGERS, "addresses are personal data"),
    Row(
        "POST",
        "/api/projects/<slug>/members",
        MANAGERS,
        "managers invite",
        {"email": "gast@example.org", "name": "Gast", "role": "labeler"},
    ),
    Row("PATCH", "/api/projects/<slug>/members/<person_id>/limits", MANAGERS, "managers limit", {}),
    Row("GET", "/api/projects/<slug>/hours", MANAGERS, "what people are paid by"),
    Row("GET", "/api/projects/<slug>/hours.csv", MANAGERS, "what people are paid by"),
    Row("GET", "/api/projects/<slug>/audit", MANAGERS, "managers see who did what"),
    Row("GET", "/api/audit", ADMINS, "admins see who did what anywhere"),
    Row("DELETE", "/api/projects/<slug>/members/<person_id>/<role>", MANAGERS, "managers remove"),
    # Projects.
    Row("GET", "/api/projects", SIGNED_IN, "one's own projects; none for a newcomer"),
    Row("POST", "/api/projects", ANY_MANAGER, "who manages one may make one", {"name": "Next"}),
    Row("GET", "/api/projects/<slug>", MEMBERS, "what the project is"),
    Row("PATCH", "/api/projects/<slug>", MANAGERS, "managers change it", {"name": "Verses"}),
    Row("GET", "/api/projects/<slug>/guidelines", MEMBERS, "what labelers work by"),
    Row("GET", "/api/projects/<slug>/guidelines/versions", MEMBERS, "what they worked by before"),
    Row(
        "POST",
        "/api/projects/<slug>/guidelines/seen",
        LABELERS,
        "labelers say what they opened",
        {"version": 1},
    ),
    Row("GET", "/api/form-templates", SIGNED_IN, "ready-made, no data"),
    Row("GET", "/api/projects/<slug>/form", MEMBERS, "what labelers are asked"),
    Row("POST", "/api/projects/<slug>/form", MANAGERS, "managers ask", {"form": {}}),
    Row("GET", "/api/projects/<slug>/imports", RUNNERS, "who imports sees imports"),
    Row("POST", "/api/projects/<slug>/imports", RUNNERS, "managers and engineers import"),
    Row("GET", "/api/imports/<pk>", RUNNERS, "who imports sees imports"),
    Row("GET", "/api/projects/<slug>/imports/bad-rows", RUNNERS, "who imports mends bad rows"),
    Row("GET", "/api/projects/<slug>/prompts", READERS, "labelers see a prompt with its task only"),
    Row("GET", "/api/prompts/<pk>", RUNNERS, "names the authors of responses"),
    # Labeling.
    Row("GET", "/api/projects/<slug>/tasks", RUNNERS, "managers plan the work"),
    Row("POST", "/api/projects/<slug>/tasks", RUNNERS, "managers plan it", {"kind": "demonstrate"}),
    Row(
        "PATCH",
        "/api/projects/<slug>/tasks",
        RUNNERS,
        "managers plan it",
        {"tasks": [1], "priority": 0},
    ),
    Row(
        "POST",
        "/api/tasks/<pk>/qualification",
        MANAGERS,
        "managers write the test",
        {"expected": {"ranks": [1, 2]}},
    ),
    Row("POST", "/api/projects/<slug>/claim", LABELERS, "labelers and reviewers label", {}),
    Row("GET", "/api/projects/<slug>/assignments", LABELERS, "one's own tasks in hand"),
    Row(
        "POST",
        "/api/assignments/<pk>/submit",
        HOLDER,
        "only who holds the task answers it",
        SUBMISSION,
        {"Idempotency-Key": "key-1"},
    ),
    Row(
        "PUT",
        "/api/assignments/<pk>/draft",
        HOLDER,
        "a draft is its writer's",
        {"answer": {"text": "An"}},
        {"If-Match": '"0"'},
    ),
    Row("POST", "/api/assignments/<pk>/skip", HOLDER, "its holder", {**EPOCH, "reason": "broken"}),
    Row("POST", "/api/assignments/<pk>/renew", HOLDER, "its holder", EPOCH),
    Row(
        "POST",
        "/api/assignments/<pk>/release",
        HOLDER,
        "its holder",
        {**EPOCH, "lease_until": "2100-01-01T00:00:00Z"},
    ),
    Row("GET", "/api/projects/<slug>/labels", READERS, "labelers do not see each other's labels"),
    Row("POST", "/api/labels/<pk>/gold", MANAGERS, "managers know the right answer"),
    Row("POST", "/api/labels/<pk>/review", REVIEWERS, "reviewers decide", {"verdict": "accept"}),
    Row("POST", "/api/projects/<slug>/labels/accept-all", REVIEWERS, "reviewers decide"),
    # Quality.
    Row("GET", "/api/projects/<slug>/quality", RUNNERS, "figures of single people"),
    Row("POST", "/api/projects/<slug>/quality", RUN_BY_HAND, "who reads them may count again"),
    Row("GET", "/api/projects/<slug>/leaderboard", RUNNERS, "names the authors of responses"),
    Row("GET", "/api/projects/<slug>/disagreements", READERS, "reviewers settle them"),
    Row("GET", "/api/tasks/<pk>/labels", READERS, "labelers do not see each other's labels"),
    Row("PUT", "/api/tasks/<pk>/adjudication", REVIEWERS, "reviewers decide", {"label": 0}),
    Row(
        "PUT",
        "/api/projects/<slug>/members/<person_id>/pause",
        MANAGERS,
        "managers pause",
        {"reason": "A word first."},
    ),
    Row("DELETE", "/api/projects/<slug>/members/<person_id>/pause", MANAGERS, "managers lift it"),
    # Dataset versions.
    Row("GET", "/api/projects/<slug>/datasets", RUNNERS, "labels leave by their hands"),
    Row("POST", "/api/projects/<slug>/datasets", RUNNERS, "they freeze", {"kind": "sft"}),
    Row(
        "POST",
        "/api/projects/<slug>/datasets/counts",
        RUNNERS,
        "they freeze",
        {"kind": "sft"},
    ),
    Row("GET", "/api/projects/<slug>/datasets/choices", RUNNERS, "they freeze"),
    Row(
        "POST",
        "/api/projects/<slug>/datasets/preview",
        RUNNERS,
        "they freeze",
        {"kind": "sft"},
    ),
    Row("GET", "/api/datasets/<pk>", RUNNERS, "labels leave by their hands"),
    Row("GET", "/api/datasets/<pk>/rows", RUNNERS, "labels leave by their hands"),
    Row("GET", "/api/datasets/<pk>/card", RUNNERS, "it says who labeled how"),
    Row("GET", "/api/datasets/<pk>/columns", RUNNERS, "labels leave by their hands"),
    Row("GET", "/api/datasets/<pk>/difference", RUNNERS, "labels leave by their hands"),
    Row(
        "GET",
        "/api/datasets/<pk>/files/<path>",
        RUNNERS,
        "labels leave by their hands",
        reads=False,
    ),
    Row("HEAD", "/api/datasets/<pk>/files/<path>", RUNNERS, "as GET", reads=False),
    # The Hub endpoint: who does not run the project finds no repository.
    *[
        Row(method, f"/hub/{route}", HUB, "labels and parameters leave by their hands", reads=False)
        for method, route in [
            ("GET", "datasets/<namespace>/<name>/resolve/<revision>/<path>"),
            ("HEAD", "datasets/<namespace>/<name>/resolve/<revision>/<path>"),
            ("GET", "<namespace>/<name>/resolve/<revision>/<path>"),
            ("HEAD", "<namespace>/<name>/resolve/<revision>/<path>"),
            *[
                (method, f"api/{kind}/<namespace>/<name>{rest}")
                for kind in ("datasets", "models")
                for method, rest in [
                    ("GET", ""),
                    ("GET", "/revision/<revision>"),
                    ("GET", "/tree/<revision>"),
                    ("GET", "/tree/<revision>/<folder>"),
                    ("POST", "/paths-info/<revision>"),
                    ("GET", "/refs"),
                ]
            ],
        ]
    ],
    Row("GET", "/hub/", NO_HUB, "no such repository", reads=False),
    Row("POST", "/hub/", NO_HUB, "no such repository", reads=False),
    # Models.
    Row("GET", "/api/checkpoints", ANY_RUNNER, "the installation's, and those of one's projects"),
    Row("GET", "/api/checkpoints/<pk>", ANY_RUNNER, "the same"),
    Row("POST", "/api/projects/<slug>/endpoints", ENGINEER, "engineers add servers"),
    Row("GET", "/api/checkpoints/<pk>/key", NO_KEY, "the installation's own have none"),
    Row("PUT", "/api/checkpoints/<pk>/key", NO_KEY, "the same", {"key": "k"}),
    Row("GET", "/api/projects/<slug>/generation-jobs", RUNNERS, "who samples sees it"),
    Row("POST", "/api/projects/<slug>/generation-jobs", RUNNERS, "they sample", SAMPLING),
    Row("GET", "/api/generation-jobs/<pk>", RUNNERS, "who samples sees it"),
    Row("POST", "/api/generation-jobs/<pk>/cancel", RUNNERS, "who starts may stop"),
    Row("GET", "/api/training-methods", SIGNED_IN, "a description, no data"),
    Row("GET", "/api/projects/<slug>/training-runs", RUNNERS, "managers read, engineers train"),
    Row("POST", "/api/projects/<slug>/training-runs", ENGINEERS, "engineers train"),
    Row("GET", "/api/training-runs/<pk>", RUNNERS, "managers read"),
    Row("GET", "/api/training-runs/<pk>/metrics", RUNNERS, "managers read"),
    Row("GET", "/api/training-runs/<pk>/log", RUNNERS, "managers read"),
    Row("GET", "/api/training-runs/<pk>/samples", RUNNERS, "managers read"),
    Row("POST", "/api/training-runs/<pk>/cancel", ENGINEERS, "engineers train"),
    Row("POST", "/api/training-runs/<pk>/resume", ENGINEERS, "engineers train"),
    Row("GET", "/api/projects/<slug>/measurements", RUNNERS, "who measures sees it"),
    Row("POST", "/api/projects/<slug>/measurements", RUNNERS, "managers and engineers measure"),
    Row("GET", "/api/measurements/<pk>", RUNNERS, "who measures sees it"),
    Row("POST", "/api/measurements/<pk>/cancel", RUNNERS, "who starts may stop"),
    Row("GET", "/api/projects/<slug>/rounds", RUNNERS, "managers read, engineers train"),
    Row("POST", "/api/projects/<slug>/rounds", ENGINEERS, "engineers train"),
    Row("GET", "/api/rounds/<pk>", RUNNERS, "managers read"),
    Row("POST", "/api/rounds/<pk>/cancel", ENGINEERS, "engineers train"),
    Row("POST", "/api/rounds/<pk>/resume", ENGINEERS, "engineers train"),
    Row("GET", "/api/projects/<slug>/round-rule", RUNNERS, "managers read"),
    Row("PUT", "/api/projects/<slug>/round-rule", ENGINEERS, "engineers train"),
    Row("DELETE", "/api/projects/<slug>/round-rule", ENGINEERS, "engineers train"),
    Row("GET", "/api/projects/<slug>/arena", RUNNERS, "who votes learns the names"),
    Row("POST", "/api/projects/<slug>/arena", RUN_BY_HAND, "the same", {"message": "Why?"}),
    Row("GET", "/api/battles/<pk>", OWN_BATTLE, "blind until its person has voted"),
    Row("POST", "/api/battles/<pk>/vote", OWN_BATTLE_BY_HAND, "one's own", {"vote": "tie"}),
    Row("POST", "/api/battles/<pk>/cancel", OWN_BATTLE_BY_HAND, "one's own"),
    Row("GET", "/api/projects/<slug>/evaluations", RUNNERS, "who evaluates sees it"),
    Row("POST", "/api/projects/<slug>/evaluations", RUNNERS, "managers and engineers evaluate"),
    Row("GET", "/api/evaluations/<pk>", RUNNERS, "who evaluates sees it"),
]
