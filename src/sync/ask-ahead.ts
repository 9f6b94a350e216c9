/**
 * Asks for the next items before they are wanted: a system is asked for the next page while the last ones are digested and
 * staged, and never waits for us. They come one after the other all the same. Whoever stops early aborts the signal they obey.
 */
import { setImmediate as whenSent } from 'node:timers/promises';

export async function* askAhead<Item>(items: AsyncIterable<Item>, count: number): AsyncGenerator<Item> {
  const iterator = items[Symbol.asyncIterator]();
  const asked: Array<Promise<IteratorResult<Item>>> = [];
  const ask = () => {
    const next = iterator.next();
    // A failure is met in its turn; until then it must not end the process.
    next.catch(() => undefined);
    asked.push(next);
  };
  for (let n = 0; n <= count; n++) ask();
  for (let next = asked.shift(); next; next = asked.shift()) {
    const { done, value } = await next;
    if (done) return;
    ask();
    // The next request is on its way before we begin to work on this item.
    await whenSent();
    yield value;
  }
}
