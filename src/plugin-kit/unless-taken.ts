import { isUniqueViolation } from '../database/database-errors.ts';

/** The result of `work`, an insert or update. If a unique index already has its values, rejects with the error of `taken` instead. */
export async function unlessTaken<T>(work: PromiseLike<T>, taken: () => Error): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isUniqueViolation(error) ? taken() : error;
  }
}
