import { createRequire } from 'node:module';
import type { Ajv2020 as Ajv2020Type, ErrorObject, Options } from 'ajv/dist/2020.js';
import { compilePattern } from './linear-pattern.ts';

const require = createRequire(import.meta.url);

/** Loaded on demand: most processes have no schema to compile. */
export const loadAjv = () => (require('ajv/dist/2020.js') as { Ajv2020: typeof Ajv2020Type }).Ajv2020;

/** The errors of a value; with `allErrors` all of them, else the first. None: it matches. */
export type CompiledSchema = (value: unknown) => readonly ErrorObject[];

const options: Options = {
  strict: false,
  logger: false,
  // Formats are annotations in 2020-12.
  validateFormats: false,
  // A member such as `constructor` is not found in the prototype.
  ownProperties: true,
  // Without the meta-schema no schema has a name: references find nothing outside of this one.
  meta: false,
  validateSchema: false,
  // Code grows with the schema, not with the number of its references times their size.
  inlineRefs: false,
  loopRequired: 20,
  loopEnum: 20,
  // Prices: 19.99 is a multiple of 0.01.
  multipleOfPrecision: 6,
};

/**
 * Compiles a schema of checked keywords in an instance of its own, so that nothing of one schema reaches another. Throws for one that
 * cannot be compiled. Hostile schemas take any time.
 */
export function compileSchema(schema: object, allErrors: boolean): CompiledSchema {
  const ajv = new (loadAjv())({
    ...options,
    allErrors,
    code: {
      optimize: false,
      regExp: Object.assign((text: string) => compilePattern(text), { code: 'compilePattern' }),
    },
  });
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    compile: (isUnique: boolean) => (items: unknown[]) => !isUnique || areUnique(items),
    error: { message: 'must not have equal items' },
  });
  const validate = ajv.compile(schema);
  return (value) => (validate(value) ? [] : (validate.errors ?? []));
}

/** Ajv compares each item with each other. */
const areUnique = (items: readonly unknown[]): boolean => new Set(items.map(canonical)).size === items.length;

const canonical = (item: unknown): string =>
  JSON.stringify(item, (_name, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );

/** Checks the values of keywords by the meta-schema, which is compiled when it is first asked for. */
export function createMetaCheck(): () => (schema: object) => readonly ErrorObject[] {
  let ajv: Ajv2020Type | undefined;
  return () => {
    const known = ajv ?? new (loadAjv())({ allErrors: true, strict: false, logger: false, validateFormats: false });
    const check = (schema: object) => (known.validateSchema(schema) === true ? [] : (known.errors ?? []));
    if (!ajv) check({});
    ajv = known;
    return check;
  };
}
