/** Templates and texts as they lie in folders: the shipped ones, and a company's own. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Settings } from '../config/settings.ts';
import { NeedsOperatorError } from '../errors.ts';
import { NOTICE_EVENTS } from '../store/notifications.ts';
import { buildCatalogues, type Catalogue, canonicalLocale } from './catalogue.ts';

/** Beside src in a clone, beside dist in a package. */
const SHIPPED = ['../../templates/mail', '../../../templates/mail']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((path) => existsSync(path)) as string;
const MAX_BYTES = 1_000_000;

export interface TemplateFiles {
  readonly templates: ReadonlyMap<string, string>;
  readonly messages: ReadonlyMap<string, unknown>;
}

type Needed = Pick<Settings, 'mail' | 'baseFolder'>;

/** `problems` gets a sentence for each file that cannot be used. */
export async function readTemplateFiles(
  { mail, baseFolder }: Needed,
  problems: string[],
): Promise<{ shipped: TemplateFiles; own: TemplateFiles }> {
  const own = mail.templates === undefined ? null : await readFolder(resolve(baseFolder, mail.templates), problems);
  return { shipped: await readFolder(SHIPPED, problems), own: own ?? { templates: new Map(), messages: new Map() } };
}

/** Texts alone, for pages, which have no use for templates. Throws MAIL_TEMPLATE_INVALID with everything that is wrong. */
export async function loadCatalogues(settings: Needed): Promise<Map<string, Catalogue>> {
  const problems: string[] = [];
  const { shipped, own } = await readTemplateFiles(settings, problems);
  const catalogues = buildCatalogues(shipped.messages, own.messages, problems);
  refuseProblems(problems);
  return catalogues;
}

export function refuseProblems(problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new NeedsOperatorError('MAIL_TEMPLATE_INVALID', `templates of mails cannot be used as they are\n${problems.join('\n')}`);
}

async function readFolder(folder: string, problems: string[]): Promise<TemplateFiles> {
  const files: { templates: Map<string, string>; messages: Map<string, unknown> } = { templates: new Map(), messages: new Map() };
  for (const name of await namesIn(folder)) {
    if (!isKnown(name)) {
      problems.push(`${name} is nothing a mail is made of; known: ${KNOWN.join(', ')}, EVENT.html, EVENT.txt and LANGUAGE.json`);
      continue;
    }
    const text = await readFile(join(folder, name), 'utf8');
    if (text.length > MAX_BYTES) problems.push(`${name} is larger than ${MAX_BYTES} bytes; images belong nowhere in it`);
    else if (name.endsWith('.json')) parseInto(files.messages, name, text, problems);
    else files.templates.set(name, text);
  }
  return files;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.') && !entry.name.endsWith('.md')).map(({ name }) => name);
  } catch (cause) {
    throw new NeedsOperatorError('CONFIG_INVALID', `mail.templates names a folder that cannot be read: ${folder}`, { cause });
  }
}

const KNOWN = ['mail.html', 'mail.txt', 'item.html', 'item.txt'];

function isKnown(name: string): boolean {
  if (KNOWN.includes(name)) return true;
  const [, stem = '', kind = ''] = /^(.+)\.(html|txt|json)$/.exec(name) ?? [];
  if (kind === 'json') return canonicalLocale(stem)[0] === stem;
  return (NOTICE_EVENTS as readonly string[]).includes(stem);
}

function parseInto(messages: Map<string, unknown>, name: string, text: string, problems: string[]): void {
  try {
    messages.set(name.replace(/\.json$/, ''), JSON.parse(text));
  } catch (error) {
    problems.push(`${name} is not JSON: ${messageOf(error)}`);
  }
}

/** The first line says what is wrong; the rest shows the place, which a log does not need. */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
