import { setImmediate as nextTurn } from 'node:timers/promises';
import { answeredWithin } from '../../answered-within.ts';
import { ApiError } from '../../errors.ts';
import { describeError, type Logger } from '../../logger.ts';
import type { Address, EndpointKind, EndpointRef, LookedUp, ResolvedEndpoint } from '../model/endpoint.ts';

export interface EndpointLookup {
  /** One call a kind. Rejects when the database is away. */
  find(refs: readonly EndpointRef[]): Promise<LookedUp[]>;
  /** The same for one; those that ask at the same moment share a call. */
  findOne(ref: EndpointRef): Promise<LookedUp>;
}

const unknown: LookedUp['endpoint'] = { state: 'unknown' };

/** A plugin's read of the database fails within 10 s, by which the database is known to be away; this is for what never ends. */
const patienceMs = 11_000;
/** A kind that took longer is not asked again for so long. */
const restMs = 30_000;
const keptAddresses = 10_000;
const noAddress: Address = { origin: '', path: '' };

class Unanswered extends Error {}

/** Also of a plugin that gives or throws something at once. */
const ask = async (kind: EndpointKind, ids: readonly string[]) => kind.resolve(ids);

/**
 * Asks the plugins where deliveries go. One endpoint that cannot be looked up does not keep the others waiting, and a plugin
 * that does not answer keeps those of other kinds waiting once in a while at most.
 */
export function createEndpointLookup(parts: {
  kinds: ReadonlyMap<string, EndpointKind>;
  logger: Logger;
}): EndpointLookup {
  const { kinds, logger } = parts;
  /** By kind, the `performance.now()` before which it is not asked. */
  const resting = new Map<string, number>();
  /** By URL. */
  const addresses = new Map<string, Address>();
  let gathering: { refs: EndpointRef[]; found: Promise<LookedUp[]> } | undefined;

  async function find(refs: readonly EndpointRef[]): Promise<LookedUp[]> {
    const at = performance.now();
    /** By kind and id. */
    const found = new Map<string, Map<string, LookedUp>>();
    const findAll = async (name: string, ids: ReadonlySet<string>): Promise<void> => {
      const endpoints: unknown = await resolve(name, [...ids]);
      const ofKind = new Map<string, LookedUp>();
      for (const id of ids) {
        const endpoint = shaped({ kind: name, id }, endpoints instanceof Map ? endpoints.get(id) : null);
        ofKind.set(id, { endpoint, address: addressOf(endpoint), at });
      }
      found.set(name, ofKind);
    };
    const groups = [...Map.groupBy(refs, ({ kind }) => kind)];
    await Promise.all(groups.map(([name, group]) => findAll(name, new Set(group.map(({ id }) => id)))));
    return refs.map(({ kind, id }) => found.get(kind)?.get(id) ?? nowhere(at));
  }

  function addressOf(endpoint: LookedUp['endpoint']): Address {
    if (endpoint.state !== 'active') return noAddress;
    const { url } = endpoint;
    const known = addresses.get(url);
    if (known) return known;
    if (addresses.size >= keptAddresses) addresses.clear();
    const address = parse(url);
    addresses.set(url, address);
    return address;
  }

  /** Nothing is sent to an endpoint that is not described as it should be: what must not be recorded would not be known. */
  function shaped({ kind, id }: EndpointRef, given: unknown): LookedUp['endpoint'] {
    if (given === undefined) return { state: 'gone' };
    if (given === unknown) return unknown;
    try {
      return toResolvedEndpoint(given);
    } catch (error) {
      logger.error('an endpoint is not described as it should be', { kind, endpoint: id, ...describeError(error) });
      return unknown;
    }
  }

  async function resolve(name: string, ids: readonly string[]): Promise<ReadonlyMap<string, LookedUp['endpoint']>> {
    const kind = kinds.get(name);
    if (!kind) {
      // Another process may have the plugin; nothing is known of the endpoint, least of all that it is gone.
      logger.warn('deliveries of an endpoint kind that no plugin has registered', { kind: name });
      return allUnknown(ids);
    }
    if (performance.now() < (resting.get(name) ?? 0)) return allUnknown(ids);
    try {
      return await answeredWithin(patienceMs, ask(kind, ids), () => new Unanswered());
    } catch (error) {
      if (error instanceof ApiError) throw error;
      if (error instanceof Unanswered) {
        resting.set(name, performance.now() + restMs);
        logger.error('endpoints cannot be looked up: the plugin does not answer', { kind: name });
        return allUnknown(ids);
      }
      if (ids.length > 1) return resolveOneByOne(name, ids);
      logger.error('an endpoint cannot be looked up', { kind: name, endpoint: ids[0], ...describeError(error) });
      return allUnknown(ids);
    }
  }

  async function resolveOneByOne(name: string, ids: readonly string[]): Promise<Map<string, LookedUp['endpoint']>> {
    const found = new Map<string, LookedUp['endpoint']>();
    for (const id of ids) {
      const one: unknown = await resolve(name, [id]);
      if (!(one instanceof Map)) found.set(id, unknown);
      else if (one.has(id)) found.set(id, one.get(id));
    }
    return found;
  }

  function gather(): NonNullable<typeof gathering> {
    const refs: EndpointRef[] = [];
    const found = nextTurn().then(() => {
      gathering = undefined;
      return find(refs);
    });
    return { refs, found };
  }

  return {
    find,
    async findOne(ref) {
      gathering ??= gather();
      const { refs, found } = gathering;
      const index = refs.push(ref) - 1;
      return (await found)[index] ?? nowhere(performance.now());
    },
  };
}

function parse(text: string): Address {
  const url = URL.parse(text);
  return url && /^https?:$/.test(url.protocol) ? { origin: url.origin, path: url.pathname + url.search } : noAddress;
}

const allUnknown = (ids: readonly string[]): Map<string, LookedUp['endpoint']> =>
  new Map(ids.map((id) => [id, unknown]));

const nowhere = (at: number): LookedUp => ({ endpoint: { state: 'gone' }, address: noAddress, at });

/** An endpoint that a plugin has described in another way than it should have. */
class MisshapenEndpoint extends Error {
  override name = 'MisshapenEndpoint';
}

/**
 * What a plugin gave for an endpoint, which may be anything: plugins need not be written in TypeScript. Throws
 * `MisshapenEndpoint`, which names the field at fault and never what is in it.
 */
function toResolvedEndpoint(given: unknown): ResolvedEndpoint {
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
