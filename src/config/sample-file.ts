/** What `kontor init` writes: a file that works as it stands once the folder holds a matching csv file. */
const SCHEMA_URL = './node_modules/kontor/kontor.schema.json';

export function sampleFile(schema = SCHEMA_URL): string {
  return `# yaml-language-server: $schema=${schema}
#
# Kontor's configuration. Editors that know YAML complete and check it by the line above.
# Check it and every connection with \`kontor check\`; every key is explained in docs/configuration.md.
# Secrets do not belong here; name where they are:
#   password: \${ERP_PASSWORD}                        an environment variable; \${NAME:-default} with a default
#   password: { file: /run/secrets/erp }              a file
#   password: { command: [vault, read, -field=v, x] } what a program prints

# Where profiles are kept. Without a url an embedded PostgreSQL is started in the folder.
# DATABASE_URL in the environment wins over both.
database:
  folder: .kontor
  # url: postgres://kontor:\${DATABASE_PASSWORD}@localhost:5432/kontor

# Queues run on the same PostgreSQL. Name a Redis to run many workers on many machines, or set REDIS_URL.
# redis:
#   url: redis://localhost:6379

worker:
  concurrency: 4 # jobs at a time in one worker process
  drainMs: 30000 # how long a stopping worker may finish what it holds

log:
  level: info # debug, info, warn, error, silent

# The systems to pull from. The name is yours; \`kontor pull customers\` uses it.
connections:
  customers:
    connector: spreadsheet
    settings:
      folder: ./customers # files outside of it are never read

    # How numbers and dates are written in these files.
    formats:
      decimal: '.' # or ','
      group: ',' # thousands separator; '' for none
      date: yyyy-MM-dd # dd.MM.yyyy, MM/dd/yyyy, ...; ISO dates are always understood
      zone: UTC # IANA zone: Europe/Berlin

    # Pull by the clock, while a worker runs.
    # schedule:
    #   cron: '*/15 * * * *'
    #   zone: Europe/Berlin
    #   catchUp: latest # after a standstill: all, latest or none of the missed instants

    # A run stops with nothing applied when too many of its records are bad.
    # guards: { maxRejectedShare: 0.2, minRejected: 10 }

    # What to pull: our field on the left, their column on the right (docs/mapping.md).
    # See what becomes of it before anything is stored: \`kontor map customers account --sample 5\`
    entities:
      account:
        read:
          files: [accounts.csv]
        mapping:
          externalId: Customer No
          name: Name
          # parent: Parent No
          # paymentTerms: Terms
          # creditLimit: Credit Limit
          # currency: { value: EUR }
      # contact:
      #   read: { files: [contacts.csv] }
      #   mapping: { externalId: Contact No, account: Customer No, name: Name, email: Mail }
      # address:
      #   read: { files: [addresses.csv] }
      #   mapping: { externalId: Address No, account: Customer No, role: { value: bill_to }, city: City }
`;
}
