import type { Database, Knex } from '../../database/database.ts';
import { allOrganizations, storedStatus, storedStatusOf } from '../model/delivery.ts';
import { everyState, isOfQueue, isScanned, type ResolvedFilter } from './delivery-filters.ts';
import { newestOrganizations } from './organizations.ts';
import { deliveryTable } from './queue-repository.ts';

/** Rows of one state that a filter without an index looks at for one page. */
const scannedAtOnce = 10_000;
/** Organizations among which a page of all of them looks for a status. */
const organizationsAtOnce = 100;

/** Where a page looks: the union of the filters, at ids from `first` to below `end`. */
export interface PageRange {
  filters: readonly ResolvedFilter[];
  first: string | undefined;
  end: string | undefined;
  /** The same as `first` if further rows follow behind it. */
  bound: string | undefined;
}

type Dialect = Pick<Database, 'distinct' | 'rows' | 'useIndex'>;

/** Adds the ids of a range as a condition about the table `d`. */
export function within<Query extends Knex.QueryBuilder>({ first, end }: PageRange, query: Query): Query {
  if (first !== undefined) query.where('d.id', '>=', first);
  if (end !== undefined) query.where('d.id', '<', end);
  return query;
}

/** The rows at which one page looks. Undefined: there are none. */
export async function rangeOf(
  db: Knex,
  database: Dialect,
  filter: ResolvedFilter,
  before: string | undefined,
): Promise<PageRange | undefined> {
  const { organization, status, endpointId, ids, lowest, highest } = filter;
  const ends = [before, highest].filter((id) => id !== undefined);
  // One condition: of two, SQLite may seek with the one that is further away.
  const end = ends.sort()[0];
  const toRange = (filters: readonly ResolvedFilter[], bound: string | undefined): PageRange => ({
    filters,
    first: bound ?? lowest,
    end,
    bound,
  });
  if (organization !== allOrganizations) return toRange(splitByState(filter), await scanBound(db, filter, end));
  if (endpointId !== undefined || ids || status === undefined)
    return toRange([filter], await scanBound(db, filter, end));
  const wanted = { status: storedStatusOf(status), before: end, lowest, limit: organizationsAtOnce + 1 };
  const found = await newestOrganizations(db, database, wanted);
  if (found.length === 0) return undefined;
  const filters = [{ ...filter, organizations: found.map((row) => row.organization) }] as const;
  const bounds = [await scanBound(db, filters[0], end)];
  // Organizations behind the last one have no newer rows than this.
  if (found.length > organizationsAtOnce) bounds.push(found.at(-1)?.newest);
  const known = bounds.filter((bound) => bound !== undefined);
  return toRange(filters, known.sort().at(-1));
}

/**
 * The id down to which one page looks at rows: the 10,000th of a state, the newest of several states. Undefined when the
 * index answers the filter, or when fewer rows are left. Reads the index alone.
 */
async function scanBound(db: Knex, filter: ResolvedFilter, end: string | undefined): Promise<string | undefined> {
  const { ids, lowest, organizations } = filter;
  if (!isScanned(filter) && !isOfQueue(filter)) return undefined;
  const ranges = rangesOf(filter);
  const each = Math.floor(scannedAtOnce / (organizations ? ranges.length : 1));
  const queries = ranges.map((range) => {
    const query = db(deliveryTable).select('id').where(range).orderBy('id', 'desc');
    if (ids) query.whereBetween('id', [ids.first, ids.last]);
    if (end !== undefined) query.where('id', '<', end);
    if (lowest !== undefined) query.where('id', '>=', lowest);
    return db.select('id').from(
      query
        .limit(1)
        .offset(each - 1)
        .as('bound'),
    );
  });
  const [newest] = (await db.from(db.unionAll(queries).as('bounds')).max({ id: 'id' })) as { id: string | null }[];
  return newest?.id ?? undefined;
}

/** Ranges of an index that hold the rows of a filter. */
function rangesOf({ organization, organizations, status, states = everyState, endpointId }: ResolvedFilter) {
  if (endpointId !== undefined) return [{ endpoint_id: endpointId }];
  if (organization === allOrganizations && !organizations) return [{}];
  const numbers = status === undefined ? states.map((state) => storedStatus[state]) : [storedStatusOf(status)];
  return (organizations ?? [organization]).flatMap((one) =>
    numbers.map((number) => ({ organization: one, status: number })),
  );
}

const splitByState = (filter: ResolvedFilter): ResolvedFilter[] =>
  filter.status === undefined && filter.endpointId === undefined
    ? (filter.states ?? everyState).map((state) => ({ ...filter, states: [state] }))
    : [filter];
