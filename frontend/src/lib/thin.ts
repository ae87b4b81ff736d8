/** A line of very many points, drawn with few. Knows nothing of runs. */

export interface Line {
  label: string;
  xs: number[];
  ys: number[];
}

/** As many points as can be told apart: of each stretch the lowest and the highest, so that spikes
 *  survive. */
export interface ThinLine extends Line {
  /** The mean of the stretch that each point is of. */
  means: number[];
}

const MOST_SHOWN = 2000;

export function thinned({ label, xs, ys }: Line, most = MOST_SHOWN): ThinLine {
  const reading = new Reading(label);
  const stretch = stretchOf(xs.length, most);
  xs.forEach((x, at) => {
    if (at % stretch === 0) reading.cut();
    reading.read(x, ys[at]!);
  });
  reading.cut();
  return reading.thin;
}

/** Two points are kept of each. */
export const stretchOf = (points: number, most = MOST_SHOWN) => (points > most ? Math.ceil(points / (most / 2)) : 1);

/** Thins a line while it is read, point by point, and stretch by stretch. */
export class Reading {
  readonly thin: ThinLine;
  count = 0;
  first = 0;
  last = 0;
  lowest = Infinity;
  private begun = 0;
  private sum = 0;
  private low = { at: 0, x: 0, y: 0 };
  private high = { at: 0, x: 0, y: 0 };

  constructor(label: string) {
    this.thin = { label, xs: [], ys: [], means: [] };
  }

  read(x: number, y: number) {
    const at = this.count;
    if (at === 0) this.first = y;
    if (at === this.begun || y < this.low.y) this.low = { at, x, y };
    if (at === this.begun || y > this.high.y) this.high = { at, x, y };
    this.last = y;
    this.sum += y;
    this.count += 1;
  }

  cut() {
    if (this.count === this.begun) return;
    const mean = this.sum / (this.count - this.begun);
    const both = this.low.at < this.high.at ? [this.low, this.high] : [this.high, this.low];
    for (const { x, y } of this.low.at === this.high.at ? [this.low] : both) {
      this.thin.xs.push(x);
      this.thin.ys.push(y);
      this.thin.means.push(mean);
    }
    this.lowest = Math.min(this.lowest, this.low.y);
    this.begun = this.count;
    this.sum = 0;
  }
}
