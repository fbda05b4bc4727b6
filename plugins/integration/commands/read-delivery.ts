import { isApiError, StartError } from '../../../src/errors.ts';
import { allOrganizations, type DeliveryLog } from '../../../src/plugin.ts';

export type FoundDelivery = Awaited<ReturnType<DeliveryLog['read']>>;

/** A delivery of any organization. Throws `StartError` if it does not exist. */
export const readDelivery = (deliveries: DeliveryLog, id: string): Promise<FoundDelivery> =>
  asStartError(deliveries.read(allOrganizations, id));

/** Settles like `work`; an error for callers of the API becomes a `StartError` with its message. */
export async function asStartError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isApiError(error) && error.status < 500) throw new StartError(error.message);
    throw error;
  }
}
