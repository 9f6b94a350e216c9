/** A system with its own token endpoint, as strict as the strictest: refresh tokens rotate, and whoever uses an old one kills the family. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const CLIENT = { id: 'kontor-client', secret: 's3cret/with+odd&chars' };
export const FIRST_REFRESH_TOKEN = 'first-refresh-token';

export interface TokenServer {
  readonly url: string;
  /** Forms that the token endpoint was sent, in order. */
  readonly asked: Array<{ form: URLSearchParams; authorization: string | undefined }>;
  /** Bearers that /data was asked with. */
  readonly used: string[];
  /** From now on no token given before is good. */
  endTokens(): void;
  /** The next question to the token endpoint is answered so instead. */
  answerNext(status: number, body: unknown, headers?: Record<string, string>): void;
  /** Until released, questions to the token endpoint wait. */
  hold(): () => void;
  revoke(): void;
  close(): Promise<void>;
}

export async function startTokenServer(options: { expiresIn?: number } = {}): Promise<TokenServer> {
  const asked: TokenServer['asked'] = [];
  const used: string[] = [];
  const good = new Set<string>();
  const planned: Array<{ status: number; body: unknown; headers: Record<string, string> }> = [];
  let refreshToken: string | null = FIRST_REFRESH_TOKEN;
  let given = 0;
  let held: Promise<void> | undefined;

  const tokenOf = (form: URLSearchParams): { status: number; body: Record<string, unknown> } => {
    const rotated: { refresh_token?: string } = {};
    if (form.get('grant_type') === 'refresh_token') {
      if (refreshToken === null || form.get('refresh_token') !== refreshToken) {
        refreshToken = null;
        return { status: 400, body: { error: 'invalid_grant', error_description: 'The refresh token of ann@example.com is over' } };
      }
      refreshToken = `refresh-${given + 1}`;
      rotated.refresh_token = refreshToken;
    }
    given += 1;
    good.add(`access-${given}`);
    const life = options.expiresIn === undefined ? {} : { expires_in: options.expiresIn };
    return { status: 200, body: { access_token: `access-${given}`, token_type: 'Bearer', ...life, ...rotated } };
  };

  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const send = (status: number, body: unknown, headers: Record<string, string> = {}): void => {
      outgoing.writeHead(status, { 'content-type': 'application/json', ...headers });
      outgoing.end(typeof body === 'string' ? body : JSON.stringify(body));
    };
    if (incoming.url !== '/token') {
      const bearer = incoming.headers.authorization?.replace('Bearer ', '') ?? '';
      used.push(bearer);
      return good.has(bearer) ? send(200, { rows: [1] }) : send(401, { error: 'unauthorized' });
    }
    const pieces: Buffer[] = [];
    for await (const piece of incoming) pieces.push(piece as Buffer);
    const form = new URLSearchParams(Buffer.concat(pieces).toString());
    asked.push({ form, authorization: incoming.headers.authorization });
    await held;
    const plan = planned.shift();
    if (plan) return send(plan.status, plan.body, plan.headers);
    const { status, body } = tokenOf(form);
    send(status, body);
  };

  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    used,
    endTokens: () => good.clear(),
    answerNext: (status, body, headers = {}) => void planned.push({ status, body, headers }),
    hold() {
      let release: () => void = () => undefined;
      held = new Promise((resolve) => {
        release = resolve;
      });
      return () => {
        held = undefined;
        release();
      };
    },
    revoke: () => {
      refreshToken = null;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
