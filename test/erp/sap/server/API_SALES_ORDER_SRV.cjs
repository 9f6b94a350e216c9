const cds = require('@sap/cds');
const numberOrders = require('./number-orders.js');

module.exports = class extends cds.ApplicationService {
  async init() {
    const { A_SalesOrder, A_SalesOrderItem, A_SalesOrderItemPrElement, A_SalesOrderHeaderPartner, A_SalesOrderText } = this.entities;
    const below = {
      parts: [A_SalesOrderItem, A_SalesOrderItemPrElement, A_SalesOrderHeaderPartner, A_SalesOrderText],
      itemSet: A_SalesOrderItem,
    };
    const names = { items: 'to_Item', prices: 'to_PricingElement', partners: 'to_Partner', texts: 'to_Text' };
    numberOrders(this, A_SalesOrder, { ...names, ...below, first: 4_000_000 });
    this.before('CREATE', A_SalesOrder, ({ data }) => {
      data.CreationDate = new Date().toISOString().slice(0, 10);
    });
    return super.init();
  }
};
