import { createHash } from 'node:crypto';
import type { HttpProfile } from './types.ts';

/**
 * Name of the gate that requests with this login share. Systems count by user or client, not by our connections; where the
 * user cannot be seen (API keys, logins of a system's own), the connection stands for it. Holds no name of a person.
 */
export function credentialOf(connection: string, { baseUrl, login }: HttpProfile): string {
  const who = whoOf(login);
  if (who === null) return connection;
  const { origin, host } = new URL(baseUrl);
  return `${host} ${createHash('sha256')
    .update(JSON.stringify([origin, ...who]))
    .digest('hex')
    .slice(0, 16)}`;
}

function whoOf(login: HttpProfile['login']): string[] | null {
  switch (login.kind) {
    case 'basic':
      return [login.user];
    case 'oauth2':
      // The address names the tenant, where a system has tenants.
      return [login.tokenUrl, login.clientId, login.grant.kind === 'jwt_bearer' ? login.grant.subject : ''];
    default:
      return null;
  }
}
