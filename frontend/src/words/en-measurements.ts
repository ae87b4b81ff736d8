/** English words of what is found without people. */
import { count } from "../lib/format";
import { plural } from "./plural";

const facts = (n: number) => plural(n, { one: "1 fact", other: `${count(n)} facts` });
const pairs = (n: number) => plural(n, { one: "1 pair", other: `${count(n)} pairs` });

const startable = {
  probes: "Probes",
  judged: "Win rate, said by a reward model",
  reward_accuracy: "Reward accuracy",
  likelihood: "Likelihood",
};

export const measurements = {
  title: "Measured without people",
  lead: "Numbers that no person gave. A reward model's word is not people's: the win rates above are.",
  empty: "Nothing was measured yet.",
  new: "Measure a checkpoint",
  kind: "What",
  startable,
  kinds: { ...startable, closest_pairs: "Closest pairs" },
  hints: {
    probes: "Facts asked from both ends: who knows that A is B's mother need not know whose mother A is.",
    judged: "The reward model ranks the samples of an evaluation in people's place.",
    reward_accuracy: "How often the reward model prefers what people preferred, on held-out rows.",
    likelihood: "How likely held-out demonstrations are to the checkpoint.",
  },
  checkpoint: "Checkpoint",
  on: "On",
  rows: "Held-out rows of",
  samples: "Samples of",
  questions: "Built-in questions",
  found: "Found",
  start: "Measure",
  noModel: {
    language: "There is no checkpoint here that writes.",
    reward: "There is no reward model yet. Train one first.",
  },
  noRows: "No dataset version of this kind holds rows out. Freeze one first.",
  noEvaluation: "No evaluation has drawn its samples yet. Start one above.",
  suites: { world: "World", toy: "Opposites" } as Record<string, string>,
  probed: (suite: string, n: number, forward: string, backward: string) =>
    `${suite}, ${facts(n)}: forwards ${forward}, backwards ${backward}`,
  saysModel: (by: string) => `Says ${by}, not people:`,
  agrees: (interval: string, n: number) => `${interval} of ${pairs(n)}`,
  bits: (label: string, bits: string) => `${label}: ${bits} bits per byte`,
  pairs: (n: number) => `${pairs(n)} chosen for the round`,
};
