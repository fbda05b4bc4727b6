/** Runs a statement; the first element of what it resolves to are the rows. */
type Ask = (sql: string) => PromiseLike<unknown>;

const rowsOf = async (ask: Ask, sql: string): Promise<Record<string, unknown>[]> =>
  ((await ask(sql)) as [Record<string, unknown>[]])[0];

/**
 * How many connections to the database of `ask` wait for a lock. The server's table of transactions would say the same as before
 * to whoever asks within a tenth of a second of anybody's last question; its report is made anew each time.
 */
export async function countLockWaits(ask: Ask): Promise<number> {
  const ours = await rowsOf(ask, 'select id from information_schema.processlist where db = database()');
  const ids = new Set(ours.map(({ id, ID }) => Number(id ?? ID)));
  const [report] = await rowsOf(ask, 'show engine innodb status');
  const transactions = String(report?.Status).split('---TRANSACTION').slice(1);
  const waiting = transactions.filter((text) => text.includes('LOCK WAIT'));
  return waiting.filter((text) => ids.has(Number(/ thread id (\d+)/.exec(text)?.[1]))).length;
}
