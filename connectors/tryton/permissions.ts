/** What the login may do, as far as rights on models tell. */
import { z } from 'zod';
import { shaped } from '../../src/connector/shaped.ts';
import { type Context, call, type TrytonSession } from './rpc.ts';

const NEEDED: ReadonlyArray<readonly [model: string, rights: ReadonlyArray<'read' | 'create' | 'write'>, forWhat: string]> = [
  ['party.party', ['read'], 'accounts'],
  ['party.contact_mechanism', ['read'], 'contacts'],
  ['party.address', ['read'], 'addresses'],
  ['product.product', ['read'], 'prices, stock and orders'],
  ['stock.location', ['read'], 'stock'],
  ['stock.shipment.out', ['read'], 'shipments'],
  ['account.invoice', ['read'], 'invoices'],
  ['sale.sale', ['read', 'create', 'write'], 'orders'],
  ['sale.line', ['read', 'create', 'write'], 'orders'],
];

const methods = z.array(z.string());
/** SQLite answers 1 and 0. */
const access = z.record(z.string(), z.record(z.string(), z.union([z.boolean(), z.number()])));

export async function findPermissions({ http, config }: TrytonSession, context: Context) {
  // Asking for the rights on a model that is not installed fails the whole call.
  const listed = new Set(shaped(methods, (await call(http, config, 'system.listMethods', [], 'read')).result, 'system.listMethods'));
  const there = NEEDED.filter(([model]) => listed.has(`model.${model}.search_read`));
  const asked = [there.map(([model]) => model), context];
  const { result } = await call(http, config, 'model.ir.model.access.get_access', asked, 'read');
  const granted = shaped(access, result, 'ir.model.access.get_access');
  const permissions = there.flatMap(([model, rights]) =>
    rights.map((right) => ({ name: `${right} ${model}`, granted: Boolean(granted[model]?.[right] ?? true) })),
  );
  const absent = NEEDED.filter((one) => !there.includes(one));
  return {
    permissions,
    warnings: [
      ...absent.map(
        ([model, , forWhat]) => `${model} is not installed there, so there are no ${forWhat}; install its module or leave them out`,
      ),
      ...permissions
        .filter((one) => !one.granted)
        .map(({ name }) => `the user may not ${name}; add the user to the groups that the page of the connector lists`),
    ],
  };
}
