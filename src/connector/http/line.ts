/** Opens the line of a connection: its wire, its login, its cookies. */
import { createHttp, type Line, type LineContext } from './create-http.ts';
import { credentialOf } from './credential.ts';
import { keepCsrf } from './csrf.ts';
import { askedOf } from './failures.ts';
import { keepLogin, NO_LOGIN } from './login.ts';
import type { TokenWire } from './token-endpoint.ts';
import { createTransport, type Transport } from './transport.ts';
import { passTurnstile } from './turnstile.ts';
import type { TransportSettings } from './types.ts';
import { judge } from './verdicts.ts';

/** Logging in may be waited for by many sessions; none of them may stop it for the others. */
const LOGIN_TRIES = 3;

/** `given` takes the place of the network. */
export function createLine(context: LineContext, given: Transport | undefined = context.border.wire): Line {
  const { connection, profile, border, now } = context;
  const settings: TransportSettings = { ...profile.transport, limits: { ...profile.limits, ...profile.transport.limits } };
  const transport = given ?? createTransport(profile.baseUrl, settings);
  const csrf = keepCsrf(profile);
  const credential = credentialOf(connection, profile);
  const signal = () => AbortSignal.timeout(settings.timeoutMs * LOGIN_TRIES);
  const login = keepLogin(connection, profile, {
    plain: {
      send: (request) => createHttp({ ...context, signal: signal() }, { credential, transport, csrf, login: NO_LOGIN }).send(request),
    },
    tokenWire: tokenWireOf(context, credential, settings, signal, given),
    vault: border.vault,
    renewsKeys: border.renewsKeys ?? false,
    now,
    onEnd: csrf.forget,
  });
  return { credential, transport, login, csrf };
}

/** Token endpoints often live elsewhere: with a gate of their own, and without client certificate and name of the system itself. */
function tokenWireOf(
  { connection, profile, border, now }: LineContext,
  credential: string,
  settings: TransportSettings,
  signal: () => AbortSignal,
  given: Transport | undefined,
): TokenWire {
  let transport = given;
  return (url, { headers, body }) => {
    const isElsewhere = new URL(url).origin !== new URL(profile.baseUrl).origin;
    transport ??= createTransport(url, { ...settings, limits: undefined, tls: isElsewhere ? { ca: settings.tls?.ca } : settings.tls });
    return passTurnstile(
      { connection, credential: `${credential} login`, limits: {}, border, signal: signal(), now },
      askedOf(connection, url, { method: 'POST', path: new URL(url).pathname, effect: 'read' }),
      {
        wire: { method: 'POST', url, headers, body, timeoutMs: settings.timeoutMs },
        transport,
        judge: (answer) => judge(answer, [], now()),
      },
    );
  };
}
