/** The words of a person's own work, and of what became of it. */
export const work = {
  search: "Search my work",
  notFound: "Nothing of your last 100 answers has these words.",
  pace: (kind: string, median: string, n: number) => `${kind}: ${median} at the middle of ${n}`,
  locked: "Can no longer be changed",
  openAgain: "Open again",
  title: "My work",
  empty: "You have not sent any answers yet.",
  states: {
    submitted: "Waits for review",
    accepted: "Accepted",
    returned: "Sent back",
    superseded: "Replaced",
  } as Record<string, string>,
  known: {
    title: "Tasks with a known answer",
    share: (project: string, share: string) => `${project}: ${share} as expected`,
    stands: (low: string, high: string, n: number) => `between ${low} and ${high}, from ${n} answers`,
    few: (project: string, n: number, needs: number) =>
      `${project}: ${n} so far, and there is nothing to say before ${needs}`,
    note: "Pairs of responses placed as expected. Which tasks these are stays unsaid, so answers count from the day after they can no longer change.",
  },
};
