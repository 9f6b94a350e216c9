/** In what language, and by which clock, a person is spoken to: what the profile says, else the installation. */
import type { MailSettings } from '../config/mail-schema.ts';
import { isZone } from '../connector/mapping/formats.ts';
import type { Reader } from '../store/mail/readers.ts';
import { type Catalogue, canonicalLocale, chooseCatalogue } from './catalogue.ts';
import { type Tongue, tongueOf } from './tongue.ts';

export function tongueFor(
  reader: Pick<Reader, 'locale' | 'timeZone'> | undefined,
  catalogues: ReadonlyMap<string, Catalogue>,
  mail: Pick<MailSettings, 'language' | 'zone'>,
): Tongue {
  const catalogue = chooseCatalogue(catalogues, [reader?.locale ?? null, mail.language]);
  const [wanted] = canonicalLocale(reader?.locale ?? mail.language);
  // Amounts as the reader writes them, unless the words around them are in another language.
  const locale = wanted?.split('-')[0] === catalogue.language.split('-')[0] ? (wanted ?? catalogue.language) : catalogue.language;
  const zone = reader?.timeZone && isZone(reader.timeZone) ? reader.timeZone : mail.zone;
  return tongueOf(catalogue, { locale, zone });
}
