import type { Database, Dispatcher, EndpointHealth, EndpointRef, EndpointStatistics } from '../../../src/plugin.ts';
import type { EndpointNames, NameOf } from '../deliveries/endpoint-names.ts';

/** Times in microseconds. */
export interface EndpointStatisticsFilter {
  organization: string;
  kinds: readonly string[];
  ids: readonly string[] | undefined;
  /** Only endpoints that were reported so, the one that fails for the longest time first. */
  state: 'failing' | 'disabled' | undefined;
  limit: number;
  cursor: string | undefined;
  range: { from: number; to: number };
}

export interface EndpointStatisticsPage {
  items: EndpointStatistics[];
  nameOf: NameOf;
  /** Ids of endpoints that are turned off. */
  disabled: ReadonlySet<string>;
  next: string | undefined;
}

type Entry = Pick<EndpointStatistics, 'endpoint' | 'health' | 'state'>;

export type EndpointStatisticsService = ReturnType<typeof createEndpointStatistics>;

/** Statistics of endpoints: pages of the endpoints with attempts, or the ones with given ids. */
export function createEndpointStatistics(parts: {
  database: Database;
  dispatcher: Dispatcher;
  endpoints: EndpointNames;
}) {
  const {
    database,
    dispatcher: { statistics },
    endpoints,
  } = parts;

  /** In the order of the ids; endpoints without attempts as well. */
  async function withIds(filter: EndpointStatisticsFilter, ids: readonly string[]): Promise<Entry[]> {
    const { organization, kinds } = filter;
    const found = await statistics.health({ organization, kinds, ids }, ids.length * kinds.length);
    const existing = await database.read((db) => endpoints.existing(db, organization, ids));
    return ids.flatMap((id): Entry[] => {
      const isWanted = (endpoint: EndpointRef): boolean => endpoint.id === id && kinds.includes(endpoint.kind);
      const known = found.find(({ endpoint }) => isWanted(endpoint));
      const endpoint = existing.find(isWanted);
      return known ? [known] : endpoint ? [{ endpoint, health: undefined, state: 'ok' }] : [];
    });
  }

  /** One page of the endpoints with attempts. */
  async function page(
    filter: EndpointStatisticsFilter,
  ): Promise<{ entries: EndpointHealth[]; next: string | undefined }> {
    const { organization, kinds, ids, state, limit } = filter;
    const isFailing = state !== undefined;
    const cursor = filter.cursor === undefined ? undefined : toCursor(filter.cursor);
    const found = await statistics.health({ organization, kinds, ids, state }, limit + 1, cursor);
    const entries = found.slice(0, limit);
    const last = found.length > limit ? entries.at(-1) : undefined;
    return { entries, next: last && cursorOf(last, isFailing) };
  }

  return {
    async list(filter: EndpointStatisticsFilter): Promise<EndpointStatisticsPage> {
      const { organization, ids, state, range } = filter;
      const isFailing = state !== undefined;
      const { entries, next } =
        ids && !isFailing ? { entries: await withIds(filter, ids), next: undefined } : await page(filter);
      const refs = entries.map(({ endpoint }) => endpoint);
      const [nameOf, disabled] = await database.read(
        async (db) =>
          [await endpoints.find(db, organization, refs), await endpoints.disabled(db, organization, refs)] as const,
      );
      // A deleted endpoint does not fail any more.
      const shown = entries.filter(({ endpoint }) => !isFailing || nameOf(endpoint) !== null);
      return { items: await statistics.ofEndpoints(organization, shown, range), nameOf, disabled, next };
    },
  };
}

const cursorOf = ({ endpoint, health }: EndpointHealth, isFailing: boolean): string =>
  isFailing ? `${health.failingSince}.${endpoint.id}` : endpoint.id;

function toCursor(text: string): { id: string; failingSince: number } {
  const [id = '', failingSince = '1'] = text.split('.').toReversed();
  return { id, failingSince: Number(failingSince) };
}
