/** Work on a set that one of its members can spoil: what fails is done again in halves, down to those it fails for. */
import { RetryLaterError } from '../errors.ts';
import { connectionLost } from '../store/database.ts';

/** `work` leaves nothing behind when it throws. What would be gone by itself concerns them all, and is thrown. */
export async function inHalves<Item>(
  items: readonly Item[],
  work: (items: readonly Item[]) => Promise<void>,
  skip: (item: Item, error: unknown) => void,
): Promise<void> {
  try {
    await work(items);
  } catch (error) {
    const lost = connectionLost(error);
    if (lost || error instanceof RetryLaterError) throw lost ?? error;
    const [first] = items;
    if (items.length <= 1) {
      if (first !== undefined) skip(first, error);
      return;
    }
    const middle = Math.ceil(items.length / 2);
    await inHalves(items.slice(0, middle), work, skip);
    await inHalves(items.slice(middle), work, skip);
  }
}
