/** Templates and texts of an installation, read once and proved: the shipped ones, and a company's own in their place. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Settings } from '../config/settings.ts';
import { NeedsOperatorError } from '../errors.ts';
import { NOTICE_EVENTS } from '../store/notifications.ts';
import { BASE_LANGUAGE, buildCatalogues, type Catalogue, canonicalLocale } from './catalogue.ts';
import { composeMail } from './compose-mail.ts';
import { sampleMatter } from './samples.ts';
import { buildTemplates, messageOf, type Templates } from './templates.ts';
import { tongueOf } from './tongue.ts';

export interface MailKit {
  readonly templates: Templates;
  readonly catalogues: ReadonlyMap<string, Catalogue>;
  /** Names of the files of `mail.templates` that are in use. */
  readonly own: readonly string[];
}

/** Beside src in a clone, beside dist in a package. */
const SHIPPED = ['../../templates/mail', '../../../templates/mail']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((path) => existsSync(path)) as string;
const MAX_BYTES = 1_000_000;

interface Files {
  readonly templates: ReadonlyMap<string, string>;
  readonly messages: ReadonlyMap<string, unknown>;
}

/** Throws MAIL_TEMPLATE_INVALID with everything that is wrong. */
export async function loadMailKit({ mail, baseFolder }: Pick<Settings, 'mail' | 'baseFolder'>): Promise<MailKit> {
  const problems: string[] = [];
  const shipped = await readFolder(SHIPPED, problems);
  const own =
    mail.templates === undefined
      ? { templates: new Map(), messages: new Map() }
      : await readFolder(resolve(baseFolder, mail.templates), problems);
  const catalogues = buildCatalogues(shipped.messages, own.messages, problems);
  const templates = buildTemplates(new Map([...shipped.templates, ...own.templates]), problems);
  const kit = { templates, catalogues, own: [...own.templates.keys(), ...[...own.messages.keys()].map((name) => `${name}.json`)].sort() };
  if (problems.length === 0) prove(kit, problems);
  if (problems.length === 0) return kit;
  throw new NeedsOperatorError('MAIL_TEMPLATE_INVALID', `templates of mails cannot be used as they are\n${problems.join('\n')}`);
}

async function readFolder(folder: string, problems: string[]): Promise<Files> {
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

/** Draws an example of every event in every language, so that what cannot be drawn is known before anybody waits for it. */
function prove(kit: MailKit, problems: string[]): void {
  const found = new Set<string>();
  for (const catalogue of kit.catalogues.values()) {
    const tongue = tongueOf(catalogue, { locale: catalogue.language, zone: 'UTC' });
    for (const event of NOTICE_EVENTS) {
      try {
        const { html } = composeMail(kit.templates, [sampleMatter(event)], 'Greta', tongue);
        const remote = remoteContent(html);
        if (remote) found.add(`the HTML of ${event} loads ${remote}; mails load nothing from elsewhere`);
      } catch (error) {
        const where = catalogue.language === BASE_LANGUAGE ? '' : ` in ${catalogue.language}`;
        found.add(`${event}${where} cannot be drawn: ${messageOf(error)}`);
      }
    }
  }
  problems.push(...found);
}

/** What a mail program would fetch, and thereby tell somebody that the mail was opened. */
function remoteContent(html: string): string | undefined {
  return /<(?:img|link|script|iframe|object|embed|video|audio|source|input)\b[^>]*>|\bbackground\s*=|@import|url\s*\(/i
    .exec(html)?.[0]
    ?.slice(0, 80);
}
