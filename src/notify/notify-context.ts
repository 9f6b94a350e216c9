/** What sending needs from outside; built once by the composition root. */
import type { Settings } from '../config/settings.ts';
import type { Database } from '../store/database.ts';
import type { MailKit } from './mail-kit.ts';
import type { MailTransport } from './transport/mail-transport.ts';

export interface Mailer {
  readonly kit: MailKit;
  readonly transport: MailTransport;
}

export interface NotifyContext {
  readonly db: Database;
  readonly settings: Settings;
  readonly mailer: Mailer;
  readonly signal: AbortSignal;
  now(): Date;
  /** How long a claim lasts without being renewed; some minutes if not given. */
  readonly claimTtlMs?: number;
}
