const cds = require('@sap/cds');
const numberOrders = require('./external/number-orders.js');

module.exports = class extends cds.ApplicationService {
  async init() {
    const { SalesOrder, SalesOrderItem, SalesOrderItemPricingElement, SalesOrderPartner, SalesOrderText } = this.entities;
    const below = { parts: [SalesOrderItem, SalesOrderItemPricingElement, SalesOrderPartner, SalesOrderText], itemSet: SalesOrderItem };
    const names = { items: '_Item', prices: '_ItemPricingElement', partners: '_Partner', texts: '_Text' };
    numberOrders(this, SalesOrder, { ...names, ...below, first: 6_000_000 });
    return super.init();
  }
};
