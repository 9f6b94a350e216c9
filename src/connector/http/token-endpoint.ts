/** One question to a token endpoint (RFC 6749 section 3.2), and what its answer means for us. */
import {
  allowInsecureRequests,
  type Client,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  customFetch,
  genericTokenEndpointRequest,
  None,
  OperationProcessingError,
  processGenericTokenEndpointResponse,
  ResponseBodyError,
  type TokenEndpointResponse,
  UnsupportedOperationError,
} from 'oauth4webapi';
import { NeedsOperatorError, RetryLaterError } from '../../errors.ts';
import type { WireAnswer } from './transport.ts';
import type { OAuth2Login } from './types.ts';
import { judge } from './verdicts.ts';

/** Sends one form to the token endpoint. Throws a KontorError when no answer comes. */
export type TokenWire = (url: string, request: { headers: Readonly<Record<string, string>>; body: string }) => Promise<WireAnswer>;

/** What must be renewed, by the error code of RFC 6749 section 5.2. */
const CURES: Readonly<Record<string, string>> = {
  invalid_client: 'renew the client id or client secret of the connection',
  unauthorized_client: 'allow this client the grant there',
  unsupported_grant_type: 'allow this client the grant there',
  invalid_scope: 'correct the scope of the connection, or grant it to the client there',
};

/** The grant itself was refused; the caller may know another. */
export class GrantRefused extends Error {}

/**
 * Throws `GrantRefused` for invalid_grant, ERP_LOGIN_REFUSED for every other no, and a RetryLaterError when the endpoint is
 * busy, broken or asks for fewer requests.
 */
export async function askTokenEndpoint(
  connection: string,
  login: OAuth2Login,
  grant: { type: string; parameters: Readonly<Record<string, string>> },
  { wire, now }: { wire: TokenWire; now: () => Date },
): Promise<TokenEndpointResponse> {
  const url = new URL(login.tokenUrl);
  refuseOpenWire(connection, url);
  const server = { issuer: url.origin, token_endpoint: url.href };
  const client: Client = { client_id: login.clientId };
  // A refreshed token has the scope of the first one when none is named (RFC 6749 section 6).
  const scope = login.scope === undefined || grant.type === 'refresh_token' ? {} : { scope: login.scope };
  const parameters = { ...scope, ...login.extra, ...grant.parameters };
  try {
    const answer = await genericTokenEndpointRequest(server, client, authenticationOf(login), grant.type, parameters, {
      [allowInsecureRequests]: isLoopback(url),
      [customFetch]: async (to, { headers, body }) => {
        const { status, text, ...rest } = await wire(to, { headers, body: String(body) });
        refuseOthers(connection, url, { status, text, ...rest }, now());
        return new Response(lenient(text), { status, headers: { 'content-type': 'application/json' } });
      },
    });
    return await processGenericTokenEndpointResponse(server, client, answer);
  } catch (error) {
    if (error instanceof ResponseBodyError) throw refusal(connection, login, error);
    if (!(error instanceof OperationProcessingError || error instanceof UnsupportedOperationError)) throw error;
    // The library's own error holds the answer, and the answer may hold a token.
    throw new RetryLaterError(
      'ERP_ANSWER_UNUSABLE',
      `${connection}: ${url.origin} gave no token but an answer that cannot be understood; see what stands in between`,
    );
  }
}

function authenticationOf({ clientSecret, clientAuth }: OAuth2Login): ClientAuth {
  if (clientSecret === undefined) return None();
  return clientAuth === 'basic' ? ClientSecretBasic(clientSecret) : ClientSecretPost(clientSecret);
}

/** Secrets travel over TLS, or not beyond this machine. */
function refuseOpenWire(connection: string, url: URL): void {
  if (url.protocol === 'https:' || isLoopback(url)) return;
  throw new NeedsOperatorError(
    'CONFIG_INVALID',
    `${connection}: the token address ${url.origin} must begin with https://, for it is told the secret`,
  );
}

function isLoopback({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && (hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname));
}

/** Answers that are not the token endpoint's own yes or no. */
function refuseOthers(connection: string, url: URL, answer: WireAnswer, now: Date): void {
  const { verdict, retryAfterMs } = judge(answer, [], now);
  if (answer.json === undefined && (verdict === 'missing' || (answer.status >= 300 && answer.status < 400))) {
    const where = `${url.origin}${url.pathname}`;
    throw new NeedsOperatorError('ERP_NOT_FOUND', `${connection}: ${where} is no token endpoint (${answer.status}); correct its address`);
  }
  if (verdict !== 'limited' && verdict !== 'unavailable') return;
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  const why = verdict === 'limited' ? 'asked for fewer logins' : 'cannot give a token now';
  throw new RetryLaterError(
    verdict === 'limited' ? 'ERP_RATE_LIMITED' : 'ERP_UNREACHABLE',
    `${connection}: the token endpoint ${why} (${answer.status})`,
    wait,
  );
}

/** Servers say "none" by null, forget the type there is only one of, and add identities nobody asked for. */
function lenient(text: string): string {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return text;
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return text;
  const said = Object.entries(body).filter(([name, value]) => value !== null && name !== 'id_token' && name !== 'scope');
  return JSON.stringify({ token_type: 'bearer', ...Object.fromEntries(said) });
}

function refusal(connection: string, login: OAuth2Login, { error, error_description: description, status }: ResponseBodyError): Error {
  if (error === 'invalid_grant') return new GrantRefused(sayable(description, login));
  if (error === 'temporarily_unavailable' || error === 'server_error' || error === 'slow_down') {
    return new RetryLaterError('ERP_UNREACHABLE', `${connection}: the token endpoint cannot give a token now (${error})`);
  }
  const cure = CURES[error] ?? 'compare the login settings of the connection with what is registered there';
  return loginRefused(connection, `${error}${sayable(description, login)}`, cure, status);
}

export function loginRefused(connection: string, why: string, cure: string, status?: number): NeedsOperatorError {
  return new NeedsOperatorError('ERP_LOGIN_REFUSED', `${connection}: no token was given (${why}); ${cure}, then run \`kontor check\``, {
    details: { status },
  });
}

/** Their words help, unless they repeat what was sent. */
function sayable(description: string | undefined, { clientSecret, grant }: OAuth2Login): string {
  if (description === undefined || description.trim() === '') return '';
  const secrets = [clientSecret, grant.kind === 'refresh_token' ? grant.refreshToken : undefined];
  if (secrets.some((secret) => secret !== undefined && description.includes(secret))) return '';
  return `: "${description
    .replaceAll(/\S+@\S+/g, '***')
    .replaceAll(/\s+/g, ' ')
    .slice(0, 300)}"`;
}
