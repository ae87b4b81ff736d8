"""Chooses the next token of each row of a batch by that row's own chance.

Letters in names of arrays: r rows, s steps, v vocabulary.
"""

import torch
from transformers import (
    LogitsProcessor,
    LogitsProcessorList,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from models_runner.backends.protocol import SamplingParameters

STEPS_AHEAD = 64


class SeededChoice(LogitsProcessor):
    """Chooses each row's next token with that row's own chance, and keeps its probability.

    One number between 0 and 1 a step says where in the tokens' summed probabilities the choice
    falls: drawn ahead on the CPU, so that a seed means the same chance on every machine.
    """

    def __init__(
        self,
        seeds: list[int],
        parameters: SamplingParameters,
        ends: list[int],
        device: torch.device,
    ) -> None:
        self.warpers = _warpers(parameters)
        self.generators = [torch.Generator().manual_seed(seed) for seed in seeds]
        self.greedy = parameters.temperature == 0
        self.ends = torch.tensor(ends, device=device)
        self.places_r = torch.arange(len(seeds), device=device)
        self.open_r = torch.ones(len(seeds), dtype=torch.bool, device=device)
        self.chance_rs = torch.empty(len(seeds), STEPS_AHEAD, dtype=torch.float64, device=device)
        self.step = 0
        self.logprobs = torch.zeros(len(seeds), dtype=torch.float64, device=device)
        self.counts = torch.zeros(len(seeds), dtype=torch.long, device=device)
        """Of all rows there ever were, in their order."""

    def keep(self, rows: torch.Tensor) -> None:
        """Only these of the rows that there are go on."""
        self.places_r, self.open_r = self.places_r[rows], self.open_r[rows]
        self.chance_rs = self.chance_rs[rows]
        self.generators = [self.generators[row] for row in rows.tolist()]

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        probabilities_rv = self.warpers(input_ids, scores.float()).softmax(-1)
        if self.greedy:
            chosen_r1 = probabilities_rv.argmax(-1, keepdim=True)
        else:
            chosen_r1 = self._chosen_r1(probabilities_rv)
        self._count(chosen_r1[:, 0], probabilities_rv.gather(1, chosen_r1)[:, 0])
        return torch.full_like(probabilities_rv, -torch.inf).scatter_(1, chosen_r1, 0.0)

    def _chosen_r1(self, probabilities_rv: torch.Tensor) -> torch.Tensor:
        summed_rv = probabilities_rv.cumsum(-1, dtype=torch.float64)
        where_r1 = self._chance_r()[:, None] * summed_rv[:, -1:]
        chosen_r1 = torch.searchsorted(summed_rv, where_r1, right=True)
        return chosen_r1.clamp_max_(probabilities_rv.shape[1] - 1)

    def _chance_r(self) -> torch.Tensor:
        if self.step % STEPS_AHEAD == 0:
            drawn = [
                torch.rand(STEPS_AHEAD, dtype=torch.float64, generator=each)
                for each in self.generators
            ]
            self.chance_rs = torch.stack(drawn).to(self.chance_rs.device)
        self.step += 1
        return self.chance_rs[:, (self.step - 1) % STEPS_AHEAD]

    def _count(self, chosen_r: torch.Tensor, probabilities_r: torch.Tensor) -> None:
        logprobs_r = torch.where(self.open_r, probabilities_r.double().log(), 0.0)
        self.logprobs.index_add_(0, self.places_r, logprobs_r)
        self.counts.index_add_(0, self.places_r, self.open_r.long())
        self.open_r = self.open_r & ~torch.isin(chosen_r, self.ends)


def _warpers(parameters: SamplingParameters) -> LogitsProcessorList:
    warpers = LogitsProcessorList()
    if parameters.temperature == 0:
        return warpers
    if parameters.temperature != 1:
        warpers.append(TemperatureLogitsWarper(float(parameters.temperature)))
    if parameters.top_k:
        warpers.append(TopKLogitsWarper(parameters.top_k))
    if parameters.top_p < 1:
        warpers.append(TopPLogitsWarper(float(parameters.top_p)))
    return warpers
