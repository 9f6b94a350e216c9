/**
 * Signed links for one person: to one step of one revision, or to one change of an order. A link says who may look and be asked; it
 * holds no verdict, so that whatever opens it, a mail scanner too, has decided nothing.
 */
import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import type { Settings } from '../config/settings.ts';
import { NeedsOperatorError } from '../errors.ts';

export interface LinkClaims {
  readonly orderId: string;
  readonly stepId: string;
  readonly revision: number;
  readonly personId: string;
}

/** To a change that its person may agree to, or take back. */
export interface ChangeClaims {
  readonly orderId: string;
  /** That the change made. */
  readonly revision: number;
  readonly personId: string;
}

const ISSUER = 'kontor';
/** What a link is for; also the page it leads to. One kind is no good for the other. */
const AUDIENCES = { decide: 'decision-link', change: 'change-link' } as const;
export type LinkKind = keyof typeof AUDIENCES;
const DAY_S = 86_400;

const AFTERWARDS: Readonly<Record<LinkKind, string>> = {
  decide: 'open the newest message about the order, or decide in the portal',
  change: 'the time to take the change back is over, and what was not taken back goes on; the portal shows the order',
};

type HttpSettings = Settings['http'];
type Signing = Pick<HttpSettings, 'linkSecret' | 'linkDays'>;

/** Throws CONFIG_INVALID without `http.linkSecret`. */
export async function signLink(settings: Signing, { orderId, stepId, revision, personId }: LinkClaims, now: Date): Promise<string> {
  const expiresS = secondsOf(now) + settings.linkDays * DAY_S;
  return sign(settings, 'decide', { sub: personId, ord: orderId, stp: stepId, rev: revision, iat: secondsOf(now), exp: expiresS });
}

/** Good until the order may not be taken back any more. */
export async function signChangeLink(settings: Signing, claims: ChangeClaims, { now, until }: { now: Date; until: Date }): Promise<string> {
  const { orderId, revision, personId } = claims;
  return sign(settings, 'change', { sub: personId, ord: orderId, rev: revision, iat: secondsOf(now), exp: secondsOf(until) });
}

async function sign(settings: Signing, kind: LinkKind, payload: JWTPayload): Promise<string> {
  const token = new SignJWT(payload).setProtectedHeader({ alg: 'HS256' }).setIssuer(ISSUER).setAudience(AUDIENCES[kind]);
  return token.sign(keyOf(settings));
}

function secondsOf(at: Date): number {
  return Math.floor(at.getTime() / 1_000);
}

/** Where the link leads; `null` while kontor.yaml names no `http.publicUrl`. */
export function linkAddress({ publicUrl }: Pick<HttpSettings, 'publicUrl'>, token: string, kind: LinkKind = 'decide'): string | null {
  return publicUrl === undefined ? null : new URL(`${kind}/${token}`, publicUrl.endsWith('/') ? publicUrl : `${publicUrl}/`).href;
}

/** Throws LINK_REFUSED with the reason. */
export async function verifyLink(settings: Signing, token: string, now: Date): Promise<LinkClaims> {
  const { ord, stp, rev, sub } = await verify(settings, 'decide', token, now);
  if (typeof ord !== 'string' || typeof stp !== 'string' || typeof rev !== 'number' || sub === undefined) throw notGenuine();
  return { orderId: ord, stepId: stp, revision: rev, personId: sub };
}

/** Throws LINK_REFUSED with the reason. */
export async function verifyChangeLink(settings: Signing, token: string, now: Date): Promise<ChangeClaims> {
  const { ord, rev, sub } = await verify(settings, 'change', token, now);
  if (typeof ord !== 'string' || typeof rev !== 'number' || sub === undefined) throw notGenuine();
  return { orderId: ord, revision: rev, personId: sub };
}

async function verify(settings: Signing, kind: LinkKind, token: string, now: Date): Promise<JWTPayload> {
  const expected = { issuer: ISSUER, audience: AUDIENCES[kind], algorithms: ['HS256'], currentDate: now };
  try {
    return (await jwtVerify(token, keyOf(settings), expected)).payload;
  } catch (cause) {
    if (cause instanceof errors.JWTExpired) {
      const expiredAt = new Date(Number(cause.payload.exp) * 1_000).toISOString();
      throw new NeedsOperatorError('LINK_REFUSED', `this link expired on ${expiredAt}; ${AFTERWARDS[kind]}`, {
        cause,
        details: { link: 'expired', kind, at: expiredAt },
      });
    }
    if (cause instanceof errors.JOSEError) throw notGenuine(cause);
    throw cause;
  }
}

/** Whose link it is, also after it has expired: to be spoken to in the right language. `null`: nobody's. */
export async function personOfLink(settings: Signing, kind: LinkKind, token: string): Promise<string | null> {
  const claims = await verify(settings, kind, token, new Date(0)).catch(() => null);
  return claims?.sub ?? null;
}

function notGenuine(cause?: unknown): NeedsOperatorError {
  const message =
    'this link is not genuine: it was cut off, altered or made by somebody else; copy the whole of it, or open the newest message about the order';
  return new NeedsOperatorError('LINK_REFUSED', message, { cause, details: { link: 'forged' } });
}

function keyOf({ linkSecret }: Signing): Uint8Array {
  if (linkSecret !== undefined) return new TextEncoder().encode(linkSecret);
  throw new NeedsOperatorError(
    'CONFIG_INVALID',
    'decision links need `http.linkSecret` in kontor.yaml: a secret of at least 32 characters',
  );
}
