/** The company we work in: terms, limits, prices and orders all hang on it. */
import { z } from 'zod';
import { shaped } from '../../src/connector/shaped.ts';
import { NeedsOperatorError } from '../../src/errors.ts';
import { type Context, call, searchRead, type TrytonSession } from './rpc.ts';

export interface Company {
  readonly id: number;
  /** For every call: without `active_test: false` Tryton hides what is archived. */
  readonly context: Context;
}

export interface CompanyAbout extends Company {
  readonly name: string;
  /** ISO 4217. */
  readonly currency: string;
}

/** Asked once per session: an order is many calls. */
const OPENED = new WeakMap<TrytonSession, Company>();

export async function openCompany(session: TrytonSession): Promise<Company> {
  const { config } = session;
  const known = OPENED.get(session);
  if (known) return known;
  const base: Context = { active_test: false, language: config.language };
  const id = config.company ?? (await ownCompany(session, base));
  const company = { id, context: { ...base, company: id } };
  OPENED.set(session, company);
  return company;
}

const companyRow = z.looseObject({ party: z.looseObject({ name: z.string().nullable() }), currency: z.looseObject({ code: z.string() }) });

export async function aboutCompany(session: TrytonSession): Promise<CompanyAbout> {
  const company = await openCompany(session);
  const search = { domain: [['id', '=', company.id]], fields: ['party.name', 'currency.code'] };
  const { rows } = await searchRead(session, 'company.company', search, company.context);
  if (rows.length === 0) {
    throw new NeedsOperatorError(
      'CONFIG_INVALID',
      `there is no company ${company.id} that ${session.config.user} may see; correct \`company\` of ${session.connection}`,
    );
  }
  const { party, currency } = shaped(companyRow, rows[0], 'company.company');
  return { ...company, name: party.name ?? `company ${company.id}`, currency: currency.code };
}

const preferences = z.looseObject({ company: z.int().nullish() });

async function ownCompany({ http, config, connection }: TrytonSession, context: Context): Promise<number> {
  const { result } = await call(http, config, 'model.res.user.get_preferences', [true, context], 'read');
  const { company } = shaped(preferences, result, 'res.user.get_preferences');
  if (typeof company === 'number') return company;
  throw new NeedsOperatorError(
    'CONFIG_INVALID',
    `${config.user} works in no company; give the user one in Tryton, or set \`company\` of ${connection}`,
  );
}
