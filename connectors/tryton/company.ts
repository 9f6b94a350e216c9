/** The company we work in: terms, limits, prices and orders all hang on it. */
import { z } from 'zod';
import { NeedsOperatorError } from '../../src/errors.ts';
import { type Context, call, searchRead, shaped, type TrytonSession } from './rpc.ts';

export interface Company {
  readonly id: number;
  readonly name: string;
  /** ISO 4217. */
  readonly currency: string;
  /** For every call: without `active_test: false` Tryton hides what is archived. */
  readonly context: Context;
}

const preferences = z.looseObject({ company: z.int().nullish() });
const companyRow = z.looseObject({ party: z.looseObject({ name: z.string().nullable() }), currency: z.looseObject({ code: z.string() }) });

export async function openCompany(session: TrytonSession): Promise<Company> {
  const { config } = session;
  const base: Context = { active_test: false, language: config.language };
  const id = config.company ?? (await ownCompany(session, base));
  const context = { ...base, company: id };
  const { rows } = await searchRead(
    session,
    'company.company',
    { domain: [['id', '=', id]], fields: ['party.name', 'currency.code'] },
    context,
  );
  if (rows.length === 0) {
    throw new NeedsOperatorError(
      'CONFIG_INVALID',
      `there is no company ${id} that ${config.user} may see; correct \`company\` of ${session.connection}`,
    );
  }
  const { party, currency } = shaped(companyRow, rows[0], 'company.company');
  return { id, name: party.name ?? `company ${id}`, currency: currency.code, context };
}

async function ownCompany({ http, config, connection }: TrytonSession, context: Context): Promise<number> {
  const { result } = await call(http, config, 'model.res.user.get_preferences', [true, context], 'read');
  const { company } = shaped(preferences, result, 'res.user.get_preferences');
  if (typeof company === 'number') return company;
  throw new NeedsOperatorError(
    'CONFIG_INVALID',
    `${config.user} works in no company; give the user one in Tryton, or set \`company\` of ${connection}`,
  );
}
