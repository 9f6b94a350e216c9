/** One connection of kontor.yaml, checked by the schema, then by its connector, then by the mapping language. */
import type { ZodType } from 'zod';
import type { AnyConnector, MappingSpec } from '../connector/contract.ts';
import type { EntityName } from '../connector/entities.ts';
import { checkMapping, overlayMapping } from '../connector/mapping/index.ts';
import { explainIssues } from './explain-issues.ts';
import type { Problems } from './problems.ts';
import { connectionSchema } from './schema.ts';
import { resolveSecrets, type SecretContext } from './secrets.ts';
import { type ConnectionSettings, DEFAULT_FORMATS, type EntitySettings, type FormatSettings } from './settings.ts';
import { suggestName } from './suggest-name.ts';
import type { Path } from './yaml-document.ts';

export interface ConnectionContext {
  connectors: readonly AnyConnector[];
  problems: Problems;
  /** `null` leaves secrets unresolved and `settings` unchecked: the caller will not speak to that system. */
  secretsFor(connection: string): SecretContext | null;
}

/** `undefined` when something is wrong; what, is in `context.problems`. */
export async function readConnection(name: string, raw: unknown, context: ConnectionContext): Promise<ConnectionSettings | undefined> {
  const path: Path = ['connections', name];
  const { problems } = context;
  const parsed = connectionSchema.safeParse(raw);
  if (!parsed.success) problems.add(...explainIssues(parsed.error.issues, connectionSchema, raw, path));
  const connector = findConnector(raw, path, context);
  if (!connector) return undefined;

  const { settings: rawSettings, entities: rawEntities } = raw as { settings?: unknown; entities?: unknown };
  const settings = await readSettings(rawSettings ?? {}, [...path, 'settings'], connector, context.secretsFor(name), problems);
  const known = parsed.data?.formats ?? DEFAULT_FORMATS;
  const entities = readEntities(rawEntities, [...path, 'entities'], connector, known, problems);
  if (!parsed.success) return undefined;
  if (rawEntities === undefined && !connector.orders) {
    problems.add({
      path,
      message: `${path.join('.')} has no entities: name what to pull; this connector reads ${Object.keys(connector.sources).join(', ')}`,
    });
    return undefined;
  }

  const { formats, schedule, guards } = parsed.data;
  return {
    name,
    connector: connector.name,
    settings,
    formats,
    entities,
    schedule: schedule ? { ...schedule, zone: schedule.zone ?? formats.zone } : null,
    guards,
  };
}

function findConnector(raw: unknown, path: Path, { connectors, problems }: ConnectionContext): AnyConnector | undefined {
  if (typeof raw !== 'object' || raw === null || !('connector' in raw) || typeof raw.connector !== 'string') return undefined;
  const wanted = raw.connector;
  const connector = connectors.find(({ name }) => name === wanted);
  if (!connector) {
    const names = connectors.map(({ name }) => name);
    problems.add({ path: [...path, 'connector'], message: `there is no connector "${wanted}"; ${suggestName(wanted, names)}` });
  }
  return connector;
}

async function readSettings(
  raw: unknown,
  path: Path,
  connector: AnyConnector,
  secrets: SecretContext | null,
  problems: Problems,
): Promise<unknown> {
  if (!secrets) return raw;
  const { value, failures } = await resolveSecrets(raw, path, secrets);
  if (failures.length > 0) {
    problems.addSecrets(...failures);
    return undefined;
  }
  return checked(connector.config, value, path, problems);
}

function readEntities(raw: unknown, path: Path, connector: AnyConnector, formats: FormatSettings, problems: Problems): EntitySettings[] {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return [];
  const offered = Object.keys(connector.sources) as EntityName[];
  return Object.entries(raw).flatMap(([name, given]): EntitySettings[] => {
    const entity = offered.find((known) => known === name);
    const source = entity && connector.sources[entity];
    if (!entity || !source) {
      const message = `the connector ${connector.name} does not read "${name}"; it reads: ${offered.join(', ')}`;
      problems.add({ path, key: name, message });
      return [];
    }
    const { read, mapping } = (given ?? {}) as { read?: unknown; mapping?: MappingSpec | null };
    for (const { path: at, message } of checkMapping(entity, overlayMapping(source.mapping, asSpec(mapping)), formats)) {
      problems.add({ path: [...path, name, ...at.split('.')], message: `${[...path, name].join('.')}.${at}: ${message}` });
    }
    return [{ entity, read: checked(source.options, read ?? {}, [...path, name, 'read'], problems), mapping: asSpec(mapping) }];
  });
}

/** What is no block of keys was told by the schema already. */
function asSpec(mapping: unknown): MappingSpec {
  return typeof mapping === 'object' && mapping !== null && !Array.isArray(mapping) ? (mapping as MappingSpec) : {};
}

function checked(schema: ZodType, value: unknown, path: Path, problems: Problems): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  problems.add(...explainIssues(parsed.error.issues, schema, value, path));
  return undefined;
}
