/** Waiting between attempts: doubling, with a spread, cut short by `wake`. */
export class Backoff {
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private resolve: (() => void) | undefined;

  constructor(
    private readonly first = 1_000,
    private readonly most = 30_000,
  ) {}

  reset(): void {
    this.failures = 0;
  }

  wait(atLeast = 0): Promise<void> {
    const usual = Math.min(this.most, this.first * 2 ** this.failures++);
    return this.pause(Math.max(atLeast, usual * (0.75 + Math.random() / 2)));
  }

  pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.resolve = resolve;
      this.timer = setTimeout(() => this.wake(), milliseconds);
    });
  }

  wake(): void {
    clearTimeout(this.timer);
    const resolve = this.resolve;
    this.resolve = undefined;
    resolve?.();
  }
}
