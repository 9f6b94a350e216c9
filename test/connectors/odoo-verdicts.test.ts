/** From Odoo's answers to their meaning. */
import { describe, expect, it } from 'vitest';
import { verdicts } from '../../connectors/odoo/verdicts.ts';
import { judge } from '../../src/connector/http/verdicts.ts';
import { json2Failure, Raised, rpcFailure, TRACEBACK } from '../simulator/dialects/odoo/failures.ts';
import type { SimAnswer } from '../simulator/server.ts';

/** As a client sees it. */
function judged({ status, json, text }: SimAnswer): { verdict: string; words: string | undefined } {
  const answer = { status, json, text: text ?? JSON.stringify(json), headers: {}, serverAt: null };
  const { verdict, words } = judge(answer, verdicts, new Date(0));
  return { verdict, words };
}

describe('what an answer means', () => {
  it.each([
    ['odoo.exceptions.UserError', 'The order is locked', 422, 'refused'],
    ['odoo.exceptions.ValidationError', 'A line needs a product', 422, 'refused'],
    ['odoo.exceptions.AccessError', "You are not allowed to access 'Contact'\n\n- Zoë Weiß (id=6)", 403, 'denied'],
    ['odoo.exceptions.AccessDenied', 'Access Denied', 403, 'login'],
    ['odoo.exceptions.MissingError', 'Record does not exist or has been deleted.', 404, 'missing'],
    ['odoo.exceptions.LockError', 'Cannot grab a lock on records', 409, 'busy'],
    ['psycopg2.errors.SerializationFailure', 'could not serialize access due to concurrent update', 500, 'busy'],
    ['psycopg2.errors.DeadlockDetected', 'deadlock detected\nDETAIL: Process 12', 500, 'busy'],
    ['psycopg2.OperationalError', 'server closed the connection unexpectedly', 500, 'unavailable'],
    ['psycopg2.OperationalError', 'FATAL:  database "x" does not exist', 500, 'refused'],
    ['builtins.ValueError', 'External ID not found in the system: kontor.order_1', 500, 'empty'],
    ['builtins.ValueError', "Invalid field 'x' on model 'res.partner'", 500, 'refused'],
    ['builtins.KeyError', "'res_id'", 500, 'refused'],
  ])('%s "%s" (%i): %s, in both protocols, and its traceback stays there', (name, message, status, verdict) => {
    const raised = new Raised(name, message, status);
    for (const answer of [rpcFailure(raised), json2Failure(raised)]) {
      const { verdict: found, words = '' } = judged(answer);
      expect(found).toBe(verdict);
      expect(TRACEBACK).not.toContain(words || 'nothing');
      expect(words).not.toMatch(/Zoë|Process|SECRET|Traceback/);
    }
  });

  it.each([
    ['could not serialize access due to concurrent update', 'busy'],
    ["No matching record found for database id '7' in field 'Customer'", 'refused'],
  ])('load catches "%s" and tells it with status 200: %s', (message, verdict) => {
    const outcome = { ids: false, messages: [{ type: 'error', message }], nextrow: 0 };
    expect(judged({ status: 200, json: outcome })).toEqual({ verdict, words: message });
    expect(judged({ status: 200, json: { jsonrpc: '2.0', id: 1, result: outcome } })).toEqual({ verdict, words: message });
  });

  it('good answers are good, whatever they hold', () => {
    const warned = { ids: [8], messages: [{ type: 'warning', message: 'could not serialize access' }], nextrow: 0 };
    for (const json of [warned, [{ id: 1, name: 'x', message: 'y' }], true, false, { name: 'x', message: "Object a doesn't exist" }])
      expect(judged({ status: 200, json })).toEqual({ verdict: 'ok', words: undefined });
  });

  it('a page in between is no answer of Odoo', () => {
    expect(judged({ status: 502, text: '<html>' }).verdict).toBe('unavailable');
    expect(judged({ status: 404, text: '<html>' }).verdict).toBe('empty');
  });
});
