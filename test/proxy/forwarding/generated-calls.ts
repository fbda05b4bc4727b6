import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';

/** A body: its place in the bytes of `bytesOf`, its framing, and the number of pieces in which it is written. */
export interface GeneratedBody {
  readonly from: number;
  readonly size: number;
  readonly framing: 'length' | 'chunked' | 'close';
  readonly pieces: number;
}

type Headers = readonly (readonly [name: string, value: string])[];

/** A generated call and the response that its backend gives. */
export interface GeneratedCall {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Headers;
  readonly body: GeneratedBody | undefined;
  readonly answer: { readonly status: number; readonly headers: Headers; readonly body: GeneratedBody };
}

const largest = 128 * 1024;
const pool = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(4 * largest));

export const bytesOf = ({ from, size }: GeneratedBody): Buffer => pool.subarray(from, from + size);

/** Splits a body into its pieces. */
export function piecesOf(body: GeneratedBody): Buffer[] {
  const bytes = bytesOf(body);
  const size = Math.max(1, Math.ceil(bytes.length / body.pieces));
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

const characters = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => String.fromCharCode(from + index));
const printable = characters(0x21, 0x7e).filter((letter) => letter !== '#');
const encoded = Array.from({ length: 256 }, (_, byte) => `%${byte.toString(16).padStart(2, '0')}`).flatMap((text) => [
  text,
  text.toUpperCase(),
]);
/** Characters that the gateway refuses in a path, which other tests cover. */
const isRefused = (text: string): boolean => /^(?:%2f|%5c|%00|[\\/?%])$/i.test(text);
const isDotSegment = (segment: string): boolean => /^(?:\.|%2e){1,2}(?:;|%3b|$)/i.test(segment);

const segment = fc
  .array(
    fc.constantFrom(...printable, ...encoded.slice(0, 200), ...encoded).filter((text) => !isRefused(text)),
    {
      maxLength: 12,
    },
  )
  .map((texts) => texts.join(''))
  .filter((text) => !isDotSegment(text));
const path = fc.array(segment, { minLength: 1, maxLength: 6 }).map((segments) => `/${segments.join('/')}`);
const query = fc.option(
  fc.array(fc.constantFrom(...printable), { maxLength: 40 }).map((texts) => `?${texts.join('')}`),
  { nil: '' },
);

const token = fc
  .array(fc.constantFrom(..."abcXYZ019!#$%&'*+-.^_`|~".split('')), { minLength: 1, maxLength: 12 })
  .map((letters) => letters.join(''));
const value = fc
  .array(fc.constantFrom(...characters(0x20, 0x7e), ...characters(0x80, 0xff), '\t'), { maxLength: 40 })
  .map((letters) => letters.join('').trim());
const headers = (prefix: string): fc.Arbitrary<Headers> =>
  fc.array(
    fc.tuple(
      token.map((name) => prefix + name),
      value,
    ),
    { maxLength: 6 },
  );

const size = fc.oneof(
  { weight: 16, arbitrary: fc.integer({ min: 0, max: 2000 }) },
  { weight: 4, arbitrary: fc.integer({ min: 2000, max: 20_000 }) },
  { weight: 4, arbitrary: fc.constantFrom(0, 1, 4095, 4096, 16_383, 16_384, 16_385, 65_535, 65_536, 65_537) },
  { weight: 1, arbitrary: fc.integer({ min: 20_000, max: largest }) },
);
const body = (framings: readonly GeneratedBody['framing'][]): fc.Arbitrary<GeneratedBody> =>
  fc.record({
    from: fc.integer({ min: 0, max: 3 * largest }),
    size,
    framing: fc.constantFrom(...framings),
    pieces: fc.integer({ min: 1, max: 8 }),
  });

export const generatedCall: fc.Arbitrary<GeneratedCall> = fc.record({
  method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY'),
  target: fc.tuple(path, query).map((parts) => parts.join('')),
  headers: headers('x-sent-'),
  body: fc.option(body(['length', 'chunked']), { nil: undefined }),
  answer: fc.record({
    status: fc.constantFrom(200, 200, 200, 201, 204, 206, 301, 304, 400, 404, 418, 500, 599),
    headers: headers('x-answered-'),
    // `close` costs a new connection, so it is rarer.
    body: body(['length', 'length', 'length', 'chunked', 'chunked', 'chunked', 'close']),
  }),
});
