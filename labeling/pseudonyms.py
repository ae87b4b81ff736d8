"""The names under which labelers appear in dataset versions, and to all but those who manage them.

The same person has the same pseudonym in every version of a project and another one in every
other project; without the installation's secret key nobody can tell who it is.
"""

from django.utils.crypto import salted_hmac


def pseudonym(project_slug: str, person_id: int) -> str:
    keyed = salted_hmac("exports.pseudonym", f"{project_slug}/{person_id}", algorithm="sha256")
    return f"labeler-{keyed.hexdigest()[:16]}"
