import { describe, expect, it } from 'vitest';
import type { SalesDocument } from '../../connectors/business-central/documents.ts';
import { placedOrders } from '../../connectors/business-central/placed-orders.ts';
import { verdicts } from '../../connectors/business-central/verdicts.ts';
import type { HttpAnswer } from '../../src/connector/http/types.ts';
import { judge } from '../../src/connector/http/verdicts.ts';

function answer(status: number, error: unknown): Omit<HttpAnswer, 'verdict'> {
  const json = { error };
  return { status, headers: { 'content-type': 'application/json' }, json, text: JSON.stringify(json), serverAt: null };
}

describe('documents of one order', () => {
  const document = (place: SalesDocument['place'], number: string, more: Partial<SalesDocument> = {}): SalesDocument => ({
    place,
    number,
    externalDocumentNumber: 'ORD-1',
    ...more,
  });
  const line = (sequence: number, quantity: number) => ({ sequence, lineType: 'Item', lineObjectNumber: 'P-1', quantity, unitPrice: 9.5 });

  it('are one order, whose parts add up', () => {
    const found = placedOrders([
      document('salesShipments', 'LS-1', { orderNumber: 'SO-1', salesShipmentLines: [line(10_000, 3)] }),
      document('salesInvoices', 'RE-1', {
        orderNumber: 'SO-1',
        status: 'Paid',
        salesInvoiceLines: [line(10_000, 1.5), { sequence: 20_000, lineType: 'Comment', quantity: 0 }],
      }),
      document('salesInvoices', 'RE-2', { orderNumber: 'SO-1', status: 'Open', salesInvoiceLines: [line(10_000, 1.75)] }),
    ]);

    expect(found).toEqual([
      {
        id: 'SO-1',
        number: 'SO-1',
        reference: 'ORD-1',
        soldTo: null,
        state: 'invoiced',
        stateThere: 'invoice Paid, invoice Open',
        foundIn: 'salesInvoices',
        lines: [{ product: 'P-1', quantity: '3.25', unitPrice: '9.5' }],
        currency: null,
      },
    ]);
  });

  it('count as open while the order is', () => {
    const found = placedOrders([
      document('salesOrders', 'SO-1', { status: 'Open' }),
      document('salesInvoices', 'RE-1', { orderNumber: 'SO-1', status: 'Open' }),
    ]);

    expect(found).toMatchObject([{ id: 'SO-1', state: 'accepted', foundIn: null }]);
  });

  it('may be shipments alone, where several orders were invoiced together', () => {
    expect(placedOrders([document('salesShipments', 'LS-1', { orderNumber: 'SO-1' })])).toMatchObject([
      { id: 'SO-1', state: 'shipped', foundIn: 'salesShipments' },
    ]);
  });

  it('may be an invoice that somebody wrote without an order, or one that was cancelled', () => {
    const found = placedOrders([
      document('salesInvoices', 'RE-7', { status: 'Draft' }),
      document('salesInvoices', 'RE-8', { orderNumber: 'SO-2', status: 'Canceled' }),
    ]);

    expect(found).toMatchObject([
      { id: 'salesInvoices/RE-7', number: 'RE-7', state: 'accepted' },
      { id: 'SO-2', state: 'cancelled' },
    ]);
  });
});

describe("Business Central's answers", () => {
  const said = (message: string, code = 'Application_DialogException') => ({ code, message });

  it.each([
    [400, said('Item does not exist.'), 'refused'],
    [400, said('You do not have permissions to read Sales Orders.'), 'denied'],
    [
      403,
      said('Sorry, the current permissions prevented the action.(TableData 38 Purchase Header Modify)', 'Internal_ServerError'),
      'denied',
    ],
    [401, said('The server has rejected the client credentials.', 'Authentication_InvalidCredentials'), 'login'],
    [409, said('Another user has already changed the record.', 'Request_EntityChanged'), 'conflict'],
    [409, said('The operation could not complete because a record was locked by another user. Please retry.'), 'busy'],
    [413, said('The page is too large.'), 'refused'],
    [429, said('Too many requests reached.', 'Application_TooManyRequests'), 'limited'],
    [408, said('The operation timed out.'), 'unavailable'],
    [503, said('Service temporarily unavailable.'), 'unavailable'],
    [504, said('Gateway timeout.'), 'unavailable'],
  ])('%i with %j mean %s', (status, error, verdict) => {
    expect(judge(answer(status, error), verdicts, new Date()).verdict).toBe(verdict);
  });

  it('are told without the id of their trace', () => {
    const refused = answer(400, said('Item does not exist.  CorrelationId:  7d1f0b4c.'));

    expect(judge(refused, verdicts, new Date()).words).toBe('Application_DialogException Item does not exist.');
  });
});
