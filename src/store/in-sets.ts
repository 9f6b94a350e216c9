/**
 * One statement for many callers: who comes while a set of its kind is under way goes with the next. A lone caller is served at
 * once; where there is company anyway a set waits a moment for more, and under load a hundred cost hardly more than one.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { RetryLaterError } from '../errors.ts';
import { connectionLost } from './database.ts';

const LARGEST = 100;
/** Behind a set that was under way: statements come back in a fraction of it, and would each carry one or two. */
const GATHER_MS = 5;

/** Answers in the order of the items. What it does with one must not depend on the others. */
export type WorkOnSet<Lender extends object, Item, Answer> = (lender: Lender, items: readonly Item[]) => Promise<readonly Answer[]>;

/** Sets are gathered by whom they are asked of: a database, a queue. */
export function inSets<Lender extends object, Item, Answer>(
  work: WorkOnSet<Lender, Item, Answer>,
): (lender: Lender, item: Item) => Promise<Answer> {
  const desks = new WeakMap<Lender, Desk<Item, Answer>>();
  return (lender, item) => {
    const desk = desks.get(lender) ?? new Desk((items: readonly Item[]) => work(lender, items));
    desks.set(lender, desk);
    return desk.ask(item);
  };
}

interface Gathering<Item, Answer> {
  readonly items: Item[];
  readonly answers: Promise<ReadonlyArray<PromiseSettledResult<Answer>>>;
}

class Desk<Item, Answer> {
  readonly #work: (items: readonly Item[]) => Promise<readonly Answer[]>;
  #gathering: Gathering<Item, Answer> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #underWay = 0;

  constructor(work: (items: readonly Item[]) => Promise<readonly Answer[]>) {
    this.#work = work;
  }

  async ask(item: Item): Promise<Answer> {
    const set = this.#gathering ?? this.#gather();
    const place = set.items.push(item) - 1;
    if (set.items.length >= LARGEST) this.#gathering = undefined;
    const answer = (await set.answers)[place];
    if (answer?.status === 'fulfilled') return answer.value;
    throw answer?.reason;
  }

  #gather(): Gathering<Item, Answer> {
    const items: Item[] = [];
    const before = this.#underWay > 0 ? this.#last.then(() => sleep(GATHER_MS)) : this.#last;
    this.#underWay += 1;
    const answers = before
      .then(() => {
        if (this.#gathering === set) this.#gathering = undefined;
        return this.#carry(items);
      })
      .finally(() => {
        this.#underWay -= 1;
      });
    const set = { items, answers };
    this.#gathering = set;
    this.#last = answers;
    return set;
  }

  /** One that cannot be served must not take the others with it; where nobody can be now, nobody asks again alone. Never rejects. */
  async #carry(items: readonly Item[]): Promise<ReadonlyArray<PromiseSettledResult<Answer>>> {
    try {
      return (await this.#work(items)).map((value) => ({ status: 'fulfilled', value }));
    } catch (reason) {
      if (items.length === 1 || reason instanceof RetryLaterError || connectionLost(reason))
        return items.map(() => ({ status: 'rejected', reason }));
      return Promise.allSettled(items.map(async (item) => (await this.#work([item]))[0] as Answer));
    }
  }
}
