/** OAuth 2.0 tokens (RFC 6749, RFC 7523). */
import { NeedsOperatorError } from '../../errors.ts';
import type { Vault } from './border.ts';
import type { Http, OAuth2Login } from './types.ts';

export interface Token {
  readonly accessToken: string;
  /** Epoch ms. */
  readonly endsAt: number;
}

export interface TokenContext {
  readonly vault: Vault;
  readonly plain: Http;
  readonly signal: AbortSignal;
  /** The Authorization header that was refused, if that is why a token is asked for. */
  readonly refused: string | undefined;
  now(): Date;
}

export async function fetchToken(connection: string, login: OAuth2Login, { now }: TokenContext): Promise<Token> {
  throw new NeedsOperatorError('ERP_LOGIN_REFUSED', `${connection}: ${login.grant.kind} at ${now().toISOString()}`);
}
