/** `kontor mail bounces`: reads mails that came back, and marks whom they could not reach. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { NeedsOperatorError } from '../../errors.ts';
import { type MarkedBounce, markBounced, type ReturnedMail } from '../../store/mail/bounces.ts';
import type { App } from '../app.ts';
import { withExamples } from '../arguments.ts';
import { countOf } from '../format.ts';

/** A report encloses at most what we sent; anything far larger is something else. */
const MAX_BYTES = 10_000_000;

interface BouncesRead {
  /** Files looked at. */
  mails: number;
  reports: number;
  marked: MarkedBounce[];
  /** Reports that name no mail of ours. */
  strangers: number;
  unreadable: string[];
}

export function addBouncesCommand(mail: Command, app: App): void {
  const bounces = mail
    .command('bounces')
    .description('read delivery reports that came back (.eml files, Maildirs), and mark whom they could not reach; safe to repeat')
    .argument('<path>', 'a file, or a folder of them')
    .action(async (path: string) => {
      const { db } = await app.store(await app.settings([]));
      const files = await filesOf(resolve(app.surroundings.cwd, path), path);
      const read: BouncesRead = { mails: files.length, reports: 0, marked: [], strangers: 0, unreadable: [] };
      const returned: ReturnedMail[] = [];
      for (const file of files) {
        const found = await readOne(file);
        if (found === null) read.unreadable.push(file);
        else returned.push(...found);
      }
      read.reports = returned.length;
      read.marked = await db.transaction((trx) => markBounced(trx, returned, new Date()));
      read.strangers = new Set(returned.map(({ messageId }) => messageId)).size - read.marked.length;
      app.out.answer(read, drawBounces);
    });
  withExamples(bounces, ['kontor mail bounces returned.eml', 'kontor mail bounces /var/mail/kontor/Maildir']);
}

/** A Maildir keeps its mails in `new` and `cur`. */
async function filesOf(path: string, named: string): Promise<string[]> {
  try {
    if ((await stat(path)).isFile()) return [path];
    const folders = [path, join(path, 'new'), join(path, 'cur')];
    const found = await Promise.all(folders.map((folder) => readdir(folder, { withFileTypes: true }).catch(() => [])));
    return found.flatMap((entries, n) =>
      entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.')).map(({ name }) => join(folders[n] ?? '', name)),
    );
  } catch (cause) {
    throw new NeedsOperatorError('USAGE', `${named} cannot be read; name a file or a folder that is there`, { cause });
  }
}

async function readOne(file: string): Promise<ReturnedMail[] | null> {
  try {
    if ((await stat(file)).size > MAX_BYTES) return null;
    const { readBounces } = await import('../../notify/read-bounces.ts');
    return await readBounces(await readFile(file));
  } catch {
    return null;
  }
}

function* drawBounces({ mails, reports, marked, strangers, unreadable }: BouncesRead): Generator<string> {
  const fresh = marked.filter(({ isNew }) => isNew);
  yield `read ${countOf(mails, 'mail')}, ${countOf(reports, 'report')} of a failed delivery`;
  for (const { mailId, address, notifications } of fresh)
    yield `bounced  mail ${mailId} to ${address}, ${countOf(notifications, 'notification')}`;
  if (marked.length > fresh.length) yield `known    ${marked.length - fresh.length} were marked before`;
  if (strangers > 0) yield `left     ${strangers} name no mail of ours`;
  for (const file of unreadable) yield `left     ${file} cannot be read as a mail`;
}
