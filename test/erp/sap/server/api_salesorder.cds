/** Names of S/4's sales order service of version 4, as its metadata is published; only what an order is made of and looked at by. */
@path: '/sap/opu/odata4/sap/api_salesorder/srvd_a2x/sap/salesorder/0001'
service api_salesorder {
  entity SalesOrder {
    key SalesOrder                    : String(10);
        SalesOrderType                : String(4);
        SalesOrganization             : String(4);
        DistributionChannel           : String(2);
        OrganizationDivision          : String(2);
        SoldToParty                   : String(10);
        PurchaseOrderByCustomer       : String(35);
        PurchaseOrderByShipToParty    : String(35);
        CustomerPurchaseOrderDate     : Date;
        RequestedDeliveryDate         : Date;
        TransactionCurrency           : String(3);
        CustomerPaymentTerms          : String(4);
        DeliveryBlockReason           : String(2) default '';
        HeaderBillingBlockReason      : String(2) default '';
        OverallSDProcessStatus        : String(1) default 'A';
        OverallSDDocumentRejectionSts : String(1) default 'A';
        OverallDeliveryStatus         : String(1) default 'A';
        @odata.etag
        LastChangeDateTime            : Timestamp;
        _Item                         : Composition of many SalesOrderItem on _Item.SalesOrder = SalesOrder;
        _Partner                      : Composition of many SalesOrderPartner on _Partner.SalesOrder = SalesOrder;
        _Text                         : Composition of many SalesOrderText on _Text.SalesOrder = SalesOrder;
  }

  entity SalesOrderItem {
    key SalesOrder               : String(10);
    key SalesOrderItem           : String(6);
        Product                  : String(40);
        RequestedQuantity        : Decimal(15, 3);
        RequestedQuantitySAPUnit : String(3);
        SalesOrderItemText       : String(40);
        PurchaseOrderByCustomer  : String(35);
        SalesDocumentRjcnReason  : String(2) default '';
        DeliveryStatus           : String(1) default 'A';
        OrderRelatedBillingStatus : String(1) default '';
        _ItemPricingElement      : Composition of many SalesOrderItemPricingElement
                                     on  _ItemPricingElement.SalesOrder     = SalesOrder
                                     and _ItemPricingElement.SalesOrderItem = SalesOrderItem;
  }

  entity SalesOrderItemPricingElement {
    key SalesOrder               : String(10);
    key SalesOrderItem           : String(6);
    key PricingProcedureStep     : String(3);
    key PricingProcedureCounter  : String(3);
        ConditionType            : String(4);
        ConditionRateAmount      : Decimal(24, 9);
        ConditionCurrency        : String(3);
        ConditionQuantity        : Decimal(5);
        ConditionQuantitySAPUnit : String(3);
  }

  entity SalesOrderPartner {
    key SalesOrder      : String(10);
    key PartnerFunction : String(2);
        Customer        : String(10);
  }

  entity SalesOrderText {
    key SalesOrder : String(10);
    key Language   : String(2);
    key LongTextID : String(4);
        LongText   : LargeString;
  }
}
