/**
 * Memory for rendered rows, used again for page after page. A new buffer for each would wait for the garbage collector of a
 * thread that sees no need to run: some thirty pages, while two or three are enough.
 */
const LEAST_BYTES = 256 * 1024;
/** A page of unusually long records does not keep its memory. */
const MOST_KEPT_BYTES = 8 * 1024 * 1024;
/** One is written, one sent, one stored. */
const MOST_KEPT = 3;
/** UTF-8 takes at most so many bytes for a unit of a JavaScript text. */
const BYTES_PER_UNIT = 3;

const NOTHING = new Uint8Array(0);

export class RowMemory {
  readonly #free: ArrayBuffer[] = [];

  open(): RowWriter {
    return new RowWriter(() => this.#free.pop() ?? new ArrayBuffer(LEAST_BYTES));
  }

  /** Takes back what a writer gave, here or in another thread. */
  reuse(memory: ArrayBufferLike): void {
    if (memory instanceof ArrayBuffer && memory.byteLength <= MOST_KEPT_BYTES && memory.byteLength > 0 && this.#free.length < MOST_KEPT)
      this.#free.push(memory);
  }
}

/** Writes text after text, as UTF-8, to the beginning of an ArrayBuffer that nothing else uses. */
export class RowWriter {
  readonly #take: () => ArrayBuffer;
  #memory: Buffer<ArrayBuffer> | undefined;
  #end = 0;

  constructor(take: () => ArrayBuffer) {
    this.#take = take;
  }

  add(text: string): void {
    const needed = this.#end + BYTES_PER_UNIT * text.length;
    this.#memory ??= Buffer.from(this.#take());
    if (needed > this.#memory.length) this.#memory = enlarge(this.#memory, this.#end, needed);
    this.#end += this.#memory.write(text, this.#end);
  }

  end(): Uint8Array<ArrayBuffer> {
    return this.#memory?.subarray(0, this.#end) ?? NOTHING;
  }
}

function enlarge(memory: Buffer, used: number, needed: number): Buffer<ArrayBuffer> {
  const larger = Buffer.from(new ArrayBuffer(Math.max(2 * memory.length, needed)));
  memory.copy(larger, 0, 0, used);
  return larger;
}
