import type { Http } from './http/types.ts';

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
}
