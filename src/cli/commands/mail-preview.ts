/** `kontor mail preview`: how mails look, in every language, with the templates and texts that are in use. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { isLocale } from '../../config/mail-schema.ts';
import { isZone } from '../../connector/mapping/formats.ts';
import { NeedsOperatorError } from '../../errors.ts';
import type { ComposedMail } from '../../notify/compose-mail.ts';
import { loadMailKit } from '../../notify/mail-kit.ts';
import { previewNotification, previewSample } from '../../notify/preview.ts';
import { NOTICE_EVENTS, type NoticeEvent } from '../../store/notifications.ts';
import type { App } from '../app.ts';
import { rowId, withExamples } from '../arguments.ts';
import { countOf } from '../format.ts';

interface PreviewOptions {
  readonly language?: string;
  readonly zone?: string;
  readonly notification?: string;
  readonly out?: string;
}

export function addPreviewCommand(mail: Command, app: App): void {
  const preview = mail
    .command('preview')
    .description('show how a mail looks, sending nothing: an invented example, or a notification as it would leave now')
    .argument('[events...]', `${NOTICE_EVENTS.join(', ')}; several make a digest`)
    .option('--language <language>', 'such as de or de-AT; mail.language if absent', language)
    .option('--zone <zone>', 'IANA zone of the reader; mail.zone if absent', zoneName)
    .addOption(new Option('--notification <number>', 'this one of the queue instead, without its link').argParser(rowId))
    .option('--out <folder>', 'write preview.html and preview.txt there; every event, if none is named')
    .action(async (given: string[], options: PreviewOptions) => {
      const settings = await app.settings([]);
      const kit = await loadMailKit(settings);
      const { language: wanted = settings.mail.language, zone = settings.mail.zone, notification, out } = options;
      const events = given.map(eventName);
      if (notification !== undefined) {
        const { db } = await app.store(settings);
        return show(app, { preview: await previewNotification({ db, settings, kit, now: new Date() }, notification) }, out);
      }
      if (events.length > 0) return show(app, { preview: previewSample(kit, events, { language: wanted, zone }) }, out);
      if (out === undefined)
        throw new NeedsOperatorError('USAGE', 'name an event, a --notification, or a folder for all of them with --out');
      const all = NOTICE_EVENTS.map((event) => [event, previewSample(kit, [event], { language: wanted, zone })] as const);
      return show(app, Object.fromEntries([...all, ['digest', previewSample(kit, NOTICE_EVENTS, { language: wanted, zone })]]), out);
    });
  withExamples(preview, [
    'kontor mail preview approval.asked --language de',
    'kontor mail preview --out previews --language de',
    'kontor mail preview --notification 3',
  ]);
}

async function show(app: App, mails: Readonly<Record<string, ComposedMail>>, out: string | undefined): Promise<void> {
  if (out === undefined) {
    app.out.answer(mails, () => Object.values(mails).map(({ subject, text }) => `Subject: ${subject}\n\n${text.trimEnd()}`));
    return;
  }
  const folder = resolve(app.surroundings.cwd, out);
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, { html, text }] of Object.entries(mails)) {
      await writeFile(join(folder, `${name}.html`), html);
      await writeFile(join(folder, `${name}.txt`), text);
    }
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw new NeedsOperatorError('USAGE', `${out} cannot be written (${code}); name another folder with --out`, { cause });
  }
  const files = Object.keys(mails).length * 2;
  app.out.answer({ folder, files }, () => [`wrote ${countOf(files, 'file')} to ${out}`]);
}

function eventName(text: string): NoticeEvent {
  const found = NOTICE_EVENTS.find((event) => event === text);
  if (found) return found;
  throw new NeedsOperatorError('USAGE', `"${text}" is no event; known: ${NOTICE_EVENTS.join(', ')}`);
}

function language(text: string): string {
  if (!isLocale(text)) throw new InvalidArgumentError('it must be a language such as de or de-AT.');
  return text;
}

function zoneName(text: string): string {
  if (!isZone(text)) throw new InvalidArgumentError('it must be an IANA time zone such as Europe/Berlin.');
  return text;
}
