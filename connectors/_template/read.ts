/** How lists are read: what changed since a stamp, in the order of ids, page by page. */
import { z } from 'zod';
import type { Session, Watermark } from '../../src/connector/contract.ts';
import { jsonSource } from '../../src/connector/json-source.ts';
import { shaped } from '../../src/connector/shaped.ts';
import { newestStamp, pullByWatermark } from '../../src/connector/watermark.ts';
import { RetryLaterError } from '../../src/errors.ts';
import { flattenAddress, flattenPrice } from './flatten.ts';
import { accountMapping, addressMapping, contactMapping, priceMapping, stockMapping } from './mapping.ts';
import { address, customer, list, person, price, stock } from './records.ts';
import { readOptions, type TemplateSettings } from './settings.ts';

/** Its stamps are those of the transaction's begin; its own limit for a transaction is five minutes. */
const watermark: Watermark = { field: 'changedAt', precisionMs: 1, stamped: 'transaction-start', commitLagMs: 300_000 };

/** Enough of a record to page by. */
const stamped = z.looseObject({ id: z.string(), changedAt: z.iso.datetime() });

export const sources = {
  account: jsonSource({ ...readFrom('/customers'), record: customer, mapping: accountMapping, at: ({ id }) => `customers/${id}` }),
  contact: jsonSource({ ...readFrom('/people'), record: person, mapping: contactMapping, at: ({ id }) => `people/${id}` }),
  address: jsonSource({
    ...readFrom('/addresses', flattenAddress),
    record: address,
    mapping: addressMapping,
    at: ({ id }) => `addresses/${id}`,
  }),
  price: jsonSource({ ...readFrom('/prices', flattenPrice), record: price, mapping: priceMapping, at: ({ id }) => `prices/${id}` }),
  stock: jsonSource({ ...readFrom('/stock'), record: stock, mapping: stockMapping, at: ({ id }) => `stock/${id}` }),
};

function readFrom(path: string, flatten: (given: unknown) => unknown[] = (given) => [given]) {
  return {
    options: readOptions,
    watermark,
    read: (session: Session<TemplateSettings>, _options: unknown, cursor: Parameters<typeof pullByWatermark>[0]['cursor']) =>
      pullByWatermark({
        cursor,
        watermark,
        now: session.now,
        async page({ since, next }) {
          const { json, serverAt } = await session.http.send({
            path,
            query: {
              // Archived ones are hidden unless asked for; they must come, for they become closed accounts.
              archived: 'true',
              changedSince: since?.toISOString(),
              afterId: next === null ? undefined : String(next),
              limit: session.config.pageSize,
            },
          });
          const { items, more } = shaped(list, json, path);
          const known = items.flatMap((item) => stamped.safeParse(item).data ?? []);
          const last = known.at(-1)?.id;
          if (more && last === undefined)
            throw new RetryLaterError('ERP_ANSWER_UNUSABLE', `${path}: a page that is not the last holds no id; it is asked for again`);
          return {
            records: items.flatMap(flatten),
            next: more && last !== undefined ? last : null,
            newest: newestStamp(known.map(({ changedAt }) => Date.parse(changedAt))),
            serverAt,
          };
        },
      }),
  };
}
