/** Runs a statement; resolves to an array whose first element has the rows. */
type Ask = (sql: string) => PromiseLike<unknown>;

const rowsOf = async (ask: Ask, sql: string): Promise<Record<string, unknown>[]> =>
  ((await ask(sql)) as [Record<string, unknown>[]])[0];

/**
 * Counts the connections to the database of `ask` that wait for a lock. Reads the InnoDB status report, which is
 * generated anew for each query. The server's table of transactions is not usable: it repeats old contents to every
 * query within a tenth of a second of the previous one, from any client.
 */
export async function countLockWaits(ask: Ask): Promise<number> {
  const ours = await rowsOf(ask, 'select id from information_schema.processlist where db = database()');
  const ids = new Set(ours.map(({ id, ID }) => Number(id ?? ID)));
  const [report] = await rowsOf(ask, 'show engine innodb status');
  const transactions = String(report?.Status).split('---TRANSACTION').slice(1);
  const waiting = transactions.filter((text) => text.includes('LOCK WAIT'));
  return waiting.filter((text) => ids.has(Number(/ thread id (\d+)/.exec(text)?.[1]))).length;
}
