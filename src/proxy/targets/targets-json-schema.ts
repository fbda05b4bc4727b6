import { toJsonSchema } from '../../gateway/call/json-schema.ts';
import { targetsSchema } from './target-schema.ts';

type Json = { [key: string]: unknown };

const reference = '\\$\\{[A-Za-z_]\\w*\\}';

/**
 * JSON Schema (draft 2020-12) of a targets file, for editors: `targets.schema.json`. It refuses the same files as the
 * start, as far as the file alone shows; a string with `${NAME}` in it may become anything.
 */
export function createTargetsJsonSchema(): Json {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Remote targets of hookgate',
    ...(allowReferences(toJsonSchema(targetsSchema, 'input')) as Json),
  };
}

function allowReferences(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(allowReferences);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === 'pattern' && typeof value === 'string' ? `(?:${value})|${reference}` : allowReferences(value),
    ]),
  );
}
