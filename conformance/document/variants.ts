import type { Json, Parameter } from './api-document.ts';
import type { Call } from './example-walk.ts';

/** A changed call, valid or not. */
export interface Variant {
  readonly title: string;
  readonly call: Call;
}

const id = '39E8003C-6342-4fd3-97a1-3f2a7b437d0a';
const texts = [
  ...[
    '',
    ' ',
    'x',
    ' x',
    'x ',
    'x\u0000',
    'x\ty',
    '\u0085',
    '\ud800',
    'É\u0130',
    '😀',
    '.',
    '..',
    'a/b',
    'a\\b',
    'a:b',
    'a b',
  ],
  ...['0', '1', '-1', '01', '+1', '1.5', '1e1', '0x1', ' 1', '1 ', 'true', 'TRUE', 'false', 'null'],
  ...['a@b.cd', 'A@B.CD', 'a@b', 'a@b.c d', '@', 'é@b.cd', '"a b"@b.cd', 'a@ü.de'],
  ...[
    '2026-01-31',
    '2026-02-30',
    '2026-01-31 00:00:00',
    '2026-01-31 24:00:00',
    '2026-01-31T00:00:00Z',
    '2026-01-31t00:00:00z',
  ],
  ...['2026-01-31T00:00:00.1234567890+14:00', '2026-01-31T00:00Z', '2026-01-31T00:00:00', '2026-01-31 00:00:60'],
  ...[id, id.toLowerCase(), `{${id}}`, id.replaceAll('-', ''), '00000000-0000-0000-0000-000000000000'],
  ...[
    'https://example.com',
    'HTTPS://example.com/',
    'https://u@example.com/',
    'https://example.com/a?b#c',
    'https://',
    'ftp://a',
  ],
  ...[
    'https://example.com/ü',
    'https://exa mple.com/',
    'https://example.com:99999/',
    'http://[::1',
    '/',
    '/a b',
    '/a#b',
    '/ü',
  ],
  ...[
    'GET',
    'get',
    'CREATED',
    'created',
    'name:asc',
    'NAME:DESC',
    'order.filled',
    'pending',
    'QUEUED',
    '%= 80',
    'WEBHOOK',
  ],
];
const others = [
  null,
  true,
  false,
  0,
  1,
  2,
  -1,
  1.5,
  24,
  25,
  100,
  1e6,
  1e15,
  [],
  {},
  [null],
  [{}],
  ['x'],
  { a: 1 },
  { id: 'x' },
];

/** Calls that differ from a good one in one place: a parameter, a header, or a value of the body. */
export function variantsOf(good: Call, resolve: (schema: Json) => Json): Variant[] {
  const { parameters, requestBody } = good.operation;
  const schema = requestBody?.content['application/json']?.schema;
  return [
    ...parameters.flatMap((parameter) => parameterVariants(good, parameter)),
    ...headerVariants(good),
    { title: 'unknown query parameter', call: { ...good, query: [...good.query, ['unknown', 'x']] } },
    ...(schema ? bodyVariants(good, schema, resolve) : []),
  ];
}

function parameterVariants(good: Call, { name, in: place, schema = {} }: Parameter): Variant[] {
  if (place === 'header') return [];
  const values = [...texts, ...lengths(schema)].filter((text) => text.isWellFormed());
  const variant = (value: string, call: Partial<Call>): Variant => ({
    title: `${place} ${name} = ${shortened(value)}`,
    call: { ...good, ...call },
  });
  if (place === 'path')
    return values
      .filter((text) => !/^\.{0,2}$|[/\\\u0000]/.test(text))
      .map((value) => variant(value, { params: { ...good.params, [name]: value } }));
  const rest = good.query.filter(([other]) => other !== name);
  return [
    ...values.map((value) => variant(value, { query: [...rest, [name, value]] })),
    ...bounds(schema).map((value) => variant(String(value), { query: [...rest, [name, String(value)]] })),
    variant('absent', { query: rest }),
    variant('1, 2', { query: [...rest, [name, '1'], [name, '2']] }),
  ];
}

function headerVariants(good: Call): Variant[] {
  const { parameters, requestBody, isPublic } = good.operation;
  const takes = (name: string): boolean => parameters.some((parameter) => parameter.name === name);
  const sets: Record<string, string>[] = [
    { Authorization: '' },
    { Authorization: 'Bearer x' },
    ...(takes('X-Organization') ? ['', 'x', 'é', 'myorg', '*'].map((value) => ({ 'X-Organization': value })) : []),
    ...(takes('X-Target-Server') ? ['unknown', ''].map((value) => ({ 'X-Target-Server': value })) : []),
    ...(takes('Idempotency-Key')
      ? ['a b', 'é', 'k'.repeat(256), 'k'.repeat(255), 'same', 'same'].map((value) => ({ 'Idempotency-Key': value }))
      : []),
    ...(requestBody ? ['text/plain', 'application/json; charset=utf-8', 'application/vnd.x+json'] : []).map(
      (value) => ({
        'Content-Type': value,
      }),
    ),
  ];
  return sets
    .filter((headers) => !(isPublic && 'Authorization' in headers))
    .map((headers) => ({
      title: `header ${Object.entries(headers).flat().map(shortened).join(': ')}`,
      call: { ...good, headers: { ...good.headers, ...headers } },
    }));
}

function bodyVariants(good: Call, schema: Json, resolve: (schema: Json) => Json): Variant[] {
  const wholes = [undefined, null, [], {}, 1, true].map((body) => ({ title: `body ${JSON.stringify(body)}`, body }));
  const broken = ['{', '"x"', '{"a":1,"a":1}', '{"__proto__":1}'].map((body) => ({ title: `body ${body}`, body }));
  const changed = [...changesOf(good.body ?? {}, schema, resolve)].map(({ title, value }) => ({ title, body: value }));
  return [...wholes, ...broken, ...changed].map(({ title, body }) => ({ title, call: { ...good, body } }));
}

interface Change {
  readonly title: string;
  readonly value: unknown;
}

/** Copies of a value with one change each, for every member that the value has or that the schema names. */
function* changesOf(value: unknown, given: Json, resolve: (schema: Json) => Json, place = ''): Generator<Change> {
  const schema = resolve(given);
  if (Array.isArray(value)) {
    const items = (schema.items ?? {}) as Json;
    for (const change of changesOf(value[0], items, resolve, `${place}/0`))
      yield { ...change, value: [change.value, ...value.slice(1)] };
    yield { title: `${place} twice`, value: [...value, ...value] };
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const properties = (schema.properties ?? {}) as Record<string, Json>;
  yield { title: `${place}/unknown`, value: { ...value, unknown: 1 } };
  for (const name of new Set([...Object.keys(value), ...Object.keys(properties)])) {
    const property = resolve(properties[name] ?? {});
    const { [name]: present, ...rest } = value as Json;
    if (present !== undefined) yield { title: `${place}/${name} absent`, value: rest };
    for (const probe of [...texts, ...lengths(property), ...bounds(property), ...others])
      yield { title: `${place}/${name} = ${shortened(JSON.stringify(probe))}`, value: { ...rest, [name]: probe } };
    for (const change of changesOf(present, property, resolve, `${place}/${name}`))
      yield { ...change, value: { ...rest, [name]: change.value } };
  }
}

/** Texts at and above the longest length, in characters of one and of two UTF-16 units. */
function lengths({ maxLength, pattern, format }: Json): string[] {
  if (typeof maxLength !== 'number' || maxLength > 70_000) return [];
  const fill = pattern === undefined && format === undefined ? ['x', '😀', '\u0130'] : ['x'];
  return fill.flatMap((character) => [character.repeat(maxLength), character.repeat(maxLength + 1)]);
}

/** Numbers at and beyond the limits. */
function bounds({ minimum, maximum }: Json): number[] {
  return [minimum, maximum]
    .filter((limit) => typeof limit === 'number')
    .flatMap((limit) => [limit - 1, limit, limit + 1]);
}

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 40)}… (${text.length})` : text);
