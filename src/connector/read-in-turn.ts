/** One entity out of several tables, one after the other, each with its own place and its own watermark. */
import { z } from 'zod';
import type { Cursor, Page } from './contract.ts';

export interface Part<Raw> {
  /** Names its place in the cursor; the same for ever. */
  readonly name: string;
  read(cursor: Cursor | null): AsyncIterable<Page<Raw>>;
}

const places = z.record(z.string(), z.json());

/** Resumed, it asks the tables it is through with for what changed meanwhile, and goes on in the one it was in. */
export async function* readInTurn<Raw>(parts: readonly Part<Raw>[], cursor: Cursor | null): AsyncGenerator<Page<Raw>> {
  const at = { ...(cursor === null ? {} : places.parse(cursor)) };
  for (const { name, read } of parts) {
    for await (const page of read(at[name] ?? null)) {
      at[name] = page.cursor;
      yield { ...page, cursor: { ...at } };
    }
  }
}
