/** A file with rules, YAML or JSON; whatever is wrong is told with its line. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { explainIssues } from '../config/explain-issues.ts';
import { displayPath } from '../config/problems.ts';
import { parseYaml } from '../config/yaml-document.ts';
import { type PolicyDocument, policySchema } from '../domain/policy/schema.ts';
import { KontorError, NeedsOperatorError } from '../errors.ts';

export interface RulesFile {
  /** As it was written. */
  readonly given: unknown;
  readonly document: PolicyDocument;
}

/** Throws RULES_INVALID with every problem, or USAGE if there is no such file. */
export async function readRules(file: string, cwd: string): Promise<RulesFile> {
  const path = resolve(cwd, file);
  const name = displayPath(path, cwd);
  const { value, place } = parse(name, await read(path, name));
  const parsed = policySchema.safeParse(value);
  if (parsed.success) return { given: value, document: parsed.data };
  const problems = explainIssues(parsed.error.issues, policySchema, value, [])
    .map(({ path: at, key, message }) => ({ ...place(at, key), message }))
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .map(({ line, column, message }) => `${name}:${line}:${column}: ${message}`);
  throw new NeedsOperatorError('RULES_INVALID', problems.join('\n'), { cause: parsed.error, details: { problems: problems.length } });
}

async function read(path: string, name: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'it is not UTF-8' : code;
    throw new NeedsOperatorError('USAGE', `${name} cannot be read: ${why}`, { cause });
  }
}

function parse(name: string, text: string): ReturnType<typeof parseYaml> {
  try {
    return parseYaml(name, text);
  } catch (cause) {
    if (!(cause instanceof KontorError)) throw cause;
    throw new NeedsOperatorError('RULES_INVALID', cause.message, { cause });
  }
}
