/** Arguments that several commands take. */
import { type Command, InvalidArgumentError } from 'commander';
import type { ConnectionSettings, EntitySettings, Settings } from '../config/settings.ts';
import { suggestName } from '../config/suggest-name.ts';
import { ENTITIES, ENTITY_NAMES, type EntityName } from '../connector/entities.ts';
import { NeedsOperatorError } from '../errors.ts';
import type { Database } from '../store/database.ts';
import { type AccountMatch, findAccounts } from '../store/views/find-account.ts';
import { plain } from './terminal.ts';

export function withExamples(command: Command, examples: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}`);
}

/** Whole number of a range, for commander. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < least || number > most)
      throw new InvalidArgumentError(`it must be a whole number from ${least} to ${most}.`);
    return number;
  };
}

/** An id of one of our tables, for commander; kept as text because it may exceed a double. */
export function rowId(text: string): string {
  if (!/^\d{1,18}$/.test(text)) throw new InvalidArgumentError('it must be a number.');
  return text;
}

/** Decimal text, for commander; its currency is known later. */
export function decimalText(text: string): string {
  if (!/^-?\d{1,12}(\.\d{1,4})?$/.test(text)) throw new InvalidArgumentError('it must be an amount such as 200 or 200.50.');
  return text;
}

/** What is kept for those who ask later, for commander. */
export function someText(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('it must say something.');
  return text;
}

/** `account` or `accounts`. */
export function entityName(text: string): EntityName {
  const found = ENTITY_NAMES.find((name) => name === text || ENTITIES[name].table === text);
  if (!found) throw new InvalidArgumentError(suggestName(text, ENTITY_NAMES));
  return found;
}

/** `YYYY-MM-DD`, a day the calendar has, for commander. */
export function civilDay(text: string): string {
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // Some days that do not exist count as others; and PostgreSQL knows no year 0.
  if (Number.isNaN(day) || !new Date(day).toISOString().startsWith(text) || text.startsWith('0000'))
    throw new InvalidArgumentError('it must be a day of the calendar, written YYYY-MM-DD.');
  return text;
}

export const ACCOUNT_REFERENCE = 'customer number, external id, or id:NUMBER';

/** Throws NOT_FOUND for none, and for several. */
export async function requireAccount(db: Database, reference: string): Promise<AccountMatch> {
  const [first, ...others] = await findAccounts(db, reference);
  if (!first) {
    const cure = '`kontor accounts list --search TEXT` finds it';
    throw new NeedsOperatorError('NOT_FOUND', `there is no account "${reference}"; ${cure}`);
  }
  if (others.length === 0) return first;
  const names = [first, ...others].map(({ id, name }) => `id:${id} (${plain(name)})`);
  throw new NeedsOperatorError('NOT_FOUND', `"${reference}" fits several accounts; name one of: ${names.join(', ')}`);
}

export function requireConnection({ file, connections }: Settings, name: string): ConnectionSettings {
  const found = connections.get(name);
  if (found) return found;
  if (file === null)
    throw new NeedsOperatorError('CONFIG_MISSING', 'there is no kontor.yaml in this folder; run `kontor init`, or name it with --config');
  throw new NeedsOperatorError('CONNECTION_UNKNOWN', `there is no connection "${name}"; ${suggestName(name, [...connections.keys()])}`);
}

export function requireEntity({ name, entities }: ConnectionSettings, wanted: EntityName): EntitySettings {
  const found = entities.find(({ entity }) => entity === wanted);
  if (found) return found;
  const names = entities.map(({ entity }) => entity);
  throw new NeedsOperatorError('CONNECTION_UNKNOWN', `connection "${name}" does not pull ${wanted}; it pulls: ${names.join(', ')}`);
}
