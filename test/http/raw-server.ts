/** A server that answers byte by byte what the test says, and counts what it was asked. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface RawRequest {
  /** Method, path, headers and body as they came. */
  readonly text: string;
  readonly socket: Socket;
  /** Requests of this connection, this one included. */
  readonly turn: number;
}

export interface RawServer {
  readonly url: string;
  readonly requests: string[];
  readonly connections: () => number;
  close(): Promise<void>;
}

export async function startRawServer(answer: (request: RawRequest) => void): Promise<RawServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    let text = '';
    let turn = 0;
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (piece) => {
      text += piece.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (text.length < end + 4 + length) return;
      const request = text;
      text = '';
      turn += 1;
      requests.push(request);
      answer({ text: request, socket, turn });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    connections: () => connections,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** An answer as text or bytes; `content-length` is added unless the headers say how long it is, or not. */
export function http(status: number, body: string | Buffer = '', headers: Record<string, string> = {}): Buffer {
  const bytes = Buffer.from(body);
  const all: Record<string, string> = { 'content-type': 'application/json', ...headers };
  if (!('content-length' in all) && !('transfer-encoding' in all) && all.connection !== 'close')
    all['content-length'] = String(bytes.length);
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} Said\r\n${head.join('')}\r\n`), bytes]);
}
