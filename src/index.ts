/** What a package that adds a connector may rely on: the contract, the entities and the errors. Everything else may change. */
export type * from './connector/contract.ts';
export {
  ENTITIES,
  ENTITY_NAMES,
  type EntityName,
  type EntitySpec,
  type FieldSpec,
  type FieldType,
  isEntityName,
} from './connector/entities.ts';
export {
  ERROR_CODES,
  type ErrorCode,
  type ErrorDetails,
  KontorError,
  NeedsOperatorError,
  RecordRejectedError,
  RetryLaterError,
} from './errors.ts';
