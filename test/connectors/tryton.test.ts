import { tryton } from '../../connectors/tryton/index.ts';
import { describeConnector } from '../connector-contract.ts';
import { RELATION_UP } from '../simulator/dialects/tryton/models.ts';
import { trytonDialect } from '../simulator/dialects/tryton.ts';

describeConnector(tryton, {
  dialect: () => trytonDialect({ queue: true }),
  denied: { status: 200, json: { id: 1, error: ['UserError', ['You are not allowed to access "Party".', '', null]] } },
  orders: { whileOpen: { settings: { ordersUpTo: 'confirmed' } } },
  entities: {
    account: {
      read: { parentRelation: RELATION_UP },
      // Tryton knows no blocked parties and one currency per company; a receivable is never absent.
      truth: (values) => ({
        ...values,
        status: values.status === 'closed' ? 'closed' : 'active',
        currency: 'EUR',
        balance: values.balance ?? 0,
      }),
    },
    contact: {
      read: { types: ['email', 'phone', 'other'] },
      // A person is a name on one number.
      truth: (values) => ({ ...values, phone: values.email === null ? (values.phone ?? null) : null }),
    },
    address: {
      // There is no pay-to.
      truth: (values) => ({ ...values, role: values.role === 'pay_to' ? 'bill_to' : (values.role ?? null) }),
    },
    document: {
      // Shipments are in no currency; our reference is kept on sales, and that of the carrier on shipments.
      truth(values, row, world) {
        const kind = world.row('document', row.id)?.kind;
        return {
          ...values,
          reference: kind === 'order' ? (values.reference ?? null) : null,
          trackingNumber: kind === 'shipment' ? (values.trackingNumber ?? null) : null,
          currency: kind === 'shipment' ? null : (values.currency ?? null),
        };
      },
    },
    // Calculated by the server from products, formulas and moves, not rows of a table: test/connectors/tryton-products.test.ts.
    price: false,
    stock: false,
  },
});
