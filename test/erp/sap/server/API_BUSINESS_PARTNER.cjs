/** S/4 stamps changes of a business partner itself, with day and time. */
const cds = require('@sap/cds');

module.exports = class extends cds.ApplicationService {
  async init() {
    const { A_BusinessPartner } = this.entities;
    this.before(['CREATE', 'UPDATE'], A_BusinessPartner, ({ data, event }) => {
      const [day, time] = new Date().toISOString().slice(0, 19).split('T');
      Object.assign(data, event === 'CREATE' ? { CreationDate: day, CreationTime: time } : { LastChangeDate: day, LastChangeTime: time });
    });
    return super.init();
  }
};
