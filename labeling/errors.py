"""The ways a request can be refused. The web layer turns each into one RFC 9457 problem body.

`code` is for programs and stays fixed; `detail` is for people and says how to put it right.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Refused(Exception):
    """A request that cannot be carried out; nothing was stored unless `detail` says so."""

    status: int
    code: str
    detail: str
    errors: list[dict[str, Any]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.detail


class NotFound(Refused):
    """The row does not exist, or this person may not know that it does."""

    def __init__(self) -> None:
        super().__init__(404, "not_found", "Not found.")


class RoleMissing(Refused):
    """The person belongs to the project, but not in a role that may do this."""

    def __init__(self, *roles: str) -> None:
        wanted = " or ".join(roles)
        super().__init__(403, "role_missing", f"This needs the role {wanted} in the project.")


class Invalid(Refused):
    """The request itself is wrong."""

    def __init__(self, code: str, detail: str, field_name: str = "") -> None:
        errors = [{"field": field_name, "message": detail}] if field_name else []
        super().__init__(400, code, detail, errors)


class Conflict(Refused):
    """The request is well formed, but the rows are in another state than it supposes."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(409, code, detail)
