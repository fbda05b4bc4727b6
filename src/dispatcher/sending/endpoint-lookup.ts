import { setImmediate as nextTurn } from 'node:timers/promises';
import { describeError, type Logger } from '../../logger.ts';
import type { Address, EndpointKind, EndpointRef, LookedUp } from '../model/endpoint.ts';
import { toResolvedEndpoint } from './endpoint-shape.ts';
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
