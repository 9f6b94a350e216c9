/** Exceptions as both protocols tell them. The traceback is there to be leaked by whoever is careless. */
import type { SimAnswer } from '../../dialect.ts';

export const TRACEBACK =
  'Traceback (most recent call last):\n  File "/opt/odoo/odoo/models.py", line 1234, in _read\n    cr.execute(SECRET_QUERY)\n';

export class Raised extends Error {
  /** "odoo.exceptions.UserError" */
  readonly exception: string;
  /** Of JSON-2. */
  readonly status: number;

  constructor(exception: string, message: string, status: number) {
    super(message);
    this.exception = exception;
    this.status = status;
  }
}

export const userError = (message: string): Raised => new Raised('odoo.exceptions.UserError', message, 422);
export const accessError = (message: string): Raised => new Raised('odoo.exceptions.AccessError', message, 403);
export const accessDenied = (): Raised => new Raised('odoo.exceptions.AccessDenied', 'Access Denied', 403);
/** Whatever is no exception of Odoo's own is an error of the server. */
export const valueError = (message: string): Raised => new Raised('builtins.ValueError', message, 500);
export const serializationFailure = (): Raised =>
  new Raised('psycopg2.errors.SerializationFailure', 'could not serialize access due to concurrent update\n', 500);

function serialized({ exception, message }: Raised): object {
  return { name: exception, message, arguments: [message], context: {}, debug: TRACEBACK };
}

export function rpcFailure(raised: Raised): SimAnswer {
  return { status: 200, json: { jsonrpc: '2.0', id: 1, error: { code: 200, message: 'Odoo Server Error', data: serialized(raised) } } };
}

export function json2Failure(raised: Raised): SimAnswer {
  return { status: raised.status, json: serialized(raised) };
}

export function notFoundPage(): SimAnswer {
  return { status: 404, headers: { 'content-type': 'text/html; charset=utf-8' }, text: '<!doctype html>\n<title>404 Not Found</title>\n' };
}
