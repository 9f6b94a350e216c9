/** Settings as they may be shown: secrets blackened, maps as objects. */
import { CENSORED, type SecretValues } from './secrets.ts';
import type { Settings } from './settings.ts';

const SECRET_NAME = /password|passphrase|secret|token|credential|api_?key|private_?key/i;

export function redact(settings: Settings, secrets: SecretValues): unknown {
  return shown(settings, secrets);
}

/** For any URL that may carry a password. */
function withoutPassword(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/[^:/?#]*):[^@]*@/i, `$1:${CENSORED}@`);
}

function shown(value: unknown, secrets: SecretValues): unknown {
  if (typeof value === 'string') return withoutPassword(secrets.censor(value));
  if (value instanceof Map) return shown(Object.fromEntries(value), secrets);
  if (Array.isArray(value)) return value.map((item) => shown(item, secrets));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    SECRET_NAME.test(key) && typeof item === 'string' ? CENSORED : shown(item, secrets),
  ]);
  return Object.fromEntries(entries);
}
