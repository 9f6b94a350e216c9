/** What kontor.yaml says about a database. Strict, so that a typing error is named. */
import { z } from 'zod';

const tls = z.strictObject({
  ca: z.string().optional().describe('Certificate authority (PEM) to trust besides the usual ones.'),
  cert: z.string().optional().describe('Client certificate (PEM).'),
  key: z.string().optional().describe('Its private key (PEM).'),
  serverName: z.string().optional().describe('Name the certificate is made for, if not `host`.'),
});

export const sqlSettings = z
  .strictObject({
    system: z.enum(['postgresql', 'mysql', 'sqlserver', 'sqlite']).describe('What kind of database; mysql is MariaDB too.'),
    host: z.string().min(1).optional().describe('Name or address of the server.'),
    port: z.int().min(1).max(65_535).optional().describe('Its port, if not the usual one.'),
    database: z.string().min(1).optional().describe('Name of the database on the server.'),
    user: z.string().min(1).optional().describe('A login that may read, and nothing else.'),
    password: z.string().optional().describe('Its password, from the environment or a file.'),
    encrypt: z
      .enum(['verify', 'trust', 'no'])
      .default('verify')
      .describe('verify: TLS with a certificate that is checked. trust: TLS with any. no: for servers on the same machine or network.'),
    tls: tls.optional().describe('Certificates of their own.'),
    file: z.string().min(1).optional().describe('SQLite: the file, from the folder of kontor.yaml. It is copied, then read.'),
    maxFileMb: z.int().positive().default(2_048).describe('SQLite: a larger file is refused.'),
    pageSize: z.int().min(1).max(50_000).default(1_000).describe('Rows asked for at once.'),
    statementSeconds: z.int().positive().max(3_600).default(60).describe('How long the database may work on one page.'),
    connectSeconds: z.int().positive().max(600).default(15).describe('How long a connection may take to come about.'),
  })
  .superRefine((given, context) => {
    const isFile = given.system === 'sqlite';
    const needed = isFile ? (['file'] as const) : (['host', 'database', 'user'] as const);
    const foreign = isFile ? (['host', 'port', 'database', 'user', 'password', 'tls'] as const) : (['file'] as const);
    for (const name of needed)
      if (given[name] === undefined) context.addIssue({ code: 'custom', message: `${given.system} needs \`${name}\``, path: [name] });
    for (const name of foreign)
      if (given[name] !== undefined) context.addIssue({ code: 'custom', message: `${given.system} has no \`${name}\``, path: [name] });
  });
export type SqlSettings = z.infer<typeof sqlSettings>;
