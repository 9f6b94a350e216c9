/** What S/4 adds to a new sales order: number, status, stamps, the steps of its prices. It takes the same reference as often as it comes. */
const cds = require('@sap/cds');

const NEEDED = [
  ['SalesOrderType', 'V1/045', 'Enter a sales document type'],
  ['SoldToParty', 'V1/046', 'Sold-to party is missing'],
  ['SalesOrganization', 'V1/321', 'Sales organization is not defined'],
];

module.exports = class extends cds.ApplicationService {
  async init() {
    const { A_SalesOrder } = this.entities;
    let last = 0;
    this.before('CREATE', A_SalesOrder, (request) => {
      const { data } = request;
      for (const [field, code, message] of NEEDED) if (!data[field]) return request.reject({ status: 400, code, message, target: field });
      last += 1;
      const SalesOrder = String(4_000_000 + last);
      const now = new Date().toISOString();
      Object.assign(data, { SalesOrder, CreationDate: now.slice(0, 10), LastChangeDateTime: now, OverallSDProcessStatus: 'A' });
      for (const item of data.to_Item ?? []) {
        item.SalesOrder = SalesOrder;
        for (const [place, price] of (item.to_PricingElement ?? []).entries()) {
          Object.assign(price, {
            SalesOrder,
            SalesOrderItem: item.SalesOrderItem,
            PricingProcedureStep: String(place + 1),
            PricingProcedureCounter: '1',
          });
        }
      }
      for (const part of [...(data.to_Partner ?? []), ...(data.to_Text ?? [])]) part.SalesOrder = SalesOrder;
    });
    return super.init();
  }
};
