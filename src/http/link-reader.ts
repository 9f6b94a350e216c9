/** Who reads a page for people, and in what language. */
import { chooseCatalogue } from '../notify/catalogue.ts';
import { tongueFor } from '../notify/reader-tongue.ts';
import { type Tongue, tongueOf } from '../notify/tongue.ts';
import { loadReaders, type Reader } from '../store/mail/readers.ts';
import type { HttpContext } from './http-context.ts';

export interface LinkReader {
  readonly name: string;
  readonly tongue: Tongue;
}

export async function loadLinkReader({ db, settings, catalogues }: HttpContext, personId: string | null): Promise<LinkReader> {
  const reader: Reader | undefined = personId === null ? undefined : (await loadReaders(db, [personId])).get(personId);
  return { name: reader?.name ?? '', tongue: tongueFor(reader, catalogues, settings.mail) };
}

/** For pages whose reader nobody knows. */
export function englishTongue({ catalogues }: Pick<HttpContext, 'catalogues'>): Tongue {
  return tongueOf(chooseCatalogue(catalogues, ['en']), { locale: 'en', zone: 'UTC' });
}
