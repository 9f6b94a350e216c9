/** Mails as files that any mail program opens: for the demo, and for those who want to look before they let anything out. */
import { access, constants, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MailSettings } from '../../config/mail-schema.ts';
import { NeedsOperatorError } from '../../errors.ts';
import type { MailTransport } from './mail-transport.ts';
import { messageOf } from './message.ts';

/** The file's name is the mail's, so that one written again after a crash is the same file. */
export function folderTransport(mail: Pick<MailSettings, 'from' | 'replyTo'>, folder: string): MailTransport {
  let composer: ReturnType<typeof openComposer> | undefined;
  return {
    place: folder,
    async send(outgoing) {
      const name = `${outgoing.mailId.padStart(6, '0')}.eml`;
      try {
        composer ??= openComposer();
        const { message } = await (await composer).sendMail(messageOf(mail, outgoing));
        await mkdir(folder, { recursive: true, mode: 0o750 });
        await writeFile(join(folder, `.${name}`), message as Buffer, { mode: 0o640 });
        await rename(join(folder, `.${name}`), join(folder, name));
      } catch (error) {
        const { code = 'unknown' } = error as NodeJS.ErrnoException;
        return { kind: 'blocked', answer: `${name} cannot be written to ${folder} (${code})`, code: 'MAIL_REFUSED', mayHaveArrived: false };
      }
      return { kind: 'sent', answer: `written to ${name}` };
    },
    async verify() {
      try {
        await mkdir(folder, { recursive: true, mode: 0o750 });
        await access(folder, constants.W_OK);
      } catch (cause) {
        throw new NeedsOperatorError('MAIL_REFUSED', `mails cannot be written to ${folder}; name another folder in mail.folder`, { cause });
      }
    },
    close() {},
  };
}

/** Most workers never send; the library is loaded by the first who does. */
async function openComposer() {
  const { default: nodemailer } = await import('nodemailer');
  return nodemailer.createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
}
