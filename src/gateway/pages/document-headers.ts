type Json = Record<string, unknown>;

/** The request id of all examples. */
export const exampleRequestId = '0198c5a1-7b1e-7cc4-9d5e-1f7d0c5b9a11';

/** Headers of responses. The ones of the rate limit exist only where a limit applies. */
export const documentHeaders: Readonly<Record<string, Json>> = {
  'X-Request-Id': {
    description:
      'The id of the request in the log: the one that the caller sent, if it is short and safe, else a new one.',
    schema: { type: 'string', maxLength: 64 },
    example: exampleRequestId,
  },
  'Retry-After': {
    description: 'Whole seconds to wait before the call is sent again.',
    schema: { type: 'integer', minimum: 1 },
    example: 12,
  },
  'WWW-Authenticate': {
    description: 'The accepted kinds of credentials.',
    schema: { type: 'string' },
    example: 'Bearer error="invalid_token"',
  },
  ETag: {
    description: 'Identifies the state of the resource, for `If-Match` and `If-None-Match`.',
    schema: { type: 'string' },
    example: '"hKq2b0V3s7nN1xJ4Qm8cT5yWfZa"',
  },
  'Idempotent-Replayed': {
    description: 'Present: the response is the kept one of the first call with this `Idempotency-Key`.',
    schema: { type: 'string', const: 'true' },
    example: 'true',
  },
  RateLimit: {
    description:
      'The limit that runs out first: its name, the calls left (`r`) and the seconds until it is full again (`t`).',
    schema: { type: 'string' },
    example: '"default";r=119;t=60',
  },
  'RateLimit-Policy': {
    description:
      'The limit that runs out first: its name, the number of calls (`q`) and the seconds that it counts for (`w`).',
    schema: { type: 'string' },
    example: '"default";q=120;w=60',
  },
  'RateLimit-Limit': {
    description: 'The number of calls of that limit, for clients that do not read `RateLimit-Policy`.',
    schema: { type: 'integer', minimum: 1 },
    example: 120,
  },
  'RateLimit-Remaining': {
    description: 'Its calls left.',
    schema: { type: 'integer', minimum: 0 },
    example: 119,
  },
  'RateLimit-Reset': {
    description: 'Seconds until it is full again.',
    schema: { type: 'integer', minimum: 0 },
    example: 60,
  },
};

/** Headers of every response to a call whose caller is known. */
export const rateLimitHeaders: readonly string[] = Object.keys(documentHeaders).filter((name) =>
  name.startsWith('RateLimit'),
);

export const headerReferences = (names: readonly string[]): Json =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
