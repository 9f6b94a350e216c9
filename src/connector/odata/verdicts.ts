/** From an OData error to its meaning. The status decides; the body has the words. */
import type { HttpAnswer, VerdictRule } from '../http/types.ts';

type Answer = Omit<HttpAnswer, 'verdict'>;

/** Lines for any OData server; a system's own come before them. */
export const ODATA_VERDICTS: readonly VerdictRule[] = [
  // Begun as good and then failed: the status was gone already.
  { status: '2xx', matches: ({ json }) => errorIn(json) !== undefined, verdict: 'unavailable', says: odataWords },
  { status: 403, verdict: 'denied', says: odataWords },
  { status: [404, 410], verdict: 'missing', says: odataWords },
  { status: [409, 412], verdict: 'conflict', says: odataWords },
  { status: 423, verdict: 'busy', says: odataWords },
  { status: [400, 405, 406, 415, 422, 428], verdict: 'refused', says: odataWords },
  { status: [500, 502, 503, 504], verdict: 'unavailable', says: odataWords },
];

interface ODataError {
  readonly code: string;
  readonly message: string;
  readonly details: readonly string[];
}

/** The system's own words: code, message, and the details that say more. */
export function odataWords({ json }: Answer): string | undefined {
  const error = errorIn(json);
  if (!error) return undefined;
  const details = error.details.filter((detail) => detail !== error.message);
  return [error.code === '' ? error.message : `${error.code} ${error.message}`, ...new Set(details)].join('; ');
}

export function odataCode({ json }: Answer): string | undefined {
  return errorIn(json)?.code;
}

/** `message` is a text in version 4 and `{ lang, value }` in 2; details stand in `details` or in `innererror.errordetails`. */
function errorIn(json: unknown): ODataError | undefined {
  const error = field(json, 'error') ?? field(json, 'odata.error');
  // Gateways in front of a service write a text there.
  if (typeof error === 'string') return { code: '', message: error, details: [] };
  if (typeof error !== 'object' || error === null) return undefined;
  const message = field(error, 'message');
  const said = typeof message === 'string' ? message : field(message, 'value');
  const details = [field(error, 'details'), field(field(error, 'innererror'), 'errordetails')].flatMap((list) =>
    Array.isArray(list) ? list.map((one) => field(one, 'message')) : [],
  );
  return {
    code: text(field(error, 'code')),
    message: text(said),
    details: details.map(text).filter((detail) => detail !== ''),
  };
}

function field(from: unknown, name: string): unknown {
  return typeof from === 'object' && from !== null && Object.hasOwn(from, name) ? (from as Record<string, unknown>)[name] : undefined;
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
