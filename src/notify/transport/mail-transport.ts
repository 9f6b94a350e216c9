/** Where mails go. */
import type { Outcome } from './outcome.ts';

export interface OutgoingMail {
  /** Ours, for ever the same for the same notifications. */
  readonly mailId: string;
  readonly messageId: string;
  readonly to: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Mails with the same are one conversation in a mail program. */
  readonly thread: string | null;
  readonly language: string;
  readonly date: Date;
}

export interface MailTransport {
  /** For people: `smtp.example.com:587`, or a folder. */
  readonly place: string;
  send(mail: OutgoingMail, signal: AbortSignal): Promise<Outcome>;
  /** Throws MAIL_UNREACHABLE or MAIL_REFUSED. Sends nothing. */
  verify(): Promise<void>;
  /** May be used again afterwards. */
  close(): void;
}
