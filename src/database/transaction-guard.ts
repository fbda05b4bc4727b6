/** State of the transaction on a connection. */
export interface TransactionState {
  isOpen: boolean;
  /** The error with which the database rolled the transaction back; set until the client sends ROLLBACK. */
  undoneBy: unknown;
}

export const noTransaction = (): TransactionState => ({ isOpen: false, undoneBy: undefined });

/**
 * Sends a statement unless the database has rolled back its transaction, and then throws the error of that rollback.
 * The statement would otherwise run, and commit, outside any transaction: the next one of a `Promise.all`, or one
 * after a caught error.
 */
export async function guarded<T>(
  state: TransactionState,
  sql: string,
  send: () => T | Promise<T>,
  hasUndone: (error: unknown) => boolean,
): Promise<T> {
  const { undoneBy } = state;
  // The exact texts that Knex sends.
  if (['BEGIN;', 'COMMIT;', 'ROLLBACK'].includes(sql)) Object.assign(state, noTransaction());
  if (undoneBy && sql !== 'ROLLBACK') throw undoneBy;
  try {
    const answer = await send();
    if (sql === 'BEGIN;') state.isOpen = true;
    return answer;
  } catch (error) {
    if (state.isOpen && hasUndone(error)) state.undoneBy = error;
    throw error;
  }
}
