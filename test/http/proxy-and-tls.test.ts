import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, createServer as createPlainServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openHttp } from './open-http.ts';

const closers: Array<() => void> = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listen(server: Server & { closeAllConnections?(): void }): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.close();
    server.closeAllConnections?.();
  });
  return (server.address() as AddressInfo).port;
}

const hello = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
  outgoing.setHeader('content-type', 'application/json');
  const socket = incoming.socket as TLSSocket;
  const client = socket.encrypted ? (socket.getPeerCertificate().subject?.CN ?? null) : null;
  outgoing.end(JSON.stringify({ path: incoming.url, client }));
};

/** A proxy as companies have it: forwards http, tunnels https, and may want a password. */
async function startProxy({ password }: { password?: string } = {}) {
  const seen: string[] = [];
  const wanted = password === undefined ? undefined : `Basic ${Buffer.from(`clerk:${password}`).toString('base64')}`;
  const isAllowed = ({ headers }: IncomingMessage): boolean => wanted === undefined || headers['proxy-authorization'] === wanted;
  const server = createServer((incoming, outgoing) => {
    seen.push(`${incoming.method} ${incoming.url}`);
    if (!isAllowed(incoming)) return outgoing.writeHead(407, { 'proxy-authenticate': 'Basic' }).end();
    const onward = request(incoming.url ?? '', { method: incoming.method, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.writeHead(502).end());
    return incoming.pipe(onward);
  });
  server.on('connect', (incoming, socket) => {
    seen.push(`CONNECT ${incoming.url}`);
    if (!isAllowed(incoming)) return socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n');
    const [host = '', port] = (incoming.url ?? '').split(':');
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    return socket.on('error', () => onward.destroy());
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, seen };
}

const GET = { path: 'rows' };
const POST = { method: 'POST', path: 'orders', json: {} } as const;

describe('through a proxy', () => {
  it('plain http is forwarded', async () => {
    const proxy = await startProxy();
    const port = await listen(createServer(hello));
    const { send } = openHttp(`http://127.0.0.1:${port}`, { transport: { proxy: proxy.url } });
    expect((await send(GET)).json).toMatchObject({ path: '/rows' });
    expect(proxy.seen).toEqual([`GET http://127.0.0.1:${port}/rows`]);
  });

  it('of the environment it goes too, unless NO_PROXY names the system', async () => {
    const proxy = await startProxy();
    const url = `http://127.0.0.1:${await listen(createServer(hello))}`;
    const before = { ...process.env };
    try {
      process.env.HTTP_PROXY = proxy.url;
      process.env.NO_PROXY = '';
      await openHttp(url).send(GET);
      process.env.NO_PROXY = '127.0.0.1';
      await openHttp(url).send(GET);
    } finally {
      process.env = before;
    }
    expect(proxy.seen).toHaveLength(1);
  });

  it('that wants a password it is given, and a wrong one is called by its name', async () => {
    const proxy = await startProxy({ password: 'open sesame' });
    const url = `http://127.0.0.1:${await listen(createServer(hello))}`;
    const through = (password: string) => openHttp(url, { transport: { proxy: proxy.url.replace('//', `//clerk:${password}@`) } });
    expect((await through('open%20sesame').send(GET)).status).toBe(200);
    await expect(through('wrong').send(POST)).rejects.toMatchObject({
      code: 'ERP_REFUSED',
      message: expect.stringMatching(/proxy.*user and password/),
    });
  });

  it('that is not there nothing is sent', async () => {
    const gone = createServer();
    const port = await listen(gone);
    gone.close();
    await expect(openHttp('http://erp.example.com', { transport: { proxy: `http://127.0.0.1:${port}` } }).send(POST)).rejects.toMatchObject(
      {
        code: 'ERP_UNREACHABLE',
      },
    );
  });
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe.skipIf(!hasOpenssl)('with certificates of our own', () => {
  let folder: string;
  const pem = { ca: '', key: '', cert: '', clientKey: '', clientCert: '' };
  const openssl = (...args: string[]): void => {
    const { status, stderr } = spawnSync('openssl', args, { cwd: folder });
    if (status !== 0) throw new Error(stderr.toString());
  };
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'kontor-tls-'));
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
      '-subj',
      '/CN=Our authority',
      '-days',
      '1',
    );
    for (const [name, subject, names] of [
      ['server', '/CN=erp.internal', 'DNS:erp.internal,IP:127.0.0.1'],
      ['client', '/CN=kontor-client', 'DNS:kontor'],
    ] as const) {
      openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', subject);
      await writeFile(path.join(folder, `${name}.ext`), `subjectAltName=${names}\n`);
      const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '1', '-extfile', `${name}.ext`];
      openssl('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.pem`, ...signed);
    }
    const read = (name: string) => readFile(path.join(folder, name), 'utf8');
    Object.assign(pem, { ca: await read('ca.pem'), key: await read('server.key'), cert: await read('server.pem') });
    Object.assign(pem, { clientKey: await read('client.key'), clientCert: await read('client.pem') });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const serve = async (options: { wantsClient?: boolean; maxVersion?: 'TLSv1.2' } = {}): Promise<string> => {
    const { wantsClient = false, ...more } = options;
    const { ca, key, cert } = pem;
    const server = createSecureServer({ ca, key, cert, requestCert: wantsClient, rejectUnauthorized: wantsClient, ...more }, hello);
    return `https://127.0.0.1:${await listen(server)}`;
  };

  it('a server is trusted by the authority of the settings, and by no other', async () => {
    const url = await serve();
    expect((await openHttp(url, { transport: { tls: { ca: pem.ca } } }).send(GET)).status).toBe(200);
    await expect(openHttp(url).send(POST)).rejects.toMatchObject({
      code: 'ERP_CERTIFICATE_REFUSED',
      message: expect.stringMatching(/tls/),
    });
  });

  it('a server is called by the name its certificate is made for', async () => {
    const url = await serve();
    const tls = { ca: pem.ca, serverName: 'erp.internal' };
    expect((await openHttp(url, { transport: { tls } }).send(GET)).status).toBe(200);
    await expect(openHttp(url, { transport: { tls: { ...tls, serverName: 'other.internal' } } }).send(GET)).rejects.toMatchObject({
      code: 'ERP_CERTIFICATE_REFUSED',
    });
  });

  it.each([undefined, 'TLSv1.2' as const])(
    'we show our own certificate where it is wanted, and hear when it is missing (%s)',
    async (maxVersion) => {
      const url = await serve({ wantsClient: true, ...(maxVersion && { maxVersion }) });
      const tls = { ca: pem.ca, cert: pem.clientCert, key: pem.clientKey };
      expect((await openHttp(url, { transport: { tls } }).send(GET)).json).toMatchObject({ client: 'kontor-client' });
      const refused = await openHttp(url, { transport: { tls: { ca: pem.ca } } })
        .send(POST)
        .catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: expect.stringMatching(/^(ERP_CERTIFICATE_REFUSED|ERP_OUTCOME_UNKNOWN)$/) });
    },
  );

  it('https goes through a proxy in a tunnel, certificates and all, and the tunnel is kept', async () => {
    const proxy = await startProxy();
    const url = await serve({ wantsClient: true });
    const tls = { ca: pem.ca, cert: pem.clientCert, key: pem.clientKey, serverName: 'erp.internal' };
    const { send } = openHttp(url, { transport: { tls, proxy: proxy.url } });
    for (let turn = 0; turn < 3; turn += 1) expect((await send(GET)).json).toMatchObject({ path: '/rows', client: 'kontor-client' });
    expect(proxy.seen).toEqual([`CONNECT ${url.replace('https://', '')}`]);
  });

  it.each([
    ['over', 0, ['LEASE_LOST', 0]],
    ['long', Number.POSITIVE_INFINITY, [200, 1]],
  ])('a server takes its time to shake hands, and a lease that is %s then decides whether anything leaves', async (_, until, ended) => {
    let heard = 0;
    const inner = createSecureServer({ key: pem.key, cert: pem.cert }, (incoming, outgoing) => {
      heard += 1;
      hello(incoming, outgoing);
    });
    const port = await listen(inner);
    let notAfter = Number.POSITIVE_INFINITY;
    // Hands are shaken only after the client has begun to.
    const relay = createPlainServer((socket) => {
      socket.once('data', (begun) => {
        notAfter = until;
        const onward = connect(port, '127.0.0.1', () => {
          onward.write(begun);
          onward.pipe(socket).pipe(onward);
        });
        for (const end of [socket, onward]) end.on('error', () => undefined);
      });
    });
    const url = `https://127.0.0.1:${await listen(relay)}`;
    const { send } = openHttp(url, { transport: { tls: { ca: pem.ca } }, notAfter: () => notAfter });
    const how = await send(POST).then(({ status }) => status, ({ code }: { code: string }) => code); // biome-ignore format: one chain
    expect([how, heard]).toEqual(ended);
  });

  it('a proxy that refuses the tunnel is named, and nothing was written', async () => {
    const proxy = await startProxy({ password: 'x' });
    const { send } = openHttp(await serve(), { transport: { tls: { ca: pem.ca }, proxy: proxy.url } });
    await expect(send(POST)).rejects.toMatchObject({ code: 'ERP_REFUSED', message: expect.stringMatching(/proxy/) });
  });
});
