const cds = require('@sap/cds');
const numberOrders = require('./external/number-orders.js');

module.exports = class extends cds.ApplicationService {
  async init() {
    const { SalesOrder } = this.entities;
    const names = { items: '_Item', prices: '_ItemPricingElement', partners: '_Partner', texts: '_Text' };
    numberOrders(this, SalesOrder, { ...names, first: 6_000_000 });
    return super.init();
  }
};
