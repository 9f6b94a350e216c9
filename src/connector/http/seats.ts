/** So many at a time, first come first served. Waiting is over when told so, and counts for nobody's deadline. */
export class Seats {
  #free: number;
  readonly #waiting: Array<() => void> = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Answers how to give it back; `null` when the signal came first. */
  async take(signal: AbortSignal): Promise<(() => void) | null> {
    if (signal.aborted) return null;
    if (this.#free > 0) this.#free -= 1;
    else if (!(await this.#wait(signal))) return null;
    return () => this.#giveBack();
  }

  #giveBack(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }

  #wait(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const seated = () => {
        signal.removeEventListener('abort', stop);
        resolve(true);
      };
      const stop = () => {
        this.#waiting.splice(this.#waiting.indexOf(seated), 1);
        resolve(false);
      };
      signal.addEventListener('abort', stop, { once: true });
      this.#waiting.push(seated);
    });
  }
}
