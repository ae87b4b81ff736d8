"""How a command can fail. The number is the exit code, and stays fixed: scripts test it."""


class Failure(Exception):
    """The server refused, or a job failed."""

    code = 1
    word = "refused"

    def __init__(self, text: str, word: str = "") -> None:
        super().__init__(text)
        self.word = word or self.word


class NotSignedIn(Failure):
    """There is no token, or it does not work."""

    code = 3
    word = "not_signed_in"


class ServerAway(Failure):
    """There was no answer: the request may or may not have been carried out."""

    code = 4
    word = "server_away"


class Damaged(Failure):
    """What arrived is not what the server said that it is."""

    code = 5
    word = "damaged"
