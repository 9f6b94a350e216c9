/** The company that is worked in. */
import { z } from 'zod';
import type { Session } from '../../src/connector/contract.ts';
import { entityPath, readAll } from '../../src/connector/odata/index.ts';
import { NeedsOperatorError } from '../../src/errors.ts';
import type { BusinessCentralSettings } from './settings.ts';

export type BusinessCentralSession = Session<BusinessCentralSettings>;

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const companyRow = z.object({ id: z.string(), name: z.string(), displayName: z.string().nullish(), systemVersion: z.string().nullish() });
export type Company = z.infer<typeof companyRow>;

/** `companies(ID)`: what every address begins with. Asks for the companies where the settings have a name. */
export async function companyPath(session: BusinessCentralSession): Promise<string> {
  const { company } = session.config;
  return entityPath('companies', GUID.test(company) ? company.toLowerCase() : (await findCompany(session)).id);
}

export async function findCompany(session: BusinessCentralSession): Promise<Company> {
  const { company } = session.config;
  const companies = (await readAll(session.http, 'companies')).flatMap((row) => companyRow.safeParse(row).data ?? []);
  const isMeant = ({ id, name, displayName }: Company) =>
    id.toLowerCase() === company.toLowerCase() || name === company || displayName === company;
  const [found, other] = companies.filter(isMeant);
  if (found && other) {
    throw new NeedsOperatorError(
      'CONFIG_INVALID',
      `${session.connection}: several companies are called "${company}"; write its id: ${found.id} or ${other.id}`,
    );
  }
  if (found) return found;
  const names = companies.map(({ name }) => `"${name}"`).join(', ');
  throw new NeedsOperatorError(
    'CONFIG_INVALID',
    `${session.connection}: there is no company "${company}"; correct \`company\`, or let the application see it. It sees ${names || 'none'}`,
  );
}
