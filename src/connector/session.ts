import type { Http } from './http/types.ts';

/**
 * Asks of contents that begin with the same text, by the UTF-8 bytes that follow, whether the engine holds a record of just
 * this content, mapped as it would be mapped now; the digest is what a page names it by.
 */
export type KnownContents = (start: string) => (bytes: Buffer, from: number, to: number) => string | undefined;

/** What the engine lends to a connector for the length of one call. */
export interface Session<Config> {
  readonly connection: string;
  readonly config: Config;
  /** Folder that relative paths of the configuration start from. */
  readonly baseFolder: string;
  readonly signal: AbortSignal;
  /** Speaks to the connection's system as the connector's `http` describes it. */
  readonly http: Http;
  now(): Date;
  /** On the clock of performance.now(): past this instant nothing that writes leaves any more (LEASE_LOST). May move while a lease is renewed. */
  readonly notAfter?: (() => number) | undefined;
  /** Lent where records are read to be staged. It takes a moment: worth it for many records, not for a few. `null`: there are none, or too many. */
  readonly known?: (() => Promise<KnownContents | null>) | undefined;
}
