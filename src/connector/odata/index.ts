/** OData, versions 2 and 4, for connectors that speak it. */
export { type CutCollection, entityOf, etagOf, type ODataPage, type ODataRow, pageOf, plainRow } from './answer.ts';
export { type Ask, askEach, askInBatches, type BatchService } from './batch.ts';
export { allOf, anyOf, behind, type Comparison, compare } from './filter.ts';
export { type EdmType, literal, type ODataVersion } from './literals.ts';
export { entityPath, type ODataQuery, odataPath } from './path.ts';
export { nextOf, type ODataRead, readAll, readAllOf, readPage } from './read-page.ts';
export { civilDate, isoInstant, jsonDate, msOf, secondsOf } from './stamps.ts';
export { ODATA_VERDICTS, odataCode, odataWords } from './verdicts.ts';
