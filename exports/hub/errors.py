"""What is not there, told apart as the clients of a Hub want it: by `X-Error-Code`."""

from labeling.errors import NotFound


class Missing(NotFound):
    code_for_clients = "EntryNotFound"
    message_for_clients = "Entry not found"


class RepositoryMissing(Missing):
    """There is no such repository, or this person may not know that there is."""

    code_for_clients = "RepoNotFound"
    message_for_clients = "Repository not found"


class RevisionMissing(Missing):
    code_for_clients = "RevisionNotFound"
    message_for_clients = "Revision not found"


class EntryMissing(Missing):
    """The version has no file or folder of that name; clients remember this by its commit."""

    def __init__(self, commit: str) -> None:
        super().__init__()
        self.headers = {"X-Repo-Commit": commit}
