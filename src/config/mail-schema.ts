/** The part of kontor.yaml about mails to people. */
import { z } from 'zod';
import { isZone } from '../connector/mapping/formats.ts';

const text = z.string().min(1);
const ADDRESS = /^[^\s@<>(),;:"\\[\]]+@[^\s@<>(),;:"\\[\]]+$/;
const NAMED = /^(?:[^<>\r\n]{1,200}\s)?<([^<>]+)>$/;
const HOURS = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/;

const sender = text.refine(isSender, 'is not one mail address, such as orders@example.com or Kontor <orders@example.com>');

export const mailSchema = z
  .strictObject({
    host: text.optional().describe('SMTP server. Without one mails become files in `mail.folder`.'),
    port: z.int().min(1).max(65_535).optional().describe('Its port; 587, or 465 with security tls.'),
    security: z
      .enum(['starttls', 'tls', 'none'])
      .default('starttls')
      .describe('starttls: refused without it. tls: from the first byte. none: readable by all who stand between.'),
    ca: text.optional().describe('PEM of its authority, where the system does not know it; `{ file: ... }` reads it.'),
    user: text.optional().describe('Login there, if it asks for one.'),
    password: text.optional().describe('Of the login. A secret: name it, do not write it here.'),
    from: sender.default('Kontor <kontor@localhost>').describe('Sender of every mail. Needed with a host.'),
    replyTo: sender.optional().describe('Who reads the answers; the sender if not set.'),
    folder: text.default('.kontor/mail').describe('Where mails become .eml files without a host; relative to this file.'),
    templates: text.optional().describe('Folder whose files take the place of the shipped templates and texts, one by one.'),
    language: z
      .string()
      .refine(isLocale, 'is not a language such as en, de or de-AT')
      .default('en')
      .describe('For people whose profile, unit and company name none.'),
    zone: z
      .string()
      .refine(isZone, 'is not an IANA time zone such as Europe/Berlin')
      .default('UTC')
      .describe('For people whose profile, unit and company name none.'),
    digestMinutes: z
      .int()
      .min(0)
      .max(10_080)
      .default(0)
      .describe('How long a first message waits for others to the same person. What is due together goes together always.'),
    quietHours: z
      .string()
      .refine(isQuietHours, 'must be a span of the clock such as 20:00-07:00')
      .optional()
      .describe("Span of each day, in the reader's zone, in which nothing leaves."),
  })
  .superRefine(({ host, from, user, password }, context) => {
    if (host !== undefined && from === 'Kontor <kontor@localhost>') {
      context.addIssue({ code: 'custom', path: ['from'], message: 'is missing; a server takes no mails without a sender' });
    }
    if ((user === undefined) === (password === undefined)) return;
    const missing = user === undefined ? 'user' : 'password';
    context.addIssue({ code: 'custom', path: [missing], message: 'is missing; a login has both user and password' });
  })
  .prefault({})
  .describe('Mails to people.');

export type MailSettings = Readonly<z.output<typeof mailSchema>>;

export const DEFAULT_MAIL: MailSettings = mailSchema.parse({});

function isQuietHours(value: string): boolean {
  const [, , , , end] = HOURS.exec(value) ?? [];
  const [from, until] = value.split('-');
  return end !== undefined && from !== until;
}

export function isLocale(value: string): boolean {
  try {
    return Intl.getCanonicalLocales(value).length === 1;
  } catch {
    return false;
  }
}

function isSender(value: string): boolean {
  return ADDRESS.test(NAMED.exec(value)?.[1] ?? value);
}
