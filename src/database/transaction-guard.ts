/** What is known of the transaction on a connection. */
export interface TransactionState {
  isOpen: boolean;
  /** The error with which the database has rolled it back, while we have not. */
  undoneBy: unknown;
}

export const noTransaction = (): TransactionState => ({ isOpen: false, undoneBy: undefined });

/**
 * Sends a statement unless the database has rolled its transaction back: it would be committed by itself, be it the next one
 * of a `Promise.all` or what follows where somebody caught the error. Throws the error that undid the transaction.
 */
export async function guarded<T>(
  state: TransactionState,
  sql: string,
  send: () => T | Promise<T>,
  hasUndone: (error: unknown) => boolean,
): Promise<T> {
  const { undoneBy } = state;
  // As Knex writes them.
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
