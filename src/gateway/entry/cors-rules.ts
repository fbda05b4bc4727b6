import type { CorsHeaders, CorsRule } from '../call/target.ts';

const ownRequestHeaders = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'X-Organization',
  'X-Request-Id',
  'X-Target-Server',
  'traceparent',
];
const ownResponseHeaders = [
  'ETag',
  'Idempotent-Replayed',
  'Location',
  'RateLimit',
  'RateLimit-Limit',
  'RateLimit-Policy',
  'RateLimit-Remaining',
  'RateLimit-Reset',
  'Retry-After',
  'X-Request-Id',
];

/** The rule of targets without one of their own: pages of `CORS_ORIGINS` may send and read every header. */
export const generalRule = (origins: readonly string[]): CorsRule => ({
  origins,
  methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  headers: ['*'],
  expose: ['*'],
  credentials: false,
  maxAgeS: 600,
});

export const allows = ({ origins }: CorsRule, origin: string): boolean =>
  origins.includes(origin) || origins.includes('*');

/** Allows what at least one of the rules allows; undefined without a rule. */
export function unionOf(rules: readonly CorsRule[]): CorsRule | undefined {
  if (rules.length < 2) return rules[0];
  const all = (key: 'origins' | 'methods' | 'headers' | 'expose'): string[] => [
    ...new Set(rules.flatMap((rule) => rule[key])),
  ];
  return {
    origins: all('origins'),
    methods: all('methods'),
    headers: all('headers'),
    expose: all('expose'),
    credentials: rules.some(({ credentials }) => credentials),
    maxAgeS: Math.min(...rules.map((rule) => rule.maxAgeS)),
  };
}

/** CORS headers of every response to a page of an allowed `origin`. With credentials browsers take `*` literally. */
export function originHeaders({ origins, credentials, expose }: CorsRule, origin: string): CorsHeaders {
  const isForAll = !credentials && origins.includes('*');
  const own = ['Access-Control-Allow-Origin', isForAll ? '*' : origin];
  if (credentials) own.push('Access-Control-Allow-Credentials', 'true');
  own.push('Access-Control-Expose-Headers', merged(expose, ownResponseHeaders).join(', '));
  return { own, isPassThrough: false, listsAll: credentials && expose.includes('*') };
}

/** Further headers of the response to a preflight. In place of `*` they have the names that the page asks for. */
export function preflightHeaders(
  rule: CorsRule,
  asked: { readonly method: string | undefined; readonly headers: readonly string[] },
): Record<string, string> {
  const methods = rule.methods.includes('*') ? [asked.method ?? ''] : rule.methods;
  const headers = merged(ownRequestHeaders, rule.headers.includes('*') ? asked.headers : rule.headers);
  return {
    'Access-Control-Allow-Methods': methods.join(', '),
    'Access-Control-Allow-Headers': headers.join(', '),
    'Access-Control-Max-Age': String(rule.maxAgeS),
  };
}

/** Names of both lists, each once, in any case. */
function merged(some: readonly string[], others: readonly string[]): string[] {
  const byName = new Map([...some, ...others].toReversed().map((name) => [name.toLowerCase(), name]));
  return [...byName.values()].toReversed();
}
