/**
 * CRMs keep two addresses inside an account, as fields of it: what was written last in a role is what is there, and writing it stamps the
 * account. The world keeps addresses as rows; this is how they look through such an account.
 */
import type { AddressRole, World, WorldAccount, WorldAddress } from '../world.ts';

export interface AccountAddresses {
  readonly billing: WorldAddress | undefined;
  readonly shipping: WorldAddress | undefined;
}

export function addressesOf(world: World, accountId: string): AccountAddresses {
  const rows = world.ofAccount('address', accountId).filter(({ active }) => active);
  const last = (role: AddressRole) => rows.findLast(({ roles }) => roles.includes(role));
  return { billing: last('bill_to'), shipping: last('ship_to') };
}

/** Whether a row of the world is to be seen in this role: there is no pay-to, and what was overwritten is gone. */
export function isShown(world: World, row: { readonly id: string }, role: unknown): boolean {
  const address = world.row('address', row.id);
  if (!address) return false;
  const { billing, shipping } = addressesOf(world, address.accountId);
  return (role === 'bill_to' ? billing : role === 'ship_to' ? shipping : undefined)?.id === row.id;
}

/** Stamps of accounts with their addresses in them. Emptying an address stamps too, so it must look before and after. */
export class AccountStamps {
  readonly #seen = new Map<string, { ids: readonly string[]; emptiedAt: number }>();

  /** Call it with every request, before stamps are asked. */
  observe(world: World): void {
    for (const { id } of world.rows('account')) {
      const ids = idsOf(addressesOf(world, id));
      const before = this.#seen.get(id);
      const removed = (before?.ids ?? []).filter((one) => !ids.includes(one));
      const emptiedAt = world.tombstones.reduce(
        (latest, one) => (one.kind === 'address' && removed.includes(one.id) ? Math.max(latest, one.removedAt.getTime()) : latest),
        before?.emptiedAt ?? 0,
      );
      this.#seen.set(id, { ids, emptiedAt });
    }
  }

  stampOf(world: World, account: WorldAccount): Date {
    const { billing, shipping } = addressesOf(world, account.id);
    const stamps = [account, billing, shipping].map((row) => row?.changedAt.getTime() ?? 0);
    return new Date(Math.max(...stamps, this.#seen.get(account.id)?.emptiedAt ?? 0));
  }
}

function idsOf({ billing, shipping }: AccountAddresses): string[] {
  return [billing, shipping].flatMap((row) => row?.id ?? []);
}
