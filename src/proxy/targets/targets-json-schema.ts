import { toJsonSchema } from '../../gateway/call/route-document.ts';
import { targetsSchema } from './target-schema.ts';

type Json = { [key: string]: unknown };

const reference = '\\$\\{[A-Za-z_]\\w*\\}';

/**
 * What a targets file looks like, as JSON Schema (draft 2020-12) for editors: `targets.schema.json`. It refuses what the start
 * refuses, as far as the file itself tells; a text with a `${NAME}` in it may become anything.
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
