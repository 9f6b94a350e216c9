/** A file in YAML or JSON that a schema checks; whatever is wrong is told with its line. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { z } from 'zod';
import { explainIssues } from '../config/explain-issues.ts';
import { displayPath } from '../config/problems.ts';
import { parseYaml } from '../config/yaml-document.ts';
import { type ErrorCode, KontorError, NeedsOperatorError } from '../errors.ts';
import { unreadable } from './open-table.ts';

export interface CheckedFile<T> {
  /** As it was written. */
  readonly given: unknown;
  readonly document: T;
}

/** Throws `code` with every problem, or USAGE if there is no such file. */
export async function readCheckedFile<S extends z.ZodType>(
  file: string,
  cwd: string,
  { schema, code }: { schema: S; code: ErrorCode },
): Promise<CheckedFile<z.output<S>>> {
  const path = resolve(cwd, file);
  const name = displayPath(path, cwd);
  const { value, place } = parse(name, await readText(path, name), code);
  const parsed = schema.safeParse(value);
  if (parsed.success) return { given: value, document: parsed.data };
  const problems = explainIssues(parsed.error.issues, schema, value, [])
    .map(({ path: at, key, message }) => ({ ...place(at, key), message }))
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .map(({ line, column, message }) => `${name}:${line}:${column}: ${message}`);
  throw new NeedsOperatorError(code, problems.join('\n'), { cause: parsed.error, details: { problems: problems.length } });
}

/** Without a schema: for files whose parts are checked one by one. */
export async function parseDocument(path: string, name: string, code: ErrorCode): Promise<ReturnType<typeof parseYaml>> {
  return parse(name, await readText(path, name), code);
}

/** Throws USAGE if there is no such file, or it is not UTF-8. */
export async function readText(path: string, name: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (cause) {
    throw unreadable(name, cause);
  }
}

function parse(name: string, text: string, code: ErrorCode): ReturnType<typeof parseYaml> {
  try {
    return parseYaml(name, text);
  } catch (cause) {
    if (!(cause instanceof KontorError)) throw cause;
    throw new NeedsOperatorError(code, cause.message, { cause });
  }
}
