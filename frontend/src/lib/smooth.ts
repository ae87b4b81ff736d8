/** A running mean, corrected at the start, so that the curve does not begin at nought. */
export function smooth(values: readonly number[], weight = 0.8): number[] {
  let sum = 0;
  let norm = 0;
  return values.map((value) => {
    sum = weight * sum + (1 - weight) * value;
    norm = weight * norm + (1 - weight);
    return sum / norm;
  });
}
