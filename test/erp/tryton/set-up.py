"""What a fresh Tryton needs before it can sell: company, chart of accounts, payment terms, products, an integration user.

Called with: configuration file, database, login and password of the integration user.
"""
import datetime
import sys
from decimal import Decimal

from proteus import Model, Wizard, config

settings, database, login, password = sys.argv[1:]
connected = config.set_trytond(database=database, config_file=settings)

for item in Model.get('ir.module.config_wizard.item').find([('state', '=', 'open')]):
    item.state = 'done'
    item.save()

# Countries come with a module, their list with a script that needs the network; these are those of the tests.
Country = Model.get('country.country')
Subdivision = Model.get('country.subdivision')
for code, code3, name in [('DE', 'DEU', 'Germany'), ('PL', 'POL', 'Poland'), ('FR', 'FRA', 'France'), ('CH', 'CHE', 'Switzerland')]:
    Country(name=name, code=code, code3=code3).save()
germany, = Country.find([('code', '=', 'DE')])
Subdivision(name='Hamburg', code='DE-HH', type='land', country=germany).save()

Currency = Model.get('currency.currency')
euro = Currency(name='Euro', symbol='€', code='EUR', numeric_code='978', rounding=Decimal('0.01'), digits=2)
rate = euro.rates.new()
rate.date = datetime.date(2020, 1, 1)
rate.rate = Decimal('1')
euro.save()

Party = Model.get('party.party')
seller = Party(name='Kontor Seller AG')
seller.save()
wizard = Wizard('company.company.config')
wizard.execute('company')
wizard.form.party = seller
wizard.form.currency = euro
wizard.execute('add')
company, = Model.get('company.company').find([])
User = Model.get('res.user')
connected._context = User.get_preferences(True, connected.context)

Account = Model.get('account.account')
template, = Model.get('account.account.template').find([('parent', '=', None)], limit=1)
wizard = Wizard('account.create_chart')
wizard.execute('account')
wizard.form.account_template = template
wizard.form.company = company
wizard.execute('create_account')
receivable, = Account.find([('type.receivable', '=', True), ('company', '=', company.id)], limit=1)
payable, = Account.find([('type.payable', '=', True), ('company', '=', company.id)], limit=1)
wizard.form.account_receivable = receivable
wizard.form.account_payable = payable
wizard.execute('create_properties')

term = Model.get('account.invoice.payment_term')(name='Net 30')
delta = term.lines.new().relativedeltas.new()
delta.days = 30
term.save()

revenue, = Account.find([('type.revenue', '=', True), ('company', '=', company.id)], limit=1)
expense, = Account.find([('type.expense', '=', True), ('company', '=', company.id)], limit=1)
category = Model.get('product.category')(name='Goods', accounting=True)
category.account_revenue = revenue
category.account_expense = expense
category.save()
Tax = Model.get('account.tax')
tax = Tax(name='VAT 19 %', description='VAT', type='percentage', rate=Decimal('0.19'), company=company)
tax.invoice_account = payable
tax.credit_note_account = payable
tax.save()
category.customer_taxes.append(tax)
category.save()
unit, = Model.get('product.uom').find([('name', '=', 'Unit')])
Template = Model.get('product.template')
for code, name, price in (('SKU-100', 'Hydraulic pump', '249.90'), ('SKU-200', 'Seal kit', '12.3450'), ('SKU-300', 'Hose, 5 m', '0.0125')):
    template = Template(name=name, default_uom=unit, type='goods', salable=True, list_price=Decimal(price))
    template.account_category = category
    template.products[0].suffix_code = code
    template.products[0].cost_price = Decimal('5')
    template.save()

Relation = Model.get('party.relation.type')
below = Relation(name='is a unit of')
below.save()
above = Relation(name='has the unit', reverse=below)
above.save()
below.reverse = above
below.save()

wanted = ['Sales', 'Sales Administrator', 'Party Administration', 'Product Administration', 'Stock', 'Stock Administration',
    'Account', 'Accounting Party']
user = User(name='Integration', login=login)
user.password = password
for group in Model.get('res.group').find([('name', 'in', wanted)]):
    user.groups.append(Model.get('res.group')(group.id))
user.companies.append(company)
user.company = company
user.save()
