/** A mail as nodemailer takes it. */
import type { SendMailOptions } from 'nodemailer';
import type { MailSettings } from '../../config/mail-schema.ts';
import type { OutgoingMail } from './mail-transport.ts';

export function messageOf(
  { from, replyTo }: Pick<MailSettings, 'from' | 'replyTo'>,
  { messageId, to, subject, text, html, thread, language, date }: OutgoingMail,
): SendMailOptions {
  return {
    messageId,
    date,
    from,
    ...(replyTo !== undefined && { replyTo }),
    // As an object, so that a comma or a bracket in a name is a name and no second reader.
    to: { name: to.name, address: to.address },
    subject,
    text,
    html,
    ...(thread !== null && { references: [thread] }),
    headers: {
      'Content-Language': language,
      // Holiday notices need not answer a program (RFC 3834; the second is Exchange's).
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'OOF, AutoReply',
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** The domain after the @ of the sender, which names of mails end with. */
export function domainOf(from: string): string {
  return /@([^\s<>@]+?)>?$/.exec(from.trim())?.[1]?.toLowerCase() ?? 'localhost';
}
