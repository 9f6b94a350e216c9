import { hkdfSync } from 'node:crypto';
import type { OAuth2Login } from './types.ts';

/**
 * Under which name a login's tokens are kept, and what they are sealed with. Both follow from the configured secrets: who
 * configures others begins anew, connections with the same ones share what is kept, and the name betrays none of them.
 */
export function vaultEntryOf(
  { tokenUrl, clientId, clientSecret = '', scope = '' }: OAuth2Login,
  firstRefreshToken: string,
): { name: string; sealedWith: string } {
  const sealedWith = JSON.stringify([clientSecret, firstRefreshToken]);
  const digest = Buffer.from(hkdfSync('sha256', sealedWith, JSON.stringify([tokenUrl, clientId, scope]), 'kontor vault name', 16));
  return { name: `${new URL(tokenUrl).host} ${digest.toString('hex')}`, sealedWith };
}
