import { setImmediate as nextTurn } from 'node:timers/promises';
import { ApiError } from '../errors.ts';
import { describeError, type Logger } from '../logger.ts';
import type { EndpointKind, EndpointRef, ResolvedEndpoint } from './endpoint.ts';
import { toResolvedEndpoint } from './endpoint-shape.ts';

/** An endpoint as it was at a moment. `unknown`: it cannot be said at present, for reasons of its own. */
export interface LookedUp {
  endpoint: ResolvedEndpoint | { state: 'unknown' };
  /** Empty when nothing can be sent. */
  origin: string;
  /** `performance.now()` of the moment. */
  at: number;
}

export interface EndpointLookup {
  /** One call a kind. Rejects when the database is away. */
  find(refs: readonly EndpointRef[]): Promise<LookedUp[]>;
  /** The same for one; those that ask at the same moment share a call. */
  findOne(ref: EndpointRef): Promise<LookedUp>;
}

const unknown: LookedUp['endpoint'] = { state: 'unknown' };

const keyOf = ({ kind, id }: EndpointRef): string => `${kind}\n${id}`;

/** Asks the plugins where deliveries go. One endpoint that cannot be looked up does not keep the others waiting. */
export function createEndpointLookup(parts: {
  kinds: ReadonlyMap<string, EndpointKind>;
  logger: Logger;
}): EndpointLookup {
  const { kinds, logger } = parts;
  let gathering: { refs: EndpointRef[]; found: Promise<LookedUp[]> } | undefined;

  async function find(refs: readonly EndpointRef[]): Promise<LookedUp[]> {
    const at = performance.now();
    const found = new Map<string, LookedUp>();
    for (const [name, group] of Map.groupBy(refs, ({ kind }) => kind)) {
      const ids = [...new Set(group.map(({ id }) => id))];
      const endpoints: unknown = await resolve(name, ids);
      for (const id of ids) {
        const endpoint = shaped({ kind: name, id }, endpoints instanceof Map ? endpoints.get(id) : null);
        found.set(keyOf({ kind: name, id }), { endpoint, origin: originOf(endpoint), at });
      }
    }
    return refs.map((ref) => found.get(keyOf(ref)) ?? nowhere(at));
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
      return new Map(ids.map((id) => [id, unknown]));
    }
    try {
      return await kind.resolve(ids);
    } catch (error) {
      if (error instanceof ApiError) throw error;
      if (ids.length > 1) return resolveOneByOne(name, ids);
      logger.error('an endpoint cannot be looked up', { kind: name, endpoint: ids[0], ...describeError(error) });
      return new Map(ids.map((id) => [id, unknown]));
    }
  }

  async function resolveOneByOne(name: string, ids: readonly string[]): Promise<Map<string, LookedUp['endpoint']>> {
    const found = new Map<string, LookedUp['endpoint']>();
    for (const id of ids) for (const [key, endpoint] of await resolve(name, [id])) found.set(key, endpoint);
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

const nowhere = (at: number): LookedUp => ({ endpoint: { state: 'gone' }, origin: '', at });

const originOf = (endpoint: LookedUp['endpoint']): string =>
  endpoint.state === 'active' && URL.canParse(endpoint.url) ? new URL(endpoint.url).origin : '';
