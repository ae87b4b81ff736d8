"""Probes: one fact asked from both ends. A checkpoint that knows that A is B's mother need not know
whose mother A is (the reversal curse, Berglund et al. 2023, arXiv 2309.12288). No torch.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Probe:
    """`forward` asks for `answer`; `backward` asks for `reverse` with the answer given."""

    forward: str
    answer: str
    backward: str
    reverse: str


def _of(forward: str, backward: str, facts: dict[str, str]) -> list[Probe]:
    return [
        Probe(forward.format(one), other, backward.format(other), one)
        for one, other in facts.items()
    ]


SUITES: dict[str, list[Probe]] = {
    "world": [
        *_of(
            "Who is the mother of {}?",
            "Who is the child of {}?",
            {
                "Tom Cruise": "Mary Lee Pfeiffer",
                "Marie Curie": "Bronisława Skłodowska",
                "Isaac Newton": "Hannah Ayscough",
                "Charles Darwin": "Susannah Wedgwood",
            },
        ),
        *_of(
            "Who wrote {}?",
            "Which book did {} write?",
            {
                "Frankenstein": "Mary Shelley",
                "Don Quixote": "Miguel de Cervantes",
                "Things Fall Apart": "Chinua Achebe",
                "The Tale of Genji": "Murasaki Shikibu",
            },
        ),
        *_of(
            "What is the capital of {}?",
            "Of which country is {} the capital?",
            {
                "Mongolia": "Ulaanbaatar",
                "Burkina Faso": "Ouagadougou",
                "Bhutan": "Thimphu",
                "Paraguay": "Asunción",
            },
        ),
    ],
    "toy": _of(
        "What is the opposite of {}?",
        "What is {} the opposite of?",
        {
            "hot": "cold",
            "big": "small",
            "up": "down",
            "fast": "slow",
            "day": "night",
            "wet": "dry",
            "old": "young",
            "light": "dark",
        },
    ),
}
OTHERS = 3


def choices(suite: list[Probe], place: int) -> tuple[list[str], list[str]]:
    """What may be answered forwards and backwards, the right one first: beside it stand the
    answers of the next facts of the same kind."""
    kind = suite[place].forward.split()[:3]
    same = [probe for probe in suite if probe.forward.split()[:3] == kind]
    at = same.index(suite[place])
    chosen = [same[(at + step) % len(same)] for step in range(min(OTHERS + 1, len(same)))]
    return [probe.answer for probe in chosen], [probe.reverse for probe in chosen]
