/** Everything that is wrong with one configuration, told at once and in the order of the file. */
import { isAbsolute, relative } from 'node:path';
import { type ErrorCode, NeedsOperatorError } from '../errors.ts';
import type { Finding } from './explain-issues.ts';
import type { Path, Place, YamlDocument } from './yaml-document.ts';

interface Located extends Place {
  text: string;
}

export class Problems {
  readonly #document: YamlDocument | null;
  readonly #name: string;
  readonly #variableAt: (path: Path) => string | undefined;
  readonly #found: Located[] = [];
  readonly #secrets: Located[] = [];

  constructor(document: YamlDocument | null, name: string, variableAt: (path: Path) => string | undefined) {
    this.#document = document;
    this.#name = name;
    this.#variableAt = variableAt;
  }

  get empty(): boolean {
    return this.#found.length === 0 && this.#secrets.length === 0;
  }

  add(...findings: Finding[]): void {
    this.#found.push(...findings.map((finding) => this.#locate(finding)));
  }

  addSecrets(...findings: Finding[]): void {
    this.#secrets.push(...findings.map((finding) => this.#locate(finding)));
  }

  /** A file that must be corrected anyway is told first; secrets alone get the code that alerts know. */
  throwIfAny(): void {
    if (this.empty) return;
    const code: ErrorCode = this.#found.length > 0 ? 'CONFIG_INVALID' : 'SECRET_UNAVAILABLE';
    const all = [...this.#found, ...this.#secrets].sort((a, b) => a.line - b.line || a.column - b.column);
    throw new NeedsOperatorError(code, all.map(({ text }) => text).join('\n'), { details: { problems: all.length } });
  }

  #locate({ path, key, message }: Finding): Located {
    const variable = this.#variableAt(path);
    if (variable) return { line: 0, column: 0, text: `environment variable ${variable}: ${message}` };
    const { line, column } = this.#document?.place(path, key) ?? { line: 0, column: 0 };
    return { line, column, text: `${this.#name}:${line}:${column}: ${message}` };
  }
}

/** The shortest way to write a path for somebody who stands in `cwd`. */
export function displayPath(path: string, cwd: string): string {
  const inside = relative(cwd, path);
  return inside === '' || inside.startsWith('..') || isAbsolute(inside) ? path : inside;
}
