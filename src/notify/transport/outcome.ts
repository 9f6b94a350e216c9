/** What a mail server's answer means for this mail, and for all others. */
import { isAboutAddress, isAboutSender } from '../status-codes.ts';

export type Outcome =
  /** The server has taken it; delivering it is now its business. */
  | { readonly kind: 'sent'; readonly answer: string }
  /** There is no such address there, and never will be by itself. */
  | { readonly kind: 'bounced'; readonly answer: string }
  /** This mail is refused for good, whoever it is for. */
  | { readonly kind: 'refused'; readonly answer: string }
  /** This mail not now. `mayHaveArrived`: the connection broke after all of it had been handed over. */
  | { readonly kind: 'later'; readonly answer: string; readonly mayHaveArrived: boolean }
  /** No mail now: the server is away, or does not let us in. */
  | {
      readonly kind: 'blocked';
      readonly answer: string;
      readonly code: 'MAIL_UNREACHABLE' | 'MAIL_REFUSED';
      readonly mayHaveArrived: boolean;
    };

interface SmtpError {
  readonly code?: string | undefined;
  readonly command?: string | undefined;
  readonly response?: string | undefined;
  readonly responseCode?: number | undefined;
  readonly message: string;
}

/** Trouble with the way to the server rather than with its answer. */
const ON_THE_WAY = new Set(['ECONNECTION', 'ETIMEDOUT', 'ESOCKET', 'EDNS', 'EPROTOCOL', 'EABORT', 'EPROXY', 'ESTREAM']);
const NOT_LET_IN = new Set(['EAUTH', 'ENOAUTH', 'EOAUTH2', 'ETLS', 'EREQUIRETLS', 'ECONFIG']);
/** Node's names for certificates that do not convince. */
const CERTIFICATE = /certificate|self.signed|CERT_|altnames|issuer/i;

export function outcomeOf(error: unknown): Outcome {
  const { code = '', command = '', response, responseCode = 0, message } = asSmtpError(error);
  const words = (text: string) => text.replaceAll(/\s+/g, ' ').slice(0, 500);
  const answer = words(response ?? message);
  if (NOT_LET_IN.has(code) || (code === 'ESOCKET' && CERTIFICATE.test(message))) {
    const isForNow = responseCode >= 400 && responseCode < 500;
    return { kind: 'blocked', answer: words(message), code: isForNow ? 'MAIL_UNREACHABLE' : 'MAIL_REFUSED', mayHaveArrived: false };
  }
  if (responseCode === 421 || responseCode === 0 || (ON_THE_WAY.has(code) && responseCode < 500)) {
    return { kind: 'blocked', answer, code: 'MAIL_UNREACHABLE', mayHaveArrived: responseCode === 0 && hasBegun(error) };
  }
  if (responseCode < 500) return { kind: 'later', answer, mayHaveArrived: false };
  const status = statusOf(response ?? '');
  // Some servers look at the sender only when they hear whom it is for.
  if (/^(MAIL|EHLO|HELO|CONN)/.test(command) || (status !== undefined && isAboutSender(status)))
    return { kind: 'blocked', answer, code: 'MAIL_REFUSED', mayHaveArrived: false };
  return { kind: command.startsWith('RCPT') && (status === undefined || isAboutAddress(status)) ? 'bounced' : 'refused', answer };
}

/** A conversation that broke off may have broken after the last word of the mail: nobody can know. One that never began did not. */
function hasBegun(error: unknown): boolean {
  if (!(error instanceof Error)) return true;
  const { code, syscall } = error as NodeJS.ErrnoException;
  return code !== 'EDNS' && syscall !== 'connect' && syscall !== 'getaddrinfo' && !/greeting|connection timeout/i.test(error.message);
}

/** `550 5.1.1 no such user`; a server that gives no status speaks of the address it was told. */
function statusOf(response: string): string | undefined {
  return /^\d{3}[ -](5\.\d{1,3}\.\d{1,3})/.exec(response)?.[1];
}

function asSmtpError(error: unknown): SmtpError {
  if (!(error instanceof Error)) return { message: String(error) };
  const { message } = error;
  const { code, command, response, responseCode } = error as Partial<SmtpError>;
  return { message, code, command, response, responseCode };
}
