import { answeredWithin } from '../../answered-within.ts';
import { isApiError, isOutage } from '../../errors.ts';
import { describeError, type Logger } from '../../logger.ts';
import type { EndpointKind, LookedUp } from '../model/endpoint.ts';

type Found = ReadonlyMap<string, LookedUp['endpoint']>;

/** An endpoint whose plugin cannot describe it at present. */
export const unknown: LookedUp['endpoint'] = { state: 'unknown' };

/** Timeout of a plugin's call. Longer than that of a database read (10 s), whose error rejects the look-up. */
const patienceMs = 11_000;
/** Pause of a kind after a timeout, and between two lines in the log about a kind without a plugin. */
const restMs = 30_000;

class Unanswered extends Error {}

/** Async, so that a synchronous result or exception of a plugin becomes a promise. */
const ask = async (kind: EndpointKind, ids: readonly string[]) => kind.resolve(ids);

/**
 * Calls to the plugins' `resolve`, one a kind. Resolves to what the plugin gave, unchecked; endpoints of a plugin that is missing,
 * fails or never answers are unknown. Rejects when the database is away.
 */
export function createKindCalls(parts: { kinds: ReadonlyMap<string, EndpointKind>; logger: Logger }) {
  const { kinds, logger } = parts;
  /** End of the pause by kind, as `performance.now()`. */
  const resting = new Map<string, number>();
  /** Time of the last line about a kind without a plugin. */
  const missing = new Map<string, number>();

  async function resolve(name: string, ids: readonly string[]): Promise<Found> {
    const kind = kinds.get(name);
    if (!kind) {
      // Not `gone`: another process may have the plugin.
      reportMissing(name);
      return allUnknown(ids);
    }
    if (performance.now() < (resting.get(name) ?? 0)) return allUnknown(ids);
    try {
      return await answeredWithin(patienceMs, ask(kind, ids), () => new Unanswered());
    } catch (error) {
      if (isOfDatabase(error)) throw error;
      if (error instanceof Unanswered) {
        resting.set(name, performance.now() + restMs);
        logger.error('plugin timed out looking up endpoints', { kind: name });
        return allUnknown(ids);
      }
      if (ids.length > 1) return resolveOneByOne(name, ids);
      logger.error('plugin failed to look up an endpoint', { kind: name, endpoint: ids[0], ...describeError(error) });
      return allUnknown(ids);
    }
  }

  function reportMissing(name: string): void {
    if (performance.now() < (missing.get(name) ?? Number.NEGATIVE_INFINITY) + restMs) return;
    missing.set(name, performance.now());
    logger.error('endpoint kind not registered by any plugin, deliveries wait', { kind: name });
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

  return resolve;
}

/** Any other error is the plugin's own, also one in the shape of an answer: it must not delay the endpoints of others. */
const isOfDatabase = (error: unknown): boolean =>
  isOutage(error) || (isApiError(error) && error.code === 'QUERY_TIMEOUT');

const allUnknown = (ids: readonly string[]): Map<string, LookedUp['endpoint']> =>
  new Map(ids.map((id) => [id, unknown]));
