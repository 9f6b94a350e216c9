/** A client without any cleverness: what a connector's HTTP library would see, byte by byte. */
import { Agent, type IncomingHttpHeaders, request } from 'node:http';

export interface Outcome {
  /** Absent: nothing came. */
  status?: number;
  headers?: IncomingHttpHeaders;
  /** What came of the body, whole or not. */
  text: string;
  /** In how many pieces it came. */
  pieces: number;
  /** The code of the error that ended it; `undefined` when the answer came whole. */
  broke?: string;
}

export interface Client {
  get(path: string): Promise<Outcome>;
  post(path: string, body: unknown): Promise<Outcome>;
  /** Connections it has opened so far. */
  readonly connections: number;
  close(): void;
}

/** Keeps its connection, so that a test sees whether the server did. */
export function openClient(url: string, token = ''): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let connections = 0;
  const send = (method: string, path: string, body?: string): Promise<Outcome> =>
    new Promise((resolve) => {
      const outcome: Outcome = { text: '', pieces: 0 };
      const pieces: Buffer[] = [];
      const end = (broke?: string): void =>
        resolve({ ...outcome, text: Buffer.concat(pieces).toString(), ...(broke !== undefined && { broke }) });
      const outgoing = request(`${url}${path}`, { method, agent, headers: { authorization: token } });
      outgoing.on('socket', (socket) => {
        if (socket.connecting) connections += 1;
      });
      outgoing.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
      outgoing.on('response', (incoming) => {
        outcome.headers = incoming.headers;
        if (incoming.statusCode !== undefined) outcome.status = incoming.statusCode;
        incoming.on('data', (piece: Buffer) => {
          outcome.pieces += 1;
          pieces.push(piece);
        });
        incoming.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
        incoming.on('end', () => end());
      });
      outgoing.end(body);
    });
  return {
    get: (path) => send('GET', path),
    post: (path, body) => send('POST', path, JSON.stringify(body)),
    get connections() {
      return connections;
    },
    close: () => agent.destroy(),
  };
}
