/** Who reads a page for people, and in what language. */
import { tongueFor } from '../notify/reader-tongue.ts';
import type { Tongue } from '../notify/tongue.ts';
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
