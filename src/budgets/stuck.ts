/** One thing that cannot be done must not keep the others from being done; it is told by its name. */
import { connectionLost } from '../store/database.ts';

export interface Stuck {
  /** As people know it. */
  readonly name: string;
  readonly error: unknown;
}

type OnStuck<Item> = (item: Item, error: unknown) => void;

const MOST_NAMED = 20;

/** All of them in one go; where that fails, each by itself. */
export async function togetherOrAlone<Item, Done>(
  items: readonly Item[],
  act: (items: readonly Item[]) => Promise<Done>,
  onStuck: OnStuck<Item>,
): Promise<Done[]> {
  try {
    return [await act(items)];
  } catch (error) {
    if (connectionLost(error)) throw error;
    return eachAlone(items, (item) => act([item]), onStuck);
  }
}

/** A lost connection is thrown: it is the fault of none of them. */
export async function eachAlone<Item, Done>(
  items: readonly Item[],
  act: (item: Item) => Promise<Done>,
  onStuck: OnStuck<Item>,
): Promise<Done[]> {
  const done: Done[] = [];
  for (const item of items) {
    try {
      done.push(await act(item));
    } catch (error) {
      if (connectionLost(error)) throw error;
      onStuck(item, error);
    }
  }
  return done;
}

/** After everything else is done, so that the job is seen to have failed. The reasons are in `errors`. */
export function throwStuck(what: string, stuck: readonly Stuck[]): void {
  if (stuck.length === 0) return;
  const names = stuck.slice(0, MOST_NAMED).map(({ name }) => name);
  const more = stuck.length > names.length ? ` and ${stuck.length - names.length} more` : '';
  throw new AggregateError(
    stuck.map(({ error }) => error),
    `${what}: ${names.join(', ')}${more}. Everything else was done, and these are tried again with the next look`,
  );
}
