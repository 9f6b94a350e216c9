/** Arguments that several commands take. */
import { type Command, InvalidArgumentError } from 'commander';
import type { ConnectionSettings, EntitySettings, Settings } from '../config/settings.ts';
import { suggestName } from '../config/suggest-name.ts';
import { ENTITIES, ENTITY_NAMES, type EntityName } from '../connector/entities.ts';
import { NeedsOperatorError } from '../errors.ts';

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

/** `account` or `accounts`. */
export function entityName(text: string): EntityName {
  const found = ENTITY_NAMES.find((name) => name === text || ENTITIES[name].table === text);
  if (!found) throw new InvalidArgumentError(suggestName(text, ENTITY_NAMES));
  return found;
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
