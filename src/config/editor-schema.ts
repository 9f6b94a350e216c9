/**
 * The JSON schema that editors use for kontor.yaml, made from the same schemas that check it. The committed
 * kontor.schema.json is this, kept fresh by a test. Draft 7, because that is what editors know best.
 */
import { type ZodType, z } from 'zod';
import type { AnyConnector } from '../connector/contract.ts';
import { ENTITIES, ENTITY_NAMES, type EntityName } from '../connector/entities.ts';
import { connectionSchema, fileSchema, NAME_PATTERN } from './schema.ts';

interface JsonObject {
  [key: string]: unknown;
  type?: string | string[];
  properties?: Record<string, JsonObject>;
  required?: string[];
}

/** Anything a secret may stand for, beside the value itself. */
const SECRET: JsonObject = {
  description: 'A secret: an environment variable inside a text, a file, or what a command prints.',
  anyOf: [
    { type: 'string', pattern: '\\$\\{[^}]*\\}|^file:' },
    {
      type: 'object',
      properties: { file: { type: 'string', description: 'Path of a file that holds the secret.' } },
      required: ['file'],
      additionalProperties: false,
    },
    {
      type: 'object',
      properties: {
        command: { type: 'array', items: { type: 'string' }, minItems: 1, description: 'Program and arguments that print the secret.' },
      },
      required: ['command'],
      additionalProperties: false,
    },
  ],
};

export function editorSchema(connectors: readonly AnyConnector[]): JsonObject {
  const root = toJson(fileSchema);
  const properties = root.properties ?? {};
  for (const section of ['database', 'redis', 'http', 'mail']) properties[section] = allowSecrets(properties[section] ?? {});
  properties.connections = {
    ...properties.connections,
    anyOf: undefined,
    type: ['object', 'null'],
    propertyNames: { pattern: NAME_PATTERN.source },
    additionalProperties:
      connectors.length === 1
        ? { $ref: refTo(connectors[0]?.name ?? '') }
        : { oneOf: connectors.map(({ name }) => ({ $ref: refTo(name) })) },
  };
  const definitions = Object.fromEntries(connectors.map((connector) => [`${connector.name}-connection`, connectionOf(connector)]));
  const head = { $schema: 'http://json-schema.org/draft-07/schema#', title: 'kontor.yaml' };
  const schema = { ...head, ...root, properties, definitions: { secret: SECRET, ...definitions } };
  return JSON.parse(JSON.stringify(schema)) as JsonObject;
}

function connectionOf({ name, summary, config, sources }: AnyConnector): JsonObject {
  const base = toJson(connectionSchema);
  const readme = `see connectors/${name}/README.md`;
  const entities = ENTITY_NAMES.flatMap((entity) => {
    const source = sources[entity];
    return source ? [[entity, entityOf(entity, { ...toJson(source.options), description: `What is read; ${readme}.` })]] : [];
  });
  return {
    ...base,
    description: summary,
    properties: {
      ...base.properties,
      connector: { const: name, description: summary },
      settings: { ...allowSecrets(toJson(config)), description: `Where it is and how to log in; ${readme}.` },
      entities: { ...base.properties?.entities, properties: Object.fromEntries(entities), minProperties: 1 },
    },
  };
}

function entityOf(entity: EntityName, read: JsonObject): JsonObject {
  const { about, fields } = ENTITIES[entity];
  const described = Object.entries(fields).map(([field, spec]) => [field, { description: spec.about }]);
  const mapping = {
    type: ['object', 'null'],
    description: 'Our field: their column or path, or an object; see docs/mapping.md.',
    properties: { externalId: { description: 'what the other system calls the record' }, ...Object.fromEntries(described) },
  };
  return { type: ['object', 'null'], description: about, properties: { read, mapping }, additionalProperties: false };
}

function toJson(schema: ZodType): JsonObject {
  const { $schema: _, definitions: __, ...json } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', target: 'draft-7' });
  return JSON.parse(JSON.stringify(json), anyForSelf) as JsonObject;
}

/** The one shape that contains itself is "any JSON" (domains of Odoo and Tryton). Its definition would stand where nobody looks for it, so it is said as any. */
function anyForSelf(_key: string, value: unknown): unknown {
  const isOwn = typeof value === 'object' && value !== null && '$ref' in value && String(value.$ref).startsWith('#/definitions/__schema');
  return isOwn ? {} : value;
}

/** A text, number or switch may come from a secret; blocks and lists are walked. */
function allowSecrets(node: JsonObject): JsonObject {
  if (node.properties) {
    const walked = Object.entries(node.properties).map(([key, child]) => [key, allowSecrets(child)]);
    return { ...node, properties: Object.fromEntries(walked) };
  }
  if (node.type === 'array' && typeof node.items === 'object') return { ...node, items: allowSecrets(node.items as JsonObject) };
  const { description, default: preset, ...rest } = node;
  if (!['string', 'number', 'integer', 'boolean'].includes(String(node.type))) return node;
  return {
    ...(description !== undefined && { description }),
    ...(preset !== undefined && { default: preset }),
    anyOf: [rest, { $ref: '#/definitions/secret' }],
  };
}

function refTo(connector: string): string {
  return `#/definitions/${connector}-connection`;
}
