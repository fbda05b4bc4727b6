import type { ResolvedEndpoint } from './endpoint.ts';

/** An endpoint that a plugin has described in another way than it should have. */
export class MisshapenEndpoint extends Error {
  override name = 'MisshapenEndpoint';
}

/**
 * What a plugin gave for an endpoint, which may be anything: plugins need not be written in TypeScript. Throws
 * `MisshapenEndpoint`, which names the field at fault and never what is in it.
 */
export function toResolvedEndpoint(given: unknown): ResolvedEndpoint {
  if (typeof given !== 'object' || given === null) throw new MisshapenEndpoint('not an object');
  const { state, url, method, authorization, secrets, confidential = [] } = given as Record<string, unknown>;
  if (state === 'gone' || state === 'disabled') return { state };
  if (state !== 'active') throw new MisshapenEndpoint('its state');
  if (typeof url !== 'string') throw new MisshapenEndpoint('its url');
  if (typeof method !== 'string') throw new MisshapenEndpoint('its method');
  if (authorization !== undefined && typeof authorization !== 'string')
    throw new MisshapenEndpoint('its authorization');
  if (!isListOf(secrets, isBuffer)) throw new MisshapenEndpoint('its secrets');
  if (!isListOf(confidential, isText)) throw new MisshapenEndpoint('its confidential');
  return { state, url, method, ...(authorization === undefined ? {} : { authorization }), secrets, confidential };
}

const isBuffer = (value: unknown): value is Buffer => Buffer.isBuffer(value);
const isText = (value: unknown): value is string => typeof value === 'string';

const isListOf = <T>(value: unknown, isOne: (item: unknown) => item is T): value is T[] =>
  Array.isArray(value) && value.every(isOne);
