/** A ranking in the making: the number pressed for each response; the same number is a tie.
 *  Pure reckoning. The numbers stay as pressed until the answer is sent, so that 1, 3, 2 means
 *  what it says also when 3 was pressed before 2. */

export type Marks = Readonly<Record<string, number>>;

export function setRank(marks: Marks, label: string, rank: number, ties = true): Marks {
  const next: Record<string, number> = {};
  for (const [other, mark] of Object.entries(marks)) {
    if (ties || mark !== rank) next[other] = mark;
  }
  next[label] = rank;
  return next;
}

export function clearRank(marks: Marks, label: string): Marks {
  const { [label]: _, ...rest } = marks;
  return rest;
}

/** The groups, best first, each in the order of its letters. */
export function groupsOf(marks: Marks): string[][] {
  const groups = new Map<number, string[]>();
  for (const label of Object.keys(marks).sort()) {
    const mark = marks[label]!;
    groups.set(mark, [...(groups.get(mark) ?? []), label]);
  }
  return [...groups.keys()].sort((a, b) => a - b).map((mark) => groups.get(mark)!);
}

export function marksOf(groups: readonly (readonly string[])[]): Marks {
  return Object.fromEntries(
    groups.flatMap((group, place) => group.map((label) => [label, place + 1])),
  );
}

/** One step towards the best (-1) or the worst (+1): out of a tie first, then into the
 *  neighbour's tie; where ties are off, past the neighbour. */
export function step(marks: Marks, label: string, direction: -1 | 1, ties = true): Marks {
  const groups = groupsOf(marks);
  const place = groups.findIndex((group) => group.includes(label));
  if (place < 0) return marks;
  const rest = groups[place]!.filter((other) => other !== label);
  if (rest.length > 0) {
    groups.splice(place, 1, ...(direction < 0 ? [[label], rest] : [rest, [label]]));
    return marksOf(groups);
  }
  const neighbour = groups[place + direction];
  if (!neighbour) return marks;
  if (ties) {
    groups[place + direction] = [...neighbour, label];
    groups.splice(place, 1);
  } else {
    groups[place] = neighbour;
    groups[place + direction] = [label];
  }
  return marksOf(groups);
}

export function unranked(marks: Marks, labels: readonly string[]): string[] {
  return labels.filter((label) => marks[label] === undefined);
}

export function tiedWith(marks: Marks, label: string): string[] {
  const mark = marks[label];
  if (mark === undefined) return [];
  return Object.keys(marks)
    .filter((other) => other !== label && marks[other] === mark)
    .sort();
}
