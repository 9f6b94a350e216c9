/**
 * OAuth 2.0 tokens: client credentials and refresh tokens (RFC 6749), signed assertions (RFC 7523).
 *
 * A refresh token that rotates is the one secret that changes under us: two workers that use the same one make many
 * servers revoke the whole family. So one caller at a time renews, over all workers; what it was given is stored before
 * anybody uses it; whoever waited takes the stored one; and whoever is told invalid_grant looks once more at what is stored.
 */
import { randomUUID } from 'node:crypto';
import { importPKCS8, SignJWT } from 'jose';
import type { TokenEndpointResponse } from 'oauth4webapi';
import { NeedsOperatorError } from '../../errors.ts';
import type { Vault } from './border.ts';
import { askTokenEndpoint, GrantRefused, loginRefused, type TokenWire } from './token-endpoint.ts';
import type { OAuth2Login } from './types.ts';
import { usableUntil } from './usable-until.ts';
import { vaultEntryOf } from './vault-entry.ts';

export interface Token {
  readonly accessToken: string;
  /** Epoch ms until which it may be used: a little before it ends there. */
  readonly usableUntil: number;
}

export interface TokenContext {
  readonly vault: Vault;
  readonly wire: TokenWire;
  /** The access token that was refused, if that is why another is asked for. */
  readonly refused: string | undefined;
  now(): Date;
}

interface Kept extends Token {
  readonly refreshToken: string;
}

const ASSERTION_LIFE_S = 180;

/** A token of the login's kind. Throws ERP_LOGIN_REFUSED naming what to renew, or a RetryLaterError. */
export async function fetchToken(connection: string, login: OAuth2Login, context: TokenContext): Promise<Token> {
  const { grant } = login;
  if (grant.kind === 'refresh_token') return refreshed(connection, login, grant.refreshToken, context);
  const askedAt = context.now();
  try {
    const question =
      grant.kind === 'client_credentials'
        ? { type: 'client_credentials', parameters: {} }
        : {
            type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
            parameters: { assertion: await assertionOf(connection, login.clientId, grant, askedAt) },
          };
    return tokenOf(await askTokenEndpoint(connection, login, question, context), askedAt);
  } catch (error) {
    if (!(error instanceof GrantRefused)) throw error;
    const cure =
      grant.kind === 'jwt_bearer'
        ? 'register the certificate of the private key there, and allow the client for the subject'
        : 'compare client id and scope of the connection with what is registered there';
    throw loginRefused(connection, `invalid_grant${error.message}`, cure);
  }
}

function tokenOf({ access_token: accessToken, expires_in: lifeS }: TokenEndpointResponse, askedAt: Date): Token {
  const at = askedAt.getTime();
  // A server that tells no end will say 401 when it has come.
  return { accessToken, usableUntil: lifeS === undefined ? Number.MAX_SAFE_INTEGER : usableUntil(at, at + lifeS * 1000) };
}

async function refreshed(connection: string, login: OAuth2Login, first: string, context: TokenContext): Promise<Token> {
  const { name, sealedWith } = vaultEntryOf(login, first);
  const { vault } = context;
  const isUsable = (kept: Kept | null): kept is Kept =>
    kept !== null && kept.accessToken !== context.refused && kept.usableUntil > context.now().getTime();
  const found = parsed(await vault.look(name, sealedWith));
  if (isUsable(found)) return found;

  const renew = async (text: string | null): Promise<string> => {
    const kept = parsed(text);
    if (text !== null && isUsable(kept)) return text;
    const used = kept?.refreshToken ?? first;
    try {
      return JSON.stringify(await exchanged(used));
    } catch (error) {
      if (!(error instanceof GrantRefused)) throw error;
      // Another worker, thought to be dead, may have finished its exchange after ours began.
      const other = await vault.look(name, sealedWith);
      const stored = parsed(other);
      if (other !== null && isUsable(stored) && other !== text) return other;
      if (!stored || stored.refreshToken === used) throw refreshRefused(connection, error);
      return JSON.stringify(await exchanged(stored.refreshToken).catch((again) => Promise.reject(refreshRefused(connection, again))));
    }
  };
  const exchanged = async (refreshToken: string): Promise<Kept> => {
    const askedAt = context.now();
    const question = { type: 'refresh_token', parameters: { refresh_token: refreshToken } };
    const answer = await askTokenEndpoint(connection, login, question, context);
    return { ...tokenOf(answer, askedAt), refreshToken: answer.refresh_token ?? refreshToken };
  };
  const stored = parsed(await vault.exchange(name, sealedWith, renew));
  if (!stored) throw new TypeError('the vault gave back something else than was put in');
  return stored;
}

function refreshRefused(connection: string, error: unknown): unknown {
  if (!(error instanceof GrantRefused)) return error;
  return loginRefused(
    connection,
    `invalid_grant${error.message}`,
    'its refresh token is over or was revoked: authorize Kontor there again and set the new refresh token of the connection',
  );
}

function parsed(text: string | null): Kept | null {
  return text === null ? null : (JSON.parse(text) as Kept);
}

async function assertionOf(
  connection: string,
  clientId: string,
  { privateKey, subject, audience }: Extract<OAuth2Login['grant'], { kind: 'jwt_bearer' }>,
  at: Date,
): Promise<string> {
  const key = await importPKCS8(privateKey, 'RS256').catch(() => {
    // No cause: the parser's words may repeat a part of the key.
    throw new NeedsOperatorError(
      'CONFIG_INVALID',
      `${connection}: the private key cannot be read; it must be an RSA key as PEM that begins with -----BEGIN PRIVATE KEY----- (PKCS #8)`,
    );
  });
  const now = Math.floor(at.getTime() / 1000);
  return new SignJWT({})
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(clientId)
    .setSubject(subject)
    .setAudience(audience)
    .setJti(randomUUID())
    .setIssuedAt(now)
    .setExpirationTime(now + ASSERTION_LIFE_S)
    .sign(key);
}
