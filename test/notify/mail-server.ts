/** A real SMTP server on a real socket, with accidents to order; its mails are parsed by a parser that is not ours. */
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

export interface Received {
  /** Of the envelope. */
  readonly to: string[];
  readonly raw: string;
  readonly mail: ParsedMail;
  readonly user: string | null;
  readonly isSecure: boolean;
}

export type Accident =
  /** The recipient is answered so. */
  | { readonly at: 'rcpt'; readonly code: number; readonly words: string }
  /** The sender is. */
  | { readonly at: 'mail'; readonly code: number; readonly words: string }
  /** All of it was taken, and then answered so. */
  | { readonly at: 'data'; readonly code: number; readonly words: string }
  /** All of it was taken and kept, and nobody is told. */
  | { readonly at: 'taken'; readonly what: 'hang-up' }
  /** No greeting for as long as the server lives. */
  | { readonly at: 'connect'; readonly what: 'silence' };

export interface MailServer {
  readonly port: number;
  readonly received: Received[];
  /** Each happens once, in this order. */
  readonly accidents: Accident[];
  /** When it is set, mails wait for it before they are answered. */
  pause: Promise<unknown> | null;
  close(): Promise<void>;
}

interface Options {
  readonly tls?: { readonly key: string; readonly cert: string; readonly fromTheStart?: boolean };
  readonly login?: { readonly user: string; readonly password: string };
  readonly port?: number;
}

export async function startMailServer({ tls, login, port = 0 }: Options = {}): Promise<MailServer> {
  const received: Received[] = [];
  const accidents: Accident[] = [];
  const sockets = new Set<Socket>();
  const state: { pause: Promise<unknown> | null } = { pause: null };
  const next = <At extends Accident['at']>(at: At) => {
    const [first] = accidents;
    if (first?.at !== at) return undefined;
    accidents.shift();
    return first as Extract<Accident, { at: At }>;
  };
  const refusal = ({ code, words }: { code: number; words: string }) => Object.assign(new Error(words), { responseCode: code });
  const server = new SMTPServer({
    ...(tls && { key: tls.key, cert: tls.cert, secure: tls.fromTheStart === true }),
    disabledCommands: [...(tls ? [] : ['STARTTLS']), ...(login ? [] : ['AUTH'])],
    authOptional: login === undefined,
    allowInsecureAuth: false,
    disableReverseLookup: true,
    // What it says of accidents begins with a status; a second one before it no server sends.
    hideENHANCEDSTATUSCODES: true,
    logger: false,
    onAuth({ username, password }, _session, answer) {
      if (username === login?.user && password === login?.password) answer(null, { user: username });
      else answer(Object.assign(new Error('5.7.8 authentication credentials invalid'), { responseCode: 535 }));
    },
    onConnect(_session, answer) {
      // Never answered: the client must lose its patience by itself.
      if (!next('connect')) answer();
    },
    onMailFrom(_address, _session, answer) {
      const accident = next('mail');
      answer(accident ? refusal(accident) : null);
    },
    onRcptTo(_address, _session, answer) {
      const accident = next('rcpt');
      answer(accident ? refusal(accident) : null);
    },
    onData(stream, session, answer) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', async () => {
        await state.pause;
        const accident = next('data');
        if (accident) return answer(refusal(accident));
        const raw = Buffer.concat(chunks).toString('latin1');
        received.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          raw,
          mail: await simpleParser(Buffer.concat(chunks)),
          user: typeof session.user === 'string' ? session.user : null,
          isSecure: session.secure === true,
        });
        if (next('taken')) for (const socket of sockets) socket.destroy();
        else answer(null, '2.0.0 taken');
      });
    },
  });
  server.on('error', () => undefined);
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    port: (server.server.address() as AddressInfo).port,
    received,
    accidents,
    get pause() {
      return state.pause;
    },
    set pause(until) {
      state.pause = until;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
