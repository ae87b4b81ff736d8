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

NUMBERS_AHEAD, MOST_STEPS = 2**20, 16


class SeededChoice(LogitsProcessor):
    """Chooses each row's next token with that row's own chance, and keeps its probability.

    Dividing probabilities by exponential noise and taking the greatest is exact sampling (the
    Gumbel trick, without its logarithms), so greedy decoding over the quotients draws what
    sampling would.
    """

    def __init__(
        self,
        seeds: list[int],
        parameters: SamplingParameters,
        ends: list[int],
        device: torch.device,
    ) -> None:
        self.warpers = _warpers(parameters)
        self.generators = [torch.Generator(device).manual_seed(seed) for seed in seeds]
        self.greedy = parameters.temperature == 0
        self.ends = torch.tensor(ends, device=device)
        self.open_r = torch.ones(len(seeds), dtype=torch.bool, device=device)
        self.noise_rsv = torch.empty(len(seeds), 0, 0, device=device)
        self.step = 0
        self.logprobs_r = torch.zeros(len(seeds), dtype=torch.float64, device=device)
        self.counts = torch.zeros(len(seeds), dtype=torch.long, device=device)

    @property
    def counts_r(self) -> list[int]:
        return [int(count) for count in self.counts]

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        probabilities_rv = self.warpers(input_ids, scores.float()).softmax(-1)
        if self.greedy:
            noisy_rv = probabilities_rv
        else:
            noisy_rv = probabilities_rv / self._noise_rv(probabilities_rv)
        self._keep(noisy_rv.argmax(-1), probabilities_rv)
        return noisy_rv

    def _noise_rv(self, like_rv: torch.Tensor) -> torch.Tensor:
        """This step's noise. Each row's generator is asked for that of several steps at once, since
        to ask costs a GPU as much as to answer."""
        rows, numbers = like_rv.shape
        ahead = max(1, min(MOST_STEPS, NUMBERS_AHEAD // numbers))
        if self.step % ahead == 0:
            if not self.step:
                self.noise_rsv = torch.ones(rows, ahead, numbers, device=like_rv.device)
            self._refill()
        self.step += 1
        return self.noise_rsv[:, (self.step - 1) % ahead]

    def _refill(self) -> None:
        """Fresh noise for the rows that still go on; ended ones need none."""
        for row in self.open_r.nonzero()[:, 0].tolist():
            self.noise_rsv[row].exponential_(generator=self.generators[row])
        self.noise_rsv.clamp_min_(torch.finfo(self.noise_rsv.dtype).tiny)

    def _keep(self, chosen_r: torch.Tensor, probabilities_rv: torch.Tensor) -> None:
        of_chosen_r = probabilities_rv.gather(1, chosen_r[:, None])[:, 0].double().log()
        self.logprobs_r += torch.where(self.open_r, of_chosen_r, 0.0)
        self.counts += self.open_r
        self.open_r &= ~torch.isin(chosen_r, self.ends)


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
