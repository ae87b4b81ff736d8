/** What the server says of quality. */
import type { Message, TooLarge } from "../../api/types";

export interface Figure {
  value: number | null;
  low?: number;
  high?: number;
  n: number;
  needs?: number;
  chance?: number | null;
  same?: boolean;
}

type OverallName =
  | "agreement"
  | "alpha"
  | "concordance"
  | "gold"
  | "standing"
  | "reviews"
  | "first_place"
  | "length"
  | "ties";

export interface PersonFigures {
  labeler: number;
  labels: number;
  agreement: Figure;
  reliability: Figure;
  gold: Figure;
  reviews: Figure;
  first_place: Figure;
  ties: Figure;
  length: Figure;
  seconds: Figure;
}

export type Alert = { labeler: number; n: number } & (
  | { kind: "careless"; agreement: number; chance: number }
  | { kind: "same_place"; place: number; share: number; chance: number }
  | { kind: "copies"; other: number; agreement: number; expected: number; later: number }
  | { kind: "low_gold"; accuracy: number; usual: number }
  | { kind: "too_fast"; seconds: number; usual: number }
);

export interface Figures {
  labels: number;
  progress: Partial<Record<"open" | "leased" | "done", number>>;
  skips: Record<string, number>;
  active: number;
  seconds: Figure;
  overall: Record<OverallName, Figure>;
  criteria: { criterion: string; agreement: Figure; alpha: Figure }[];
  people: PersonFigures[];
  pairs: ({ labelers: [number, number] } & Figure)[];
  alerts: Alert[];
  disputed: { task: number; agreement: number }[];
}

interface Working {
  state: string;
  waiting: string | null;
  error: string | null;
}

export interface Quality {
  as_of: string | null;
  working: Working | null;
  figures: Figures | null;
  people: Record<string, { name: string; paused: string | null }>;
  auto_pause: boolean;
}

export interface Disagreement {
  id: number;
  kind: string;
  prompt_excerpt: string;
  agreement: number | null;
  adjudicated: boolean;
}

export interface Given {
  id: number;
  labeler: { id: number; name: string };
  state: string;
  ranks: number[] | null;
  text: string | null;
  strength: number | null;
  none_acceptable: boolean;
  justification: string;
  ratings: { response: number | null; criterion: string; value: number }[];
  flags: string[];
  agreement: number | null;
  tau: number | null;
  active_seconds: number | null;
  created_at: string;
}

export interface TaskLabels {
  id: number;
  kind: string;
  pool: "ordinary" | "calibration" | "gold" | "qualification";
  expected: {
    ranks?: number[];
    /** By place, from 0 or `task`, then by criterion. */
    ratings?: Record<string, Record<string, number>>;
    why?: string;
  } | null;
  prompt: { messages: Message[] };
  responses: { id: number; content: string; author: string | null }[];
  labels: Given[];
  agreement: number | null;
  adjudication: {
    label: number;
    by: { id: number; name: string };
    reason: string;
    created_at: string;
  } | null;
  too_large: TooLarge;
}

export interface BoardRow {
  checkpoint: string;
  votes: number;
  wins: number;
  ties: number;
  losses: number;
  rank: number | null;
  rating: number | null;
  low?: number;
  high?: number;
}

export interface Leaderboard {
  as_of: string | null;
  working: Working | null;
  categories: string[];
  board: {
    votes: number;
    needs: number;
    rows: BoardRow[];
    pairs: ([number, number, number] | null)[][];
  } | null;
}
