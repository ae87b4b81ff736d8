"""A bad network between a page and its server: requests that get lost on the way there or back,
that arrive twice, or that find the server busy."""

from collections import Counter
from random import Random

from playwright.sync_api import Error, Page, Route

LOST, ANSWER_LOST, DOUBLED, UNAVAILABLE = "lost", "answer lost", "doubled", "unavailable"


class BadNetwork:
    """`shares` says which share of the requests to the API meets which fault."""

    def __init__(self, random: Random, shares: dict[str, float]) -> None:
        self._random = random
        self._shares = shares
        self.met: Counter[str] = Counter()

    def lay_over(self, page: Page) -> None:
        page.route("**/api/**", self._pass)

    def stop(self) -> None:
        self._shares = {}

    def _fault(self) -> str:
        dice = self._random.random()
        for fault, share in self._shares.items():
            dice -= share
            if dice < 0:
                return fault
        return "none"

    def _pass(self, route: Route) -> None:
        fault = self._fault()
        self.met["requests"] += 1
        self.met[fault] += fault != "none"
        try:
            self._carry(route, fault)
        except Error:
            # The server is away, or the page is.
            self.met["away"] += 1
            try:
                route.abort("connectionrefused")
            except Error:
                return

    def _carry(self, route: Route, fault: str) -> None:
        if fault == LOST:
            route.abort("connectionreset")
        elif fault == UNAVAILABLE:
            problem = {"code": "unavailable", "detail": "Temporarily unavailable."}
            route.fulfill(status=503, json=problem)
        elif fault == "none":
            route.continue_()
        else:
            answer = route.fetch()
            if fault == DOUBLED:
                answer = route.fetch()
            self.met["refused with 409"] += answer.status == 409
            if fault == ANSWER_LOST:
                route.abort("connectionreset")
            else:
                route.fulfill(response=answer)
