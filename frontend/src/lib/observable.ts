/** A value that React can subscribe to (useSyncExternalStore). */
export class Observable<T> {
  private listeners = new Set<() => void>();
  constructor(private value: T) {}

  get = (): T => this.value;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  protected set(value: T): void {
    this.value = value;
    for (const listener of this.listeners) listener();
  }
}
