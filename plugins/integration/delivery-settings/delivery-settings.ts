import type { EndpointDelivery } from '../../../src/plugin.ts';

/** How an endpoint wants its deliveries. Null: the default. */
export interface DeliverySettings {
  /** Values by name, as the caller wrote them. */
  readonly headers: Readonly<Record<string, string>>;
  /** Seconds from the end of an attempt to the next one; an empty list is a single attempt. */
  readonly retrySchedule: readonly number[] | null;
  readonly timeoutMs: number | null;
  readonly ratePerSecond: number | null;
  readonly ordered: boolean;
  /** Seconds without a delivery, from the first failure on, after which the endpoint is turned off. */
  readonly disableAfterS: number | null;
}

export const defaultSettings: DeliverySettings = Object.freeze({
  headers: {},
  retrySchedule: null,
  timeoutMs: null,
  ratePerSecond: null,
  ordered: false,
  disableAfterS: null,
});

type Delivery = { delivery?: EndpointDelivery };

const unlessEmpty = (delivery: EndpointDelivery): Delivery =>
  Object.keys(delivery).length === 0 ? {} : { delivery: Object.freeze(delivery) };

/** The part of the settings that concerns the request itself. */
function requestOf({ headers, timeoutMs }: DeliverySettings): EndpointDelivery {
  const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    ...(entries.length === 0 ? {} : { headers: Object.fromEntries(entries) }),
    ...(timeoutMs === null ? {} : { timeoutMs }),
  };
}

/** The member `delivery` of a resolved endpoint; none where every setting has its default. */
export function deliveryOf(settings: DeliverySettings): Delivery {
  if (settings === defaultSettings) return {};
  const { retrySchedule, ratePerSecond, ordered, disableAfterS } = settings;
  return unlessEmpty({
    ...requestOf(settings),
    ...(retrySchedule === null ? {} : { retrySchedule }),
    ...(ratePerSecond === null ? {} : { rateLimit: ratePerSecond }),
    ...(ordered ? { ordered } : {}),
    ...(disableAfterS === null ? {} : { disableAfterS }),
  });
}

/** The same for a test call: a single attempt, at once, in no order, which turns nothing off. */
export const testDeliveryOf = (settings: DeliverySettings): Delivery =>
  settings === defaultSettings ? {} : unlessEmpty(requestOf(settings));
