/** What a failure is called. Codes are API: alerts and docs/errors.md hang on them, and a test keeps page and table equal. */

/** code -> [class, what it means, what to do]. The table behind docs/errors.md. */
export const ERROR_CODES = {
  CONFIG_INVALID: [
    'NeedsOperatorError',
    'kontor.yaml or an environment variable cannot be used',
    'correct the line the message names, then run `kontor check`',
  ],
  CONFIG_MISSING: ['NeedsOperatorError', 'no kontor.yaml was found', 'run `kontor init`, or name the file with --config'],
  SECRET_UNAVAILABLE: [
    'NeedsOperatorError',
    'a secret named in kontor.yaml could not be read',
    'set the variable, file or command the message names',
  ],
  CONNECTION_UNKNOWN: ['NeedsOperatorError', 'no connection, entity or connector has that name', 'use one of the names the message lists'],
  NOT_FOUND: [
    'NeedsOperatorError',
    'no run, account, order or quarantined record has that number',
    'list what there is with the command the message names',
  ],
  DATABASE_UNREACHABLE: ['RetryLaterError', 'PostgreSQL did not answer', 'start it, or correct DATABASE_URL'],
  DATABASE_UNSUITABLE: [
    'NeedsOperatorError',
    'the database cannot be used as it is: too old, or migrated by a newer Kontor',
    'use PostgreSQL 14 or later, and the newest Kontor',
  ],
  EMBEDDED_DATABASE_FAILED: [
    'NeedsOperatorError',
    'the embedded PostgreSQL could not be started',
    'read the log the message names, or set DATABASE_URL',
  ],
  QUEUE_UNREACHABLE: ['RetryLaterError', 'Redis or the queue database did not answer', 'start it, or correct REDIS_URL'],
  CLOCK_BEHIND: [
    'NeedsOperatorError',
    'the clock of a machine was put back, or is more than five minutes behind that of another worker; its jobs do nothing by it',
    'set the clock; if the later time was the wrong one, start one worker with `--accept-clock`',
  ],
  LEASE_LOST: ['RetryLaterError', 'another worker took over this work', 'nothing; the other worker goes on'],
  ALREADY_RUNNING: ['RetryLaterError', 'another run holds this connection and entity', 'wait for it, or look at it with `kontor runs`'],
  SOURCE_UNREADABLE: ['NeedsOperatorError', 'a file or system could not be read at all', 'correct what the message names, then pull again'],
  SOURCE_OUTSIDE_FOLDER: [
    'NeedsOperatorError',
    'a path or symbolic link leads out of the declared folder',
    'move the file into the folder, or declare the other folder',
  ],
  SOURCE_TOO_LARGE: ['NeedsOperatorError', 'a file exceeds a declared limit', 'split the file, or raise the limit the message names'],
  SOURCE_NOT_READY: ['RetryLaterError', 'a file is still being written', 'nothing; the next pull reads it'],
  SOURCE_CHANGED: ['RetryLaterError', 'a file was replaced after a part of it had been read', 'nothing; the run reads everything anew'],
  SOURCE_LAYOUT: [
    'NeedsOperatorError',
    'a file does not have the columns or sheets the mapping needs',
    'correct the file or the mapping; the message names what is missing and what is there',
  ],
  RECORD_INVALID: [
    'RecordRejectedError',
    'a record cannot become a draft',
    'correct it at the source, or the mapping, then `kontor quarantine replay`',
  ],
  RECORD_KEY_MISSING: ['RecordRejectedError', 'a record has no external id', 'fill the key column at the source'],
  RECORD_KEY_CONFLICT: [
    'RecordRejectedError',
    'several records carry the same external id with different values',
    'leave one of them at the source',
  ],
  RECORD_KEY_AMBIGUOUS: [
    'RecordRejectedError',
    'an external id differs from another only in case or blanks',
    'write it the same way everywhere',
  ],
  HIERARCHY_CYCLE: [
    'RecordRejectedError',
    'accounts or superiors name each other in a circle',
    'correct the parent of one of those the message names',
  ],
  TOO_MANY_REJECTED: [
    'NeedsOperatorError',
    'a larger share of the records was bad than `guards.maxRejectedShare` allows',
    'look at `kontor quarantine list`, correct the file or mapping, pull again',
  ],
  ERP_UNREACHABLE: [
    'RetryLaterError',
    'a system did not answer, or said that it cannot now',
    'nothing if it passes; else check its address, network and proxy with `kontor check`',
  ],
  ERP_RATE_LIMITED: [
    'RetryLaterError',
    'a system asked for fewer requests',
    'nothing; all workers slow down. If it lasts, set `limits` of the connection or ask for a higher quota',
  ],
  ERP_ANSWER_UNUSABLE: [
    'RetryLaterError',
    'an answer was cut off, of the wrong type or not what the system documents',
    'nothing if it passes; else see what stands between (proxy, login page) with `kontor check`',
  ],
  ERP_OUTCOME_UNKNOWN: [
    'RetryLaterError',
    'nobody can know yet whether a call that writes was carried out',
    'nothing; it is looked up there before anything is sent again',
  ],
  ERP_CONFLICT: ['RetryLaterError', 'the record was changed there at the same moment', 'nothing; it is read and tried again'],
  ERP_CERTIFICATE_REFUSED: [
    'NeedsOperatorError',
    'a certificate was not accepted: theirs by us, or ours by them',
    'set `tls.ca`, `tls.cert` and `tls.key` of the connection, or correct its address',
  ],
  ERP_LOGIN_REFUSED: [
    'NeedsOperatorError',
    'a system refused user, password, key or token',
    'renew the secret the message names, then run `kontor check`',
  ],
  ERP_PERMISSION_MISSING: [
    'NeedsOperatorError',
    'the login may not do what the message names',
    'grant it there; the page of the connector lists what it needs',
  ],
  ERP_NOT_FOUND: [
    'NeedsOperatorError',
    'an address, database or record is not there',
    'correct `settings` of the connection; the message names what was asked for',
  ],
  ERP_REFUSED: [
    'NeedsOperatorError',
    'a system understood a request and said no',
    'read its own words in the message, and mend what they name',
  ],
  ORDER_DOUBLED: ['NeedsOperatorError', 'a system holds several orders with one reference', 'cancel all but one there'],
  ORDER_REFERENCE_TAKEN: [
    'NeedsOperatorError',
    "an order's reference stands on an order of another customer",
    'correct the reference or the customer of the order the message names',
  ],
  ORDER_INVALID: [
    'NeedsOperatorError',
    'an order cannot be taken as it is',
    'correct what the message names, each problem with its place, and submit it again',
  ],
  ORDER_CONFLICT: [
    'NeedsOperatorError',
    'the reference belongs to an order with other content, or the order has moved on since it was read',
    'use a new reference for a new order; to change the old one, read it again and name its newest revision',
  ],
  ORDER_STATE: [
    'NeedsOperatorError',
    'the order, step or hand-off is not in a state in which that can be done',
    'look at it with `kontor orders show`; the message names its state and what is possible',
  ],
  ORDER_DIFFERS: [
    'NeedsOperatorError',
    'the system holds an order with our reference and other content',
    'compare both with `kontor orders receipt`, correct the one there, then `kontor orders resend`',
  ],
  ORDER_NOT_MAPPED: [
    'NeedsOperatorError',
    'the account, address or person of an order has no counterpart in the target system',
    'pull it from there, or create it there and pull; the hand-off goes on by itself or with `kontor orders resend`',
  ],
  HANDOFF_UNSUPPORTED: [
    'NeedsOperatorError',
    'the connector cannot change or cancel orders in its system',
    'do it there by hand, then `kontor orders settle`',
  ],
  ACCOUNT_BLOCKED: [
    'NeedsOperatorError',
    'the account may not order now',
    'nothing; what waits goes on when a pull brings it back to active',
  ],
  CREDIT_EXCEEDED: [
    'NeedsOperatorError',
    'credit limit less balance and open orders does not cover the order',
    'raise the limit in the ERP or wait for a payment; the hand-off goes on by itself after the next pull',
  ],
  CREDIT_STALE: [
    'NeedsOperatorError',
    'the credit snapshot is older than `orders.creditMaxAgeHours`',
    'pull the accounts; the hand-off goes on by itself',
  ],
  PRICE_CHANGED: [
    'NeedsOperatorError',
    'the contract price an order was approved at is gone or has changed beyond the tolerance',
    'correct the price in the ERP and pull, or revise the order so that the difference is approved',
  ],
  CHANGE_WINDOW: [
    'NeedsOperatorError',
    'an approver has changed the order, and whoever ordered it may still take it back',
    'nothing; it leaves when `orders.changeWindow` is over, or as soon as the requester agrees with `kontor orders agree`',
  ],
  RULES_INVALID: [
    'NeedsOperatorError',
    'approval rules cannot be used',
    'correct the line the message names, then `kontor rules put` again; for orders that wait by a version of before, `kontor orders rejudge`',
  ],
  CALENDAR_INVALID: [
    'NeedsOperatorError',
    'a working calendar cannot be used',
    'correct the line the message names, then `kontor calendars put` again',
  ],
  ABSENCES_INVALID: [
    'NeedsOperatorError',
    'a file of absences cannot be used; nothing of it was taken',
    'correct the rows the message names, then `kontor absences import` again',
  ],
  RATES_INVALID: [
    'NeedsOperatorError',
    'exchange rates cannot be imported; none of the file was',
    'correct the rows the message names, then `kontor rates import` again',
  ],
  BUDGET_INVALID: [
    'NeedsOperatorError',
    'budgets or a fiscal calendar cannot be used as they are; none of the file was stored',
    'correct what the message names, each problem with its place, and put it again',
  ],
  BUDGET_CLOSED: [
    'NeedsOperatorError',
    'a budget is closed: nothing moves into it or out of it',
    'name another budget, or reopen it: `kontor budgets reopen`',
  ],
  BUDGET_EXCEEDED: [
    'NeedsOperatorError',
    'a budget has less than should be taken from it',
    'take less, transfer money to it first, or ask somebody with authority to top it up',
  ],
  TRANSFER_CONFLICT: [
    'NeedsOperatorError',
    'the reference belongs to a transfer or top-up of budgets with other content',
    'use a new reference for a new one; the message tells what the old one moved, and what was asked',
  ],
  NOT_ALLOWED: [
    'NeedsOperatorError',
    'the person or key may not do this',
    'let somebody do it whom the message names, or grant it; `kontor orders why` shows who may decide',
  ],
  REQUEST_INVALID: [
    'NeedsOperatorError',
    'a request over HTTP could not be understood',
    'correct what the message names; `/v1/openapi.json` describes every request',
  ],
  KEY_REFUSED: ['NeedsOperatorError', 'an API key is missing, unknown, expired or revoked', 'make one with `kontor keys create`'],
  LINK_REFUSED: [
    'NeedsOperatorError',
    'a decision link is not genuine, has expired, or belongs to an older revision',
    'open the newest message about the order, or decide in the portal',
  ],
  MAIL_UNREACHABLE: [
    'RetryLaterError',
    'the mail server did not answer, or said that it cannot now',
    'nothing if it passes; else check `mail.host`, `mail.port` and the network with `kontor check`',
  ],
  MAIL_REFUSED: [
    'NeedsOperatorError',
    'the mail server does not let us send: login, certificate, encryption or sender',
    'correct `mail` in kontor.yaml as the message says, then run `kontor check`',
  ],
  MAIL_TEMPLATE_INVALID: [
    'NeedsOperatorError',
    'a template or text of mails cannot be used',
    'correct the file the message names in the folder of `mail.templates`, then run `kontor mail preview`',
  ],
  SHUTTING_DOWN: ['RetryLaterError', 'the worker was asked to stop', 'nothing; another worker goes on from here'],
  USAGE: ['NeedsOperatorError', 'the command line was not understood', 'see `kontor COMMAND --help`'],
  INTERNAL: ['Error', 'a defect in Kontor', 'report it with the run number and the log line'],
} as const satisfies Record<string, readonly [string, string, string]>;

export type ErrorCode = keyof typeof ERROR_CODES;
