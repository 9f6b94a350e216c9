/** What SAP Gateway does in front of the services: who are you, and for everything that writes a token with its cookie. */
const { randomBytes } = require('node:crypto');
const cds = require('@sap/cds');

const { KONTOR_SAP_USER: user, KONTOR_SAP_PASSWORD: password } = process.env;
/** Sessions end while they are used: a token is good for so many requests that are no GET, batches of reads among them. */
const WRITES = 40;
const sessions = new Map();

function isKnown(request) {
  return request.headers.authorization === `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function refuseLogin(response) {
  response.status(401).set('www-authenticate', 'Basic realm="SAP NetWeaver Application Server"').type('html');
  response.send('<html><body>Logon failed</body></html>');
}

function gateway(request, response, next) {
  if (!isKnown(request)) return refuseLogin(response);
  const token = request.headers['x-csrf-token'] ?? '';
  const id = /SAP_SESSIONID_S4H_100=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
  const session = sessions.get(id);
  if (/^fetch$/i.test(token) && session) {
    response.set('x-csrf-token', session.token);
    return next();
  }
  if (/^fetch$/i.test(token)) {
    const [begun, fresh] = [randomBytes(12).toString('hex'), randomBytes(16).toString('base64')];
    sessions.set(begun, { token: fresh, writes: 0 });
    response.set('x-csrf-token', fresh).set('set-cookie', `SAP_SESSIONID_S4H_100=${begun}; path=/; HttpOnly`);
    return next();
  }
  if (['GET', 'HEAD', 'OPTIONS'].includes(request.method)) return next();
  if (session?.token === token && session.writes < WRITES) {
    session.writes += 1;
    return next();
  }
  sessions.delete(id);
  response.status(403).set('x-csrf-token', 'Required').type('text').send('CSRF token validation failed');
}

cds.once('bootstrap', (app) => {
  // CAP would listen on every interface.
  const { listen } = app;
  app.listen = (port) => listen.call(app, port, '127.0.0.1');
  cds.cov2ap.before = gateway;
  app.use('/sap/opu/odata4', gateway);
  app.use('/odata/v4', (request, response, next) => (isKnown(request) ? next() : refuseLogin(response)));
});

module.exports = cds.server;
