/** Mails through an SMTP server. Connections are kept while there is something to send. */
import type { MailSettings } from '../../config/mail-schema.ts';
import { NeedsOperatorError, RetryLaterError } from '../../errors.ts';
import type { MailTransport } from './mail-transport.ts';
import { messageOf } from './message.ts';
import { type Outcome, outcomeOf } from './outcome.ts';

export interface Patience {
  readonly connectMs: number;
  readonly greetingMs: number;
  /** Silence in the middle of a conversation. */
  readonly silenceMs: number;
}

const PATIENCE: Patience = { connectMs: 20_000, greetingMs: 20_000, silenceMs: 60_000 };

export function smtpTransport(mail: MailSettings, host: string, patience: Patience = PATIENCE): MailTransport {
  const port = mail.port ?? (mail.security === 'tls' ? 465 : 587);
  const open = () => openPool(mail, { host, port }, patience);
  let pool: ReturnType<typeof open> | undefined;
  return {
    place: `${host}:${port}`,
    async send(outgoing, signal): Promise<Outcome> {
      pool ??= open();
      try {
        const { response } = await (await pool).sendMail({ ...messageOf(mail, outgoing), signal });
        return { kind: 'sent', answer: response.replaceAll(/\s+/g, ' ').slice(0, 500) };
      } catch (error) {
        return outcomeOf(error);
      }
    },
    async verify() {
      const asked = await open();
      try {
        await asked.verify();
      } catch (error) {
        throw refusalOf(outcomeOf(error), `${host}:${port}`, error);
      } finally {
        asked.close();
      }
    },
    close() {
      void pool?.then((opened) => opened.close());
      pool = undefined;
    },
  };
}

/** Most workers never send; the library is loaded by the first who does. */
async function openPool(mail: MailSettings, server: { host: string; port: number }, { connectMs, greetingMs, silenceMs }: Patience) {
  const { security, ca, user, password } = mail;
  const { default: nodemailer } = await import('nodemailer');
  return nodemailer.createTransport({
    ...server,
    pool: true,
    maxConnections: 2,
    // What became of a mail is decided here and written down; the pool must not send one again by itself.
    maxRequeues: 0,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(ca !== undefined && { tls: { ca } }),
    ...(user !== undefined && password !== undefined && { auth: { user, pass: password } }),
    connectionTimeout: connectMs,
    greetingTimeout: greetingMs,
    socketTimeout: silenceMs,
  });
}

function refusalOf(outcome: Outcome, place: string, cause: unknown): NeedsOperatorError | RetryLaterError {
  if (outcome.kind === 'blocked' && outcome.code === 'MAIL_UNREACHABLE') {
    return new RetryLaterError('MAIL_UNREACHABLE', `the mail server ${place} does not answer as it should: ${outcome.answer}`, { cause });
  }
  return new NeedsOperatorError('MAIL_REFUSED', `the mail server ${place} does not let us send: ${outcome.answer}`, { cause });
}
