/** Who reads a mail, in what language, by which clock, and when they want to. */
import type { MailSettings } from '../config/mail-schema.ts';
import { isZone } from '../connector/mapping/formats.ts';
import type { Reader } from '../store/mail/readers.ts';
import { canonicalLocale, chooseCatalogue } from './catalogue.ts';
import type { MailKit } from './mail-kit.ts';
import { type Tongue, tongueOf } from './tongue.ts';
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
  const catalogue = chooseCatalogue(kit.catalogues, [reader?.locale ?? null, mail.language]);
  const [wanted] = canonicalLocale(reader?.locale ?? mail.language);
  // Amounts as the reader writes them, unless the words around them are in another language.
  const locale = wanted?.split('-')[0] === catalogue.language.split('-')[0] ? (wanted ?? catalogue.language) : catalogue.language;
  const zone = reader?.timeZone && isZone(reader.timeZone) ? reader.timeZone : mail.zone;
  return {
    personId: reader?.personId ?? null,
    name: reader?.name ?? null,
    address: address ?? reader?.email?.trim() ?? null,
    tongue: tongueOf(catalogue, { locale, zone }),
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
