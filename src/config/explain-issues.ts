/** Schema issues as sentences for the person who wrote the file: what is wrong, what is allowed, what was meant. */
import { type core, type ZodType, z } from 'zod';
import { suggestName } from './suggest-name.ts';
import type { Path } from './yaml-document.ts';

type Issue = core.$ZodIssue;
type JsonSchema = core.JSONSchema.BaseSchema;

export interface Finding {
  path: Path;
  /** The finding is about this key below `path`, not about the value. */
  key?: string;
  message: string;
}

/** `base` is where the checked value stands in the file. Values are never repeated: they may be secrets. */
export function explainIssues(issues: readonly Issue[], schema: ZodType, value: unknown, base: Path): Finding[] {
  return issues.flatMap((issue) => explain(issue, schema, value, base));
}

function explain(issue: Issue, schema: ZodType, value: unknown, base: Path): Finding[] {
  const path = [...base, ...issue.path];
  const name = path.length > 0 ? path.map(String).join('.') : 'the file';
  switch (issue.code) {
    case 'unrecognized_keys': {
      const allowed = allowedKeys(schema, issue.path);
      return issue.keys.map((key) => ({ path, key, message: `"${key}" is not known in ${name}; ${suggestName(key, allowed)}` }));
    }
    case 'invalid_key':
      return [{ path, message: `the name "${String(issue.path.at(-1))}" ${issue.issues[0]?.message ?? 'cannot be used'}` }];
    case 'invalid_value': {
      const word = wordOnTheWay(value, issue.path);
      const at = word ? [...base, ...word.path] : path;
      const given = word ? word.text : valueAt(value, issue.path);
      return [{ path: at, message: `${at.length > 0 ? at.map(String).join('.') : name} ${allowedValues(issue.values, given)}` }];
    }
    case 'invalid_union': {
      // A form that could be read and says what is wrong in words of its own is the one that was meant.
      const meant = issue.errors.find(
        (inner) => inner.length > 0 && inner.every(({ code, path }) => code === 'custom' && path.length === 0),
      );
      if (meant) return meant.map(({ message }) => ({ path, message: `${name} ${message}` }));
      const nearest = [...issue.errors].sort((a, b) => depth(b) - depth(a))[0];
      if (nearest && depth(nearest) > 0) {
        return nearest.flatMap((inner) => explain({ ...inner, path: [...issue.path, ...inner.path] } as Issue, schema, value, base));
      }
      return [{ path, message: `${name} ${found(value, issue.path)}; ${unionHint(issue, schema)}` }];
    }
    case 'invalid_type':
      return [{ path, message: `${name} ${found(value, issue.path)}; it must be ${article(issue.expected)}` }];
    default:
      return [{ path, message: `${name} ${lowerFirst(issue.message)}` }];
  }
}

function depth(issues: readonly Issue[]): number {
  return Math.max(0, ...issues.map(({ path }) => path.length));
}

function unionHint(issue: Issue & { code: 'invalid_union' }, schema: ZodType): string {
  const { options } = issue as { options?: unknown[] };
  if (options) return `allowed: ${options.map(String).join(', ')}`;
  // A schema that has words of its own is told by them.
  if (issue.message.startsWith('must ')) return `it ${issue.message}`;
  const forms = describeForms(schemaAt(schema, issue.path));
  return forms.length > 0 ? `allowed: ${forms.join(', or ')}` : lowerFirst(issue.message);
}

function found(root: unknown, path: Path): string {
  const value = valueAt(root, path);
  if (value === undefined) return 'is missing';
  if (value === null) return 'is empty';
  if (Array.isArray(value)) return 'is a list';
  const word = { string: 'a text', number: 'a number', boolean: 'true or false', object: 'a block of keys' }[typeof value as 'string'];
  return `is ${word ?? typeof value}`;
}

function allowedValues(values: readonly unknown[], given: unknown): string {
  const shown = values.map((value) => (value === '' ? '""' : String(value)));
  if (given === undefined) return `is missing; allowed: ${shown.join(', ')}`;
  return `has a value that is not allowed; ${suggestName(String(given), shown, 'allowed')}`;
}

function article(type: string): string {
  const words: Record<string, string> = {
    string: 'a text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    object: 'a block of keys',
    record: 'a block of keys',
    array: 'a list',
  };
  return words[type] ?? type;
}

function lowerFirst(message: string): string {
  return message.replace(/^(Invalid input: |Too (small|big): )/, '').replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) value = (value as Record<PropertyKey, unknown> | null | undefined)?.[step];
  return value;
}

/** A word that was read as the block it stands for, such as `period: month`: it is what is wrong, not a key that nobody wrote. */
function wordOnTheWay(root: unknown, path: Path): { path: Path; text: string } | null {
  const at = path.findIndex((_, n) => n > 0 && typeof valueAt(root, path.slice(0, n)) === 'string');
  return at < 0 ? null : { path: path.slice(0, at), text: String(valueAt(root, path.slice(0, at))) };
}

function allowedKeys(schema: ZodType, path: Path): string[] {
  const node = schemaAt(schema, path);
  const branches = [node, ...(node?.anyOf ?? []), ...(node?.oneOf ?? [])] as Array<JsonSchema | undefined>;
  return [...new Set(branches.flatMap((branch) => Object.keys(branch?.properties ?? {})))];
}

function describeForms(node: JsonSchema | undefined): string[] {
  return ((node?.anyOf ?? node?.oneOf ?? []) as JsonSchema[]).map(
    ({ type, properties }) => `${article(String(type))}${properties ? ` with ${Object.keys(properties).join(', ')}` : ''}`,
  );
}

/** JSON schema is the one public way to look inside a schema of any kind, a connector's too. */
function schemaAt(schema: ZodType, path: Path): JsonSchema | undefined {
  let nodes: JsonSchema[] = [z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema];
  for (const step of path) {
    nodes = nodes.flatMap(branches).flatMap((node) => {
      const next = typeof step === 'number' ? node.items : (node.properties?.[String(step)] ?? node.additionalProperties);
      return next && typeof next === 'object' && !Array.isArray(next) ? [next as JsonSchema] : [];
    });
  }
  const all = nodes.flatMap(branches);
  return all.length > 1 ? { anyOf: all } : all[0];
}

function branches(node: JsonSchema): JsonSchema[] {
  const inner = [...(node.anyOf ?? []), ...(node.oneOf ?? [])] as JsonSchema[];
  return inner.length > 0 ? inner.flatMap(branches) : [node];
}
