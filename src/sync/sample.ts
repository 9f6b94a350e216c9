/** A few records through the mapping, to look at: nothing is stored, no cursor moves. */

import type { ConnectionSettings } from '../config/settings.ts';
import type { AnyConnector, Draft, DraftValue, Fault, Json, Origin, Problem, Unreadable } from '../connector/contract.ts';
import { ENTITIES, type EntityName } from '../connector/entities.ts';
import type { Border } from '../connector/http/border.ts';
import { bindMapping, type CompiledMapping, compileMapping, overlayMapping } from '../connector/mapping/index.ts';
import { openSession } from '../connector/open-session.ts';
import { NeedsOperatorError } from '../errors.ts';

/** One field: what they have, what we make of it, and why not. */
export interface SampledField {
  field: string;
  from: Array<{ column: string; value: string }>;
  value: DraftValue | undefined;
  problems: Problem[];
}

export interface SampledRecord {
  origin: Origin;
  payload: Json;
  draft: Draft | null;
  fields: SampledField[];
  /** Problems of the record as a whole. */
  problems: Problem[];
}

export interface Sample {
  records: SampledRecord[];
  unreadable: Unreadable[];
  faults: Fault[];
  /** Columns no field is made of. */
  unused: string[];
}

export interface SampleRequest {
  connection: ConnectionSettings;
  connector: AnyConnector;
  entity: EntityName;
  baseFolder: string;
  limit: number;
  signal: AbortSignal;
  border: Border;
}

/** Throws what reading throws, and SOURCE_LAYOUT when columns of the mapping are missing. */
export async function sampleMapping({ connection, connector, entity, baseFolder, limit, signal, border }: SampleRequest): Promise<Sample> {
  const source = connector.sources[entity];
  const configured = connection.entities.find((one) => one.entity === entity);
  if (!source || !configured) throw new NeedsOperatorError('CONNECTION_UNKNOWN', `connection "${connection.name}" does not pull ${entity}`);
  const mapping = compileMapping(entity, overlayMapping(source.mapping, configured.mapping), connection.formats);
  const mapper = bindMapping<unknown>(mapping, source);
  const config = connection.settings;
  const session = openSession(connector, { connection: connection.name, config, baseFolder, signal, now: () => new Date() }, border);
  const sample: Sample = { records: [], unreadable: [], faults: [], unused: [] };
  const unused = new Set<string>();

  for await (const page of source.read(session, configured.read, null)) {
    sample.faults.push(...(page.faults ?? []));
    sample.unreadable.push(...(page.unreadable ?? []).slice(0, limit - sample.unreadable.length));
    for (const raw of page.records.slice(0, limit - sample.records.length)) {
      const { names, at } = source.access(raw);
      for (const name of names) unused.add(name);
      const { draft = null, problems = [] } = mapper.toDraft(raw);
      const fields = fieldsOf(mapping, (name) => at(name)?.(raw), draft, problems);
      const ofRecord = problems.filter((problem) => !fields.some(({ problems: told }) => told.includes(problem)));
      sample.records.push({ origin: source.origin(raw), payload: source.payload(raw), draft, fields, problems: ofRecord });
    }
    if (sample.records.length >= limit) break;
  }
  for (const { name } of mapping.columns) unused.delete(name);
  return { ...sample, unused: [...unused] };
}

function fieldsOf(
  mapping: CompiledMapping,
  cell: (name: string) => unknown,
  draft: Draft | null,
  problems: readonly Problem[],
): SampledField[] {
  const attributes = mapping.attributes.map(({ field }) => field);
  return ['externalId', ...Object.keys(ENTITIES[mapping.entity].fields), ...attributes].flatMap((field) => {
    const from = mapping.columns
      .filter(({ fields }) => fields.includes(field))
      .map(({ name }) => ({ column: name, value: asText(cell(name)) }));
    const value = draft ? draftValue(draft, field) : undefined;
    const told = problems.filter((problem) => problem.field === field);
    // `attributes` as a whole is told by its parts.
    const isSilent = (from.length === 0 && value === undefined && told.length === 0) || field === 'attributes';
    return isSilent ? [] : [{ field, from, value, problems: told }];
  });
}

function draftValue({ externalId, values }: Draft, field: string): DraftValue | undefined {
  if (field === 'externalId') return externalId;
  if (!field.startsWith('attributes.')) return values[field];
  return (values.attributes as Record<string, DraftValue> | undefined)?.[field.slice('attributes.'.length)];
}

function asText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object') return String(value);
  // Typed cells of workbooks hold their own text.
  return 'text' in value && typeof value.text === 'string' ? value.text : JSON.stringify(value);
}
