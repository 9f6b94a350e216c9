/** Templates and texts of an installation, read once and proved: the shipped ones, and a company's own in their place. */
import type { Settings } from '../config/settings.ts';
import { NOTICE_EVENTS } from '../store/notifications.ts';
import { BASE_LANGUAGE, buildCatalogues, type Catalogue } from './catalogue.ts';
import { composeMail } from './compose-mail.ts';
import { sampleMatter } from './samples.ts';
import { messageOf, readTemplateFiles, refuseProblems } from './template-files.ts';
import { buildTemplates, type Templates } from './templates.ts';
import { tongueOf } from './tongue.ts';

export interface MailKit {
  readonly templates: Templates;
  readonly catalogues: ReadonlyMap<string, Catalogue>;
  /** Names of the files of `mail.templates` that are in use. */
  readonly own: readonly string[];
}

/** Throws MAIL_TEMPLATE_INVALID with everything that is wrong. */
export async function loadMailKit(settings: Pick<Settings, 'mail' | 'baseFolder'>): Promise<MailKit> {
  const problems: string[] = [];
  const { shipped, own } = await readTemplateFiles(settings, problems);
  const catalogues = buildCatalogues(shipped.messages, own.messages, problems);
  const templates = buildTemplates(new Map([...shipped.templates, ...own.templates]), problems);
  const kit = { templates, catalogues, own: [...own.templates.keys(), ...[...own.messages.keys()].map((name) => `${name}.json`)].sort() };
  if (problems.length === 0) prove(kit, problems);
  refuseProblems(problems);
  return kit;
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
