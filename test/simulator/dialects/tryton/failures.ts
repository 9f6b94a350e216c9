import { Refusal } from '../../dialect.ts';

const PAGE = { 'content-type': 'text/html; charset=utf-8' };

/** HTTP 200, whatever happened. */
export function error(kind: string, told: unknown = ''): Refusal {
  return new Refusal({ status: 200, json: { id: 1, error: [kind, told] } });
}

export function userError(message: string): Refusal {
  return error('UserError', [message, '', null]);
}

/** What Python says of a key that is not there. */
export function keyError(key: string): Refusal {
  return error(`'${key}'`);
}

export function page(status: number, title: string): Refusal {
  return new Refusal({
    status,
    headers: PAGE,
    text: `<!doctype html>\n<html lang=en>\n<title>${status} ${title}</title>\n<h1>${title}</h1>\n`,
  });
}
