/** The shape of kontor.yaml. What a connector adds (`settings`, `read`) it checks itself; see connection.ts. */
import { CronExpressionParser } from 'cron-parser';
import { z } from 'zod';
import { ENTITIES, ENTITY_NAMES, type EntityName } from '../connector/entities.ts';
import { formatFaults, isZone } from '../connector/mapping/formats.ts';
import { approvalsSchema } from './approvals-schema.ts';
import { mailSchema } from './mail-schema.ts';
import { httpSchema, ordersSchema } from './orders-schema.ts';
import { DEFAULT_FORMATS, DEFAULT_GUARDS } from './settings.ts';

export const NAME_PATTERN = /^[a-z][a-z0-9-]{0,62}$/;

const text = z.string().min(1);
const port = z.int().min(1).max(65_535);
const zone = text.refine(isZone, 'is not an IANA time zone such as Europe/Berlin').describe('IANA time zone (Europe/Berlin)');

const database = z
  .strictObject({
    url: z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'must begin with postgres:// or postgresql://')
      .optional()
      .describe('PostgreSQL 14 or later. Without it an embedded one is started.'),
    folder: text.default('.kontor').describe('Where the embedded PostgreSQL keeps its data; relative to this file.'),
  })
  .prefault({})
  .describe('Where profiles are kept.');

const redis = z
  .strictObject({
    url: z
      .string()
      .regex(/^rediss?:\/\//, 'must begin with redis:// or rediss://')
      .optional()
      .describe('One server, or any node of a cluster.'),
    prefix: z
      .string()
      .regex(/^[\w{}.-]{1,64}$/, 'may hold letters, digits and _ . - { }')
      .default('kontor')
      .describe('First part of every key.'),
    cluster: z.boolean().default(false).describe('The server is a node of a Redis Cluster.'),
    sentinels: z
      .strictObject({
        name: text.describe('Name of the master group.'),
        nodes: z
          .array(z.strictObject({ host: text.describe('Name or address.'), port: port.default(26_379).describe('Port.') }))
          .min(1)
          .describe('Where the sentinels are.'),
        password: text.optional().describe('Password of the sentinels themselves.'),
      })
      .optional()
      .describe('Redis Sentinel, instead of url.'),
    tls: z
      .strictObject({
        ca: text.optional().describe('PEM of the authority; `{ file: ... }` reads it.'),
        cert: text.optional().describe('PEM of our own certificate.'),
        key: text.optional().describe('PEM of its key.'),
        rejectUnauthorized: z.boolean().optional().describe('false accepts any certificate; for tests only.'),
      })
      .optional()
      .describe('For servers whose certificate the system does not know; rediss:// alone suffices for others.'),
  })
  .describe('Queues on Redis. Without it they run on PostgreSQL.');

const worker = z
  .strictObject({
    concurrency: z.int().min(1).max(256).default(4).describe('Jobs at a time in one worker process.'),
    drainMs: z.int().min(0).max(3_600_000).default(30_000).describe('How long a stopping worker may finish its jobs, in milliseconds.'),
  })
  .prefault({})
  .describe('How a worker works.');

const log = z
  .strictObject({ level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info').describe('The least that is written.') })
  .prefault({})
  .describe('What a worker writes down.');

const formats = z
  .strictObject({
    decimal: z.enum(['.', ',']).default(DEFAULT_FORMATS.decimal).describe('Decimal sign.'),
    group: z.enum(['', '.', ',', ' ', "'"]).default(DEFAULT_FORMATS.group).describe('Thousands separator; empty for none.'),
    date: text.default(DEFAULT_FORMATS.date).describe('Date format in luxon tokens (dd.MM.yyyy); ISO 8601 is always understood.'),
    zone: text.default(DEFAULT_FORMATS.zone).describe('IANA zone in which instants become days.'),
  })
  .superRefine((formats, context) => {
    for (const [key, message] of formatFaults(formats)) context.addIssue({ code: 'custom', path: [key], message });
  })
  .prefault({})
  .describe('How numbers and dates are written there.');

const schedule = z
  .strictObject({
    cron: text.refine(isCron, 'is not a cron expression such as "*/15 * * * *" (minute hour day month weekday)').describe('When to pull.'),
    zone: zone.optional().describe('Zone of the clock; that of formats if not set.'),
    catchUp: z.enum(['all', 'latest', 'none']).default('latest').describe('What to do about instants that passed while no worker ran.'),
  })
  .describe('Pull by the clock.');

const guards = z
  .strictObject({
    maxRejectedShare: z
      .number()
      .min(0)
      .max(1)
      .default(DEFAULT_GUARDS.maxRejectedShare)
      .describe('A run stops when a larger share is bad ...'),
    minRejected: z.int().min(1).default(DEFAULT_GUARDS.minRejected).describe('... and at least this many records are.'),
  })
  .prefault({})
  .describe('When a run stops by itself.');

const openObject = z.record(z.string(), z.unknown());

const entitySchema = z
  .strictObject({
    read: openObject.nullish().describe('What the connector reads; its README lists the options.'),
    mapping: openObject.nullish().describe('Our field: their column or path, or an object; see docs/mapping.md.'),
  })
  .nullable();

const entities = z
  .strictObject(
    Object.fromEntries(ENTITY_NAMES.map((name) => [name, entitySchema.optional().describe(ENTITIES[name].about)])) as Record<
      EntityName,
      z.ZodOptional<typeof entitySchema>
    >,
  )
  .refine((given) => Object.keys(given).length > 0, `must name at least one of ${ENTITY_NAMES.join(', ')}`)
  .optional()
  .describe('What is pulled, in this order. May be absent where orders are handed off only.');

export const connectionSchema = z.strictObject({
  connector: text.describe('Kind of system.'),
  settings: openObject
    .nullish()
    .describe('Where it is and how to log in; secrets from the environment, { file: PATH } or { command: [...] }.'),
  formats,
  entities,
  schedule: schedule.optional(),
  guards,
});

export const fileSchema = z.strictObject({
  database,
  redis: redis.optional(),
  worker,
  log,
  connections: z
    .record(z.string().regex(NAME_PATTERN, 'must be lower-case letters, digits and hyphens, and begin with a letter'), z.unknown())
    .nullish()
    .describe('The systems to pull from, by name.'),
  orders: ordersSchema,
  approvals: approvalsSchema,
  http: httpSchema,
  mail: mailSchema,
});

/** As src/domain/schedule.ts understands it: five fields or an alias, and no H, which would differ from worker to worker. */
function isCron(expression: string): boolean {
  if (!/^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|\S+( +\S+){4})$/i.test(expression.trim()) || /\bH\b/.test(expression))
    return false;
  try {
    CronExpressionParser.parse(expression);
    return true;
  } catch {
    return false;
  }
}
