import type { EndpointDelivery, ResolvedEndpoint } from '../model/endpoint.ts';

/** A plugin's description of an endpoint breaks the contract. */
class InvalidEndpoint extends Error {
  override name = 'InvalidEndpoint';
}

const mostRetries = 20;
/** Seconds. */
const longestWait = 604_800;
const shortestSecret = 6;
/** Credentials after their scheme, such as `Bearer`, without which a receiver may echo them. */
const credentialsIn = /^[\w-]+ +(\S+)$/;

/**
 * Validates a plugin's description of an endpoint: a plugin need not be written in TypeScript. Throws
 * `InvalidEndpoint`, whose message names the field and never its value.
 */
export function toResolvedEndpoint(given: unknown): ResolvedEndpoint {
  if (typeof given !== 'object' || given === null) throw new InvalidEndpoint('not an object');
  const { state, url, method, authorization, secrets, confidential = [], delivery } = given as Record<string, unknown>;
  if (state === 'gone' || state === 'disabled') return { state };
  if (state !== 'active') throw new InvalidEndpoint('invalid state');
  if (typeof url !== 'string') throw new InvalidEndpoint('invalid url');
  if (typeof method !== 'string') throw new InvalidEndpoint('invalid method');
  if (authorization !== undefined && typeof authorization !== 'string')
    throw new InvalidEndpoint('invalid authorization');
  if (!isListOf(secrets, isBuffer)) throw new InvalidEndpoint('invalid secrets');
  if (!isListOf(confidential, isText)) throw new InvalidEndpoint('invalid confidential');
  const active: Extract<ResolvedEndpoint, { state: 'active' }> = {
    state,
    url,
    method,
    secrets,
    confidential,
    ...(authorization === undefined ? {} : { authorization }),
  };
  if (delivery === undefined) return active;
  const checked = toDelivery(delivery);
  return { ...active, delivery: checked, confidential: [...confidential, ...secretsIn(checked.headers ?? {})] };
}

/**
 * Header values that must not appear in recorded answers. Short ones are settings rather than secrets, such as `true`, and are part
 * of much ordinary text.
 */
function secretsIn(headers: Readonly<Record<string, string>>): string[] {
  const values = Object.values(headers).flatMap((value) => [value, credentialsIn.exec(value)?.[1] ?? '']);
  return values.filter(({ length }) => length >= shortestSecret);
}

function toDelivery(given: unknown): EndpointDelivery {
  if (typeof given !== 'object' || given === null) throw new InvalidEndpoint('invalid delivery');
  const { headers, retrySchedule, timeoutMs, rateLimit, ordered, disableAfterS } = given as Record<string, unknown>;
  const requireEach = (fields: Record<string, boolean>): void => {
    for (const [name, isValid] of Object.entries(fields))
      if (!isValid) throw new InvalidEndpoint(`invalid delivery.${name}`);
  };
  requireEach({
    headers: headers === undefined || (isRecord(headers) && Object.values(headers).every(isText)),
    retrySchedule: retrySchedule === undefined || isSchedule(retrySchedule),
    timeoutMs: timeoutMs === undefined || isPositive(timeoutMs),
    rateLimit: rateLimit === undefined || isPositive(rateLimit),
    ordered: ordered === undefined || typeof ordered === 'boolean',
    disableAfterS: disableAfterS === undefined || isPositive(disableAfterS),
  });
  return given as EndpointDelivery;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isPositive = (value: unknown): value is number => Number.isFinite(value) && (value as number) > 0;

const isSchedule = (value: unknown): boolean =>
  isListOf(value, isPositive) && value.length <= mostRetries && value.every((wait) => wait <= longestWait);

const isBuffer = (value: unknown): value is Buffer => Buffer.isBuffer(value);
const isText = (value: unknown): value is string => typeof value === 'string';

const isListOf = <T>(value: unknown, isOne: (item: unknown) => item is T): value is T[] =>
  Array.isArray(value) && value.every(isOne);
