/**
 * A system nobody knows that offers OData, version 2 or 4: a key in a header, stamps in milliseconds, archived customers among the others,
 * several addresses in one table with their role in the key. Everything beside the root is an entity set.
 */
import { type Dialect, Refusal, type SimAnswer } from '../dialect.ts';
import type { World } from '../world.ts';
import { BadQuery } from './odata/filter.ts';
import { serve } from './odata/serve.ts';
import type { PropertyType, Row, Sets } from './odata/types.ts';

const KEY = 'key-4711';
const texts = (...names: string[]): Record<string, PropertyType> => Object.fromEntries(names.map((name) => [name, 'string' as const]));

export function odataDialect(version: 2 | 4): Dialect {
  return {
    name: `odata-${version}`,
    isWrite: ({ method }) => method !== 'GET',
    errorInside: () => ({
      status: 200,
      json: { error: { code: 'Busy', message: version === 4 ? 'Try again' : { lang: 'en', value: 'Try again' } } },
    }),
    limitSignal: () => ({ status: 429, json: { error: { code: 'TooManyRequests', message: 'Too many requests' } } }),
    expireSessions: () => undefined,
    settings: (url) => ({ url: `${url}/odata/Sales`, version, apiKey: { header: 'x-api-key', value: KEY } }),
    handle(request, world, { pageSize, url }): SimAnswer {
      if (request.headers['x-api-key'] !== KEY) throw failure(401, 'Unauthorized', 'The key is not known');
      const path = /^\/odata\/Sales\/?(.*)$/.exec(request.path)?.[1];
      if (path === undefined) throw failure(404, 'NotFound', 'No such service');
      const sets = setsOf(world);
      if (path === '') {
        const names = Object.keys(sets);
        return { status: 200, json: version === 4 ? { value: names.map((name) => ({ name })) } : { d: { EntitySets: names } } };
      }
      try {
        const answer = serve(sets, { version, path, query: request.query, service: `${url}/odata/Sales`, pageSize });
        if (answer) return answer;
      } catch (error) {
        if (error instanceof BadQuery) throw failure(400, 'BadRequest', error.message);
        throw error;
      }
      throw failure(404, 'NotFound', `Resource not found for the segment ${path}`);
    },
  };
}

function failure(status: number, code: string, message: string): Refusal {
  return new Refusal({ status, json: { error: { code, message } } });
}

function setsOf(world: World): Sets {
  const iso = (at: Date) => at.toISOString();
  return {
    Customers: {
      properties: {
        Id: 'integer',
        ...texts('Number', 'Name', 'VatId', 'Currency', 'Terms', 'PriceList', 'Email', 'Phone', 'Website', 'Language', 'State'),
        ParentId: 'integer',
        CreditLimit: 'decimal',
        Balance: 'decimal',
        ModifiedAt: 'instant',
      },
      keys: ['Id'],
      rows: () =>
        world.rows('account').map((row): Row => {
          const state = row.active ? (row.blocked ? 'B' : 'A') : 'X';
          const { number, name, taxRegistration, currency, paymentTerms, priceList, email, phone, website, language } = row;
          return {
            Id: Number(row.id),
            ParentId: row.parentId === null ? null : Number(row.parentId),
            Number: number,
            Name: name,
            VatId: taxRegistration,
            Currency: currency,
            Terms: paymentTerms,
            PriceList: priceList,
            Email: email,
            Phone: phone,
            Website: website,
            Language: language,
            State: state,
            CreditLimit: row.creditLimit,
            Balance: row.balance,
            ModifiedAt: iso(row.changedAt),
          };
        }),
    },
    Addresses: {
      properties: {
        Id: 'integer',
        CustomerId: 'integer',
        ...texts('Role', 'Name', 'Street', 'Street2', 'Zip', 'City', 'Region', 'Country'),
        ModifiedAt: 'instant',
      },
      keys: ['Id', 'Role'],
      rows: () =>
        world.rows('address').flatMap(({ id, accountId, roles, name, street, street2, postalCode, city, region, country, changedAt }) =>
          roles.map((role): Row => {
            const place = { Street: street, Street2: street2, Zip: postalCode, City: city, Region: region, Country: country };
            return { Id: Number(id), CustomerId: Number(accountId), Role: role, Name: name, ...place, ModifiedAt: iso(changedAt) };
          }),
        ),
    },
    Stock: {
      properties: {
        Id: 'integer',
        ...texts('Site', 'SiteName', 'Product'),
        OnHand: 'decimal',
        Available: 'decimal',
        ModifiedAt: 'instant',
      },
      keys: ['Id'],
      rows: () =>
        world.rows('stock').map(({ id, site, siteName, product, onHand, available, changedAt }): Row => {
          const quantities = { OnHand: onHand, Available: available };
          return { Id: Number(id), Site: site, SiteName: siteName, Product: product, ...quantities, ModifiedAt: iso(changedAt) };
        }),
    },
  };
}
