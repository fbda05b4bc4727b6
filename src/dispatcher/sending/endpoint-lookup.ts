import { setImmediate as nextTurn } from 'node:timers/promises';
import { describeError, type Logger } from '../../logger.ts';
import type { Address, EndpointKind, EndpointRef, LookedUp, ResolvedEndpoint } from '../model/endpoint.ts';
import { createKindCalls, unknown } from './kind-calls.ts';

export interface EndpointLookup {
  /** Looks up endpoints, one call for each kind. Rejects when the database is away. */
  find(refs: readonly EndpointRef[]): Promise<LookedUp[]>;
  /** Looks up one endpoint; concurrent callers share a call. */
  findOne(ref: EndpointRef): Promise<LookedUp>;
}

const keptAddresses = 10_000;
const noAddress: Address = { origin: '', path: '' };

/**
 * Looks up endpoints at their plugins. An endpoint whose look-up fails does not delay the others, and a plugin that
 * never answers delays endpoints of other kinds once in 30 s at most.
 */
export function createEndpointLookup(parts: {
  kinds: ReadonlyMap<string, EndpointKind>;
  logger: Logger;
}): EndpointLookup {
  const { kinds, logger } = parts;
  const resolve = createKindCalls({ kinds, logger });
  /** Parsed addresses by URL. */
  const addresses = new Map<string, Address>();
  let gathering: { refs: EndpointRef[]; found: Promise<LookedUp[]> } | undefined;

  async function find(refs: readonly EndpointRef[]): Promise<LookedUp[]> {
    const at = performance.now();
    /** Results by kind and id. */
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

  /** Nothing is sent to an invalid endpoint: its secrets could not be redacted from the record. */
  function shaped({ kind, id }: EndpointRef, given: unknown): LookedUp['endpoint'] {
    if (given === undefined) return { state: 'gone' };
    if (given === unknown) return unknown;
    try {
      return toResolvedEndpoint(given);
    } catch (error) {
      logger.error('plugin returned an invalid endpoint', { kind, endpoint: id, ...describeError(error) });
      return unknown;
    }
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

const nowhere = (at: number): LookedUp => ({ endpoint: { state: 'gone' }, address: noAddress, at });

/** A plugin's description of an endpoint breaks the contract. */
class InvalidEndpoint extends Error {
  override name = 'InvalidEndpoint';
}

/**
 * Validates a plugin's description of an endpoint: a plugin need not be written in TypeScript. Throws
 * `InvalidEndpoint`, whose message names the field and never its value.
 */
function toResolvedEndpoint(given: unknown): ResolvedEndpoint {
  if (typeof given !== 'object' || given === null) throw new InvalidEndpoint('not an object');
  const { state, url, method, authorization, secrets, confidential = [] } = given as Record<string, unknown>;
  if (state === 'gone' || state === 'disabled') return { state };
  if (state !== 'active') throw new InvalidEndpoint('invalid state');
  if (typeof url !== 'string') throw new InvalidEndpoint('invalid url');
  if (typeof method !== 'string') throw new InvalidEndpoint('invalid method');
  if (authorization !== undefined && typeof authorization !== 'string')
    throw new InvalidEndpoint('invalid authorization');
  if (!isListOf(secrets, isBuffer)) throw new InvalidEndpoint('invalid secrets');
  if (!isListOf(confidential, isText)) throw new InvalidEndpoint('invalid confidential');
  return { state, url, method, ...(authorization === undefined ? {} : { authorization }), secrets, confidential };
}

const isBuffer = (value: unknown): value is Buffer => Buffer.isBuffer(value);
const isText = (value: unknown): value is string => typeof value === 'string';

const isListOf = <T>(value: unknown, isOne: (item: unknown) => item is T): value is T[] =>
  Array.isArray(value) && value.every(isOne);
