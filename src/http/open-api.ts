/** The document of the interface, made of the schemas that requests and answers are checked with. */
import swagger from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { HttpServer } from './desk.ts';

const API_PREFIX = '/v1';

const TAGS = [
  { name: 'orders', description: 'Purchase requests, from their submission to the receipt of the ERP.' },
  { name: 'approvals', description: 'Steps that wait for people, and their decisions.' },
  { name: 'budgets', description: 'What may be spent, what is reserved and committed, and every movement.' },
  { name: 'pulls', description: 'Runs, and asking for them.' },
  { name: 'state', description: 'Whether all is well, and this document.' },
];

const ABOUT = `Orders in, decisions, receipts, runs. Every answer that is an error has one shape; its \`code\` is what programs go by.

Amounts of money are whole minor units of the currency named beside them; quantities and unit prices are decimals as text. Ids are text. A reference is the storefront's own.`;

export async function describeApi(app: HttpServer, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Kontor', version, description: ABOUT },
      tags: TAGS,
      components: {
        securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'A key made by `kontor keys create`.' } },
      },
    },
    transform(document) {
      const { schema, url } = jsonSchemaTransform(document);
      const { scope = 'open' } = document.route.config ?? {};
      const isHidden = schema?.hide === true || !url.startsWith(`${API_PREFIX}/`);
      if (isHidden) return { schema: { hide: true }, url };
      return { schema: { ...schema, security: scope === 'open' ? [] : [{ key: [scope] }] }, url };
    },
    transformObject: (document) => withoutUnused(jsonSchemaTransformObject(document)) as ReturnType<typeof jsonSchemaTransformObject>,
  });
  app.get(
    `${API_PREFIX}/openapi.json`,
    {
      config: { scope: 'open' },
      schema: { tags: ['state'], operationId: 'describe', summary: 'This document', response: { 200: z.record(z.string(), z.unknown()) } },
    },
    async () => app.swagger() as unknown as Record<string, unknown>,
  );
}

/** Every named schema comes twice, as it is sent and as it is answered. Those that nobody refers to are left out. */
function withoutUnused<T extends object>(document: T): T {
  const { components = {} } = document as { components?: { schemas?: Record<string, unknown> } };
  const { schemas = {} } = components;
  const text = JSON.stringify(document);
  const used = Object.entries(schemas).filter(([name]) => text.includes(`"#/components/schemas/${name}"`));
  if (used.length === Object.keys(schemas).length) return document;
  return withoutUnused({ ...document, components: { ...components, schemas: Object.fromEntries(used) } });
}
