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
    // Calculated by the server from products, formulas and moves, not rows of a table: test/connectors/tryton-products.test.ts.
    price: false,
    stock: false,
  },
});
