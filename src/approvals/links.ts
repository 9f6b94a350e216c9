/**
 * Signed links to one step of one revision for one person. A link says who may look and be asked; it holds no verdict, so that
 * whatever opens it, a mail scanner too, has decided nothing.
 */
import { errors, jwtVerify, SignJWT } from 'jose';
import type { Settings } from '../config/settings.ts';
import { NeedsOperatorError } from '../errors.ts';

export interface LinkClaims {
  readonly orderId: string;
  readonly stepId: string;
  readonly revision: number;
  readonly personId: string;
}

const ISSUER = 'kontor';
const AUDIENCE = 'decision-link';
const DAY_S = 86_400;

type HttpSettings = Settings['http'];
type Signing = Pick<HttpSettings, 'linkSecret' | 'linkDays'>;

/** Throws CONFIG_INVALID without `http.linkSecret`. */
export async function signLink(settings: Signing, { orderId, stepId, revision, personId }: LinkClaims, now: Date): Promise<string> {
  const issuedS = Math.floor(now.getTime() / 1_000);
  return new SignJWT({ ord: orderId, stp: stepId, rev: revision })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(personId)
    .setIssuedAt(issuedS)
    .setExpirationTime(issuedS + settings.linkDays * DAY_S)
    .sign(keyOf(settings));
}

/** Where the link leads; `null` while kontor.yaml names no `http.publicUrl`. */
export function linkAddress({ publicUrl }: Pick<HttpSettings, 'publicUrl'>, token: string): string | null {
  return publicUrl === undefined ? null : new URL(`decide/${token}`, publicUrl.endsWith('/') ? publicUrl : `${publicUrl}/`).href;
}

/** Throws LINK_REFUSED with the reason. */
export async function verifyLink(settings: Signing, token: string, now: Date): Promise<LinkClaims> {
  const expected = { issuer: ISSUER, audience: AUDIENCE, algorithms: ['HS256'], currentDate: now };
  try {
    const { payload } = await jwtVerify(token, keyOf(settings), expected);
    const { ord, stp, rev, sub } = payload;
    if (typeof ord !== 'string' || typeof stp !== 'string' || typeof rev !== 'number' || sub === undefined) throw notGenuine();
    return { orderId: ord, stepId: stp, revision: rev, personId: sub };
  } catch (cause) {
    if (cause instanceof errors.JWTExpired) {
      const expiredAt = new Date(Number(cause.payload.exp) * 1_000).toISOString();
      throw new NeedsOperatorError(
        'LINK_REFUSED',
        `this link expired on ${expiredAt}; open the newest message about the order, or decide in the portal`,
        { cause },
      );
    }
    if (cause instanceof errors.JOSEError) throw notGenuine(cause);
    throw cause;
  }
}

function notGenuine(cause?: unknown): NeedsOperatorError {
  const message =
    'this link is not genuine: it was cut off, altered or made by somebody else; copy the whole of it, or open the newest message about the order';
  return new NeedsOperatorError('LINK_REFUSED', message, { cause });
}

function keyOf({ linkSecret }: Signing): Uint8Array {
  if (linkSecret !== undefined) return new TextEncoder().encode(linkSecret);
  throw new NeedsOperatorError(
    'CONFIG_INVALID',
    'decision links need `http.linkSecret` in kontor.yaml: a secret of at least 32 characters',
  );
}
