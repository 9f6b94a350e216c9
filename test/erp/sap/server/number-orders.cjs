const { SELECT, UPDATE } = require('@sap/cds').ql;

/** What S/4 adds to a new sales order: number, status, stamps, the steps of its prices. It takes the same reference as often as it comes. */
const NEEDED = [
  ['SalesOrderType', 'V1/045', 'Enter a sales document type'],
  ['SoldToParty', 'V1/046', 'Sold-to party is missing'],
  ['SalesOrganization', 'V1/321', 'Sales organization is not defined'],
];

/** `names` are those of the parts; `first` is the number before the first; `parts` the entities below an order, `itemSet` its items. */
module.exports = function numberOrders(service, entity, { items, prices, partners, texts, first, parts, itemSet }) {
  let last = first;
  const numberPrices = (item, SalesOrder) => {
    item.SalesOrder = SalesOrder;
    for (const [place, price] of (item[prices] ?? []).entries()) {
      Object.assign(price, {
        SalesOrder,
        SalesOrderItem: item.SalesOrderItem,
        PricingProcedureStep: String(place + 1),
        PricingProcedureCounter: '1',
      });
    }
  };
  service.before('CREATE', itemSet, ({ data }) => numberPrices(data, data.SalesOrder));
  service.before('CREATE', entity, (request) => {
    const { data } = request;
    for (const [field, code, message] of NEEDED) if (!data[field]) return request.reject({ status: 400, code, message, target: field });
    last += 1;
    const SalesOrder = String(last);
    const now = new Date().toISOString();
    Object.assign(data, { SalesOrder, LastChangeDateTime: now, OverallSDProcessStatus: 'A' });
    for (const item of data[items] ?? []) numberPrices(item, SalesOrder);
    for (const part of [...(data[partners] ?? []), ...(data[texts] ?? [])]) part.SalesOrder = SalesOrder;
  });
  service.before('UPDATE', entity, ({ data }) => {
    data.LastChangeDateTime = new Date().toISOString();
  });
  // Whatever is changed below an order moves its stamp on; an order all of whose items are rejected is rejected.
  for (const part of parts) {
    service.after(['CREATE', 'UPDATE', 'DELETE'], part, async (_, request) => {
      const { SalesOrder } = request.params?.at(-1)?.SalesOrder ? request.params.at(-1) : (request.params?.[0] ?? request.data);
      const order = SalesOrder ?? request.data.SalesOrder;
      const all = await SELECT.from(itemSet).columns('SalesDocumentRjcnReason').where({ SalesOrder: order });
      const rejected = all.filter(({ SalesDocumentRjcnReason: reason }) => reason).length;
      const status = rejected === 0 ? 'A' : rejected === all.length ? 'C' : 'B';
      const set = { OverallSDDocumentRejectionSts: status, LastChangeDateTime: new Date().toISOString() };
      await UPDATE(entity).set(set).where({ SalesOrder: order });
    });
  }
};
