/** Who reads a mail, in what language, by which clock, and when they want to. */
import type { MailSettings } from '../config/mail-schema.ts';
import type { Reader } from '../store/mail/readers.ts';
import type { MailKit } from './mail-kit.ts';
import { tongueFor } from './reader-tongue.ts';
import type { Tongue } from './tongue.ts';
import { readWishes, type Wishes } from './wishes.ts';

export interface Addressee {
  readonly personId: string | null;
  readonly name: string | null;
  /** Not proved yet; see `faultOfAddress`. */
  readonly address: string | null;
  readonly tongue: Tongue;
  readonly wishes: Wishes;
}

/** `address` takes the place of the person's own. */
export function addresseeOf(
  reader: Reader | undefined,
  address: string | null,
  { kit, mail }: { kit: MailKit; mail: MailSettings },
): Addressee {
  return {
    personId: reader?.personId ?? null,
    name: reader?.name ?? null,
    address: address ?? reader?.email?.trim() ?? null,
    tongue: tongueFor(reader, kit.catalogues, mail),
    wishes: readWishes(reader?.wishes ?? { digest: null, quietHours: null, reminders: null }, mail),
  };
}

const MAILBOX = /^[^\s@<>(),;:"\\[\]\p{Cc}]{1,64}@[^\s@<>(),;:"\\[\]\p{Cc}]{1,255}$/u;

/** Why nothing can be sent there. One address, and nothing that could end a header or begin another. */
export function faultOfAddress(address: string | null): { code: string; because: string } | null {
  if (address === null || address === '') {
    return { code: 'NO_ADDRESS', because: 'the profile has no mail address; fill it in where the contact comes from, then resend' };
  }
  if (MAILBOX.test(address)) return null;
  return { code: 'ADDRESS_INVALID', because: 'the mail address cannot be one; correct it where the contact comes from, then resend' };
}
