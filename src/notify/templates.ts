/** Templates of mails: Liquid files, escaped by default where they make HTML. They see what a mail view holds, and nothing else. */
import { Liquid, type Template } from 'liquidjs';
import type { MailView } from './mail-view.ts';
import { messageOf, type TemplateFiles } from './template-files.ts';

export interface Templates {
  /** Name of the template of one notification: the event's own where there is one. */
  itemTemplate(event: string): { html: string; text: string };
  html(view: MailView): string;
  text(view: MailView): string;
}

const LIMITS = { parseLimit: 1_000_000, renderLimit: 5_000, memoryLimit: 50_000_000 };
const STRICT = { strictFilters: true, strictVariables: true, lenientIf: true, ownPropertyOnly: true, relativeReference: false };

/** `problems` gets a sentence for each file that cannot be read. */
export function buildTemplates(files: TemplateFiles['templates'], problems: string[]): Templates {
  const templates = Object.fromEntries(files);
  const engines = {
    html: new Liquid({ templates, outputEscape: 'escape', ...STRICT, ...LIMITS }),
    text: new Liquid({ templates, ...STRICT, ...LIMITS }),
  };
  const parsed = new Map<string, Template[]>();
  for (const [name, source] of files) {
    const engine = name.endsWith('.html') ? engines.html : engines.text;
    try {
      parsed.set(name, engine.parse(source, name));
    } catch (error) {
      problems.push(`${name}: ${messageOf(error)}`);
    }
  }
  const pick = (event: string, kind: 'html' | 'txt') => (files.has(`${event}.${kind}`) ? `${event}.${kind}` : `item.${kind}`);
  const render = (engine: Liquid, name: string, view: MailView) => engine.renderSync(parsed.get(name) ?? [], { mail: view }) as string;
  return {
    itemTemplate: (event) => ({ html: pick(event, 'html'), text: pick(event, 'txt') }),
    html: (view) => render(engines.html, 'mail.html', view),
    text: (view) => tidy(render(engines.text, 'mail.txt', view)),
  };
}

/** Blank lines come in ones, whatever a template left out. */
function tidy(text: string): string {
  const lines = text
    .replaceAll(/[\u00a0\u202f]/g, ' ')
    .split('\n')
    .map((line) => (line === '-- ' ? line : line.trimEnd()));
  return `${lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}
