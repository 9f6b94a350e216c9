/** The mapping language of kontor.yaml: their columns and paths become our fields. docs/mapping.md is its guide. */
export { type BoundMapper, bindMapping, type MappableSource } from './bind-mapping.ts';
export type { TypedCell } from './cell.ts';
export {
  type ColumnUse,
  type CompiledMapping,
  checkMapping,
  compileMapping,
  type MappingProblem,
  mappingDigest,
  overlayMapping,
} from './compile-mapping.ts';
export type { Formats } from './formats.ts';
export { formatFaults } from './formats.ts';
export { jsonAccess } from './paths.ts';
export { TRANSFORMS } from './transforms.ts';
