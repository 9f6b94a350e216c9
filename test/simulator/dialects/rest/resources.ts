/** What these systems hold, by the last part of the address. */
import type { World } from '../../world.ts';

export interface Listed {
  /** Rows are listed in this order, and ids are compared by it. */
  readonly order: number;
  readonly at: number;
  readonly json: Readonly<Record<string, unknown>>;
}

type Resource = (world: World, stamp: (at: Date) => unknown) => Listed[];

/** Stamps are compared as they are shown. */
const cut = (at: Date, shown: unknown): number =>
  typeof shown === 'number' || /\.\d{3}Z$/.test(String(shown)) ? at.getTime() : Math.floor(at.getTime() / 1000) * 1000;

export const RESOURCES: Readonly<Record<string, Resource | undefined>> = {
  customers: (world, stamp) =>
    world.rows('account').map((row) => {
      const { id, number, name, parentId, taxRegistration, currency, paymentTerms, creditLimit, balance, priceList, active, blocked } = row;
      const changed = stamp(row.changedAt);
      const json = {
        id: Number(id),
        number,
        name,
        parent: parentId === null ? null : { id: Number(parentId) },
        state: active ? (blocked ? 'blocked' : 'open') : 'archived',
        tax: { vat: taxRegistration },
        money: { currency, terms: paymentTerms, limit: creditLimit, balance },
        price_list: priceList,
        contact: { mail: row.email, phone: row.phone, web: row.website, language: row.language },
        changed,
      };
      return { order: Number(id), at: cut(row.changedAt, changed), json };
    }),
  addresses: (world, stamp) =>
    world.rows('address').flatMap((row) =>
      row.roles.map((role, turn) => {
        const { id, accountId, name, street, street2, postalCode, city, region, country } = row;
        const changed = stamp(row.changedAt);
        const json = {
          no: Number(id),
          kind: role,
          customer: Number(accountId),
          name,
          street: [street, street2],
          postalCode,
          city,
          region,
          country,
          changed,
        };
        return { order: Number(id) * 10 + turn, at: cut(row.changedAt, changed), json };
      }),
    ),
};
