import type { FieldProblem } from '../../../src/errors.ts';

/** The form of a keyword's value, as far as it holds schemas, references or regular expressions. */
type Form = 'value' | 'annotation' | 'schema' | 'schemas' | 'map' | 'reference' | 'pattern' | 'patterns';

const namesOf = (form: Form, names: string): [string, Form][] => names.split(' ').map((name) => [name, form]);

/** The keywords of JSON Schema 2020-12 that a schema of an event type may have. */
const forms = new Map<string, Form>([
  ...namesOf('schema', 'additionalProperties propertyNames unevaluatedProperties items contains unevaluatedItems'),
  ...namesOf('schema', 'not if then else'),
  ...namesOf('schemas', 'allOf anyOf oneOf prefixItems'),
  ...namesOf('map', 'properties dependentSchemas $defs definitions'),
  ...namesOf('reference', '$ref $dynamicRef'),
  ...namesOf('pattern', 'pattern'),
  ...namesOf('patterns', 'patternProperties'),
  ...namesOf('value', 'type enum const required dependentRequired minProperties maxProperties'),
  ...namesOf('value', 'minItems maxItems uniqueItems minContains maxContains minLength maxLength'),
  ...namesOf('value', 'minimum maximum exclusiveMinimum exclusiveMaximum multipleOf $anchor $dynamicAnchor'),
  ...namesOf('annotation', 'title description default deprecated readOnly writeOnly examples $comment format'),
  ...namesOf('annotation', 'contentEncoding contentMediaType contentSchema'),
]);

export const dialect = 'https://json-schema.org/draft/2020-12/schema';
const maxProblems = 50;

type JsonObject = Readonly<Record<string, unknown>>;

export interface CheckedKeywords {
  /** The schema without annotations, and without its own name: nothing that it could refer to outside of itself. */
  readonly schema: JsonObject;
  readonly problems: readonly FieldProblem[];
}

/** Reason why a regular expression cannot be used; undefined if it can. */
export type PatternCheck = (pattern: string) => string | undefined;

/** Checks the keywords of a schema, and that its references stay within it. `path`: its place in the body. */
export function checkKeywords(schema: JsonObject, path: string, refusalOf: PatternCheck): CheckedKeywords {
  const problems: FieldProblem[] = [];
  const add = (place: string, message: string): void => {
    if (problems.length < maxProblems) problems.push({ path: place.slice(0, 300), message, in: 'body' });
  };

  function pattern(text: unknown, place: string): void {
    const refusal = typeof text === 'string' ? refusalOf(text) : undefined;
    if (refusal !== undefined) add(place, refusal);
  }

  function map(values: unknown, place: string): unknown {
    return isObject(values)
      ? Object.fromEntries(Object.entries(values).map(([name, each]) => [name, visit(each, `${place}.${name}`)]))
      : values;
  }

  function keyword(form: Form, value: unknown, place: string): unknown {
    if (form === 'schema') return visit(value, place);
    if (form === 'schemas')
      return Array.isArray(value) ? value.map((each, index) => visit(each, `${place}[${index}]`)) : value;
    if (form === 'reference' && !(typeof value === 'string' && value.startsWith('#')))
      add(place, 'must be a place in this schema, such as #/$defs/item');
    if (form === 'pattern') pattern(value, place);
    if (form === 'patterns' && isObject(value))
      for (const text of Object.keys(value)) pattern(text, `${place}.${text}`);
    return form === 'map' || form === 'patterns' ? map(value, place) : value;
  }

  function visit(node: unknown, place: string, ignored: readonly string[] = []): unknown {
    if (!isObject(node)) return node;
    const kept: [string, unknown][] = [];
    for (const [name, value] of Object.entries(node)) {
      const form = forms.get(name);
      if (form === 'annotation' || name.startsWith('x-') || ignored.includes(name)) continue;
      if (form === undefined) add(`${place}.${name}`, 'is no keyword of JSON Schema 2020-12 that is supported here');
      else kept.push([name, keyword(form, value, `${place}.${name}`)]);
    }
    return Object.fromEntries(kept);
  }

  const { $schema, $id } = schema;
  if ($schema !== undefined && $schema !== dialect && $schema !== `${dialect}#`)
    add(`${path}.$schema`, `must be ${dialect}`);
  if ($id !== undefined && typeof $id !== 'string') add(`${path}.$id`, 'must be a string');
  return { schema: visit(schema, path, ['$schema', '$id']) as JsonObject, problems };
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
