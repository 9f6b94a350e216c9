/** Templates and transport of an installation, proved before anything is sent. */
import { resolve } from 'node:path';
import type { Settings } from '../config/settings.ts';
import { loadMailKit } from './mail-kit.ts';
import type { Mailer } from './notify-context.ts';
import { folderTransport } from './transport/folder.ts';
import type { MailTransport } from './transport/mail-transport.ts';
import { smtpTransport } from './transport/smtp.ts';

type Needed = Pick<Settings, 'mail' | 'baseFolder'>;

/** Throws MAIL_TEMPLATE_INVALID. Speaks to no server yet. */
export async function openMailer(settings: Needed): Promise<Mailer> {
  return { kit: await loadMailKit(settings), transport: openTransport(settings) };
}

export function openTransport({ mail, baseFolder }: Needed): MailTransport {
  return mail.host === undefined ? folderTransport(mail, resolve(baseFolder, mail.folder)) : smtpTransport(mail, mail.host);
}
