import type { Answer } from './call-types.ts';
import { factsOf, HookgateError } from './hookgate-error.ts';

type Query = Readonly<Record<string, unknown>>;

/** More pages than any list of the gateway has; a list that never ends stops here. */
const mostPages = 100_000;

interface Page {
  readonly items: readonly unknown[];
  /** Null on the last page of a list with cursors, undefined in lists with page numbers. */
  readonly cursor: string | null | undefined;
  /** Number of entries on all pages. */
  readonly total: number;
}

/**
 * The entries of a list, page after page. Lists with `next_cursor` are followed by their cursors, lists with `total` or
 * `totalRecords` by page numbers. `load` returns the page for a query. Throws `PAGING_LOOP`.
 */
export async function* entriesOf(
  load: (query: Query) => Promise<Answer<unknown>>,
  first: Query,
): AsyncGenerator<unknown> {
  const cursors = new Set<string>();
  let query = first;
  let number = Number(first.page ?? 1);
  let size: number | undefined;
  for (let pages = 1; ; pages += 1) {
    const { items, cursor, total } = toPage(await load(query));
    yield* items;
    size ??= items.length;
    if (typeof cursor === 'string') {
      if (cursors.has(cursor)) throw loop('A cursor came twice.');
      cursors.add(cursor);
      query = { ...first, cursor };
    } else {
      const isLast = items.length < size || number * size >= total;
      if (cursor === null || items.length === 0 || isLast) return;
      number += 1;
      query = { ...first, page: number };
    }
    if (pages >= mostPages) throw loop(`The list does not end after ${mostPages} pages.`);
  }
}

const loop = (message: string): HookgateError => new HookgateError('PAGING_LOOP', message);

function toPage({ data, response }: Answer<unknown>): Page {
  const page = typeof data === 'object' && data !== null ? (data as Query) : {};
  const lists = Object.values(page).filter((value) => Array.isArray(value));
  const { next_cursor: cursor, total, totalRecords } = page;
  if (lists.length !== 1)
    throw new HookgateError('INVALID_RESPONSE', 'The response is not a page of a list.', factsOf(response));
  return {
    items: lists[0] ?? [],
    cursor: typeof cursor === 'string' || cursor === null ? cursor : undefined,
    total: Number(total ?? totalRecords ?? 0),
  };
}
