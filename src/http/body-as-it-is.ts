/** For bodies that a flow reads itself, because it tells everything that is wrong at once: the schema only describes them. */
import type { FastifySchemaCompiler } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import { z } from 'zod';

export const bodyAsItIs: FastifySchemaCompiler<unknown> = ({ schema, ...rest }) => {
  if (rest.httpPart === 'body') return (value: unknown) => ({ value });
  if (schema instanceof z.ZodType) return validatorCompiler({ schema, ...rest });
  throw new TypeError(`the ${rest.httpPart} of ${rest.method} ${rest.url} has no schema of zod`);
};
