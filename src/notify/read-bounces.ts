/** Mails that came back (RFC 3464): which of ours it was, for whom, and what the other server said. */
import PostalMime, { type Attachment, type Header } from 'postal-mime';
import type { ReturnedMail } from '../store/mail/bounces.ts';
import { isAboutAddress } from './status-codes.ts';

const LONGEST_REASON = 500;

/** Failures only; a delay is none, and what is no report of a delivery answers nothing. */
export async function readBounces(raw: Uint8Array): Promise<ReturnedMail[]> {
  const mail = await PostalMime.parse(raw, { forceRfc822Attachments: true, attachmentEncoding: 'utf8' });
  const report = mail.attachments.find(({ mimeType }) => mimeType === 'message/delivery-status');
  if (!report) return [];
  const messageId = (await nameOfOriginal(mail.attachments)) ?? null;
  // A report is blocks of headers: the first about the message, the others about a recipient each.
  const blocks = await Promise.all(textOf(report).trim().split(/\r?\n(?:[ \t]*\r?\n)+/).slice(1).map(headersOf)); // biome-ignore format: one chain
  return blocks.flatMap((headers) => {
    if (headers.get('action')?.toLowerCase() !== 'failed') return [];
    const status = headers.get('status')?.split(/\s/)[0] ?? '';
    const said = afterType(headers.get('diagnostic-code')) || `status ${status || 'unknown'}`;
    const address = afterType(headers.get('original-recipient') ?? headers.get('final-recipient')) || null;
    return [{ messageId, address, reason: said.slice(0, LONGEST_REASON), isAboutAddress: isAboutAddress(status) }];
  });
}

/** Of the mail that is enclosed, whole or only its headers. */
async function nameOfOriginal(attachments: readonly Attachment[]): Promise<string | undefined> {
  const enclosed = attachments.find(({ mimeType }) => mimeType === 'message/rfc822' || mimeType === 'text/rfc822-headers');
  return enclosed && (await PostalMime.parse(`${textOf(enclosed)}\r\n\r\n`)).messageId;
}

async function headersOf(block: string): Promise<Map<string, string>> {
  const { headers } = await PostalMime.parse(`${block}\r\n\r\n`);
  return new Map(headers.map(({ key, value }: Header) => [key, value]));
}

function textOf({ content }: Attachment): string {
  return typeof content === 'string' ? content : new TextDecoder().decode(content);
}

/** `rfc822; p-2@hansa.example`, `smtp; 550 5.1.1 no such user` */
function afterType(value: string | undefined): string {
  return (value ?? '')
    .replace(/^[\w-]+\s*;/, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
