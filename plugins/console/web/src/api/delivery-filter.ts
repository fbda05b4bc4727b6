import type { DeliveryError, DeliveryStatus } from 'hookgate/client';

/** States of the API. */
export const deliveryStates = [
  'pending',
  'in_flight',
  'held',
  'delivered',
  'failed',
  'cancelled',
] as const satisfies readonly DeliveryStatus[];
export type DeliveryState = DeliveryStatus;

/** Classes of errors of the last attempt. */
export const errorClasses = [
  'connect_timeout',
  'read_timeout',
  'connection_refused',
  'connection_lost',
  'dns_failure',
  'tls_failure',
  'invalid_answer',
  'head_too_large',
  'address_refused',
  'request_not_buildable',
  'endpoint_gone',
  'outcome_unknown',
  'crash_loop',
] as const satisfies readonly DeliveryError[];
export type ErrorClass = DeliveryError;

/** Spans that end now, in milliseconds. */
export const spans = { '1h': 3_600_000, '1d': 86_400_000, '7d': 604_800_000 } as const;
export type Span = keyof typeof spans;

/** The filter of the list as the address writes it: names and values of the API, and `last` for a span. */
export interface DeliveryFilter {
  readonly status?: DeliveryState;
  /** UUID of a webhook or distributor. */
  readonly endpoint?: string;
  readonly type?: string;
  /** UUID. */
  readonly event?: string;
  /** UUID. */
  readonly node?: string;
  readonly error?: ErrorClass;
  readonly last_status?: number;
  readonly url_host?: string;
  readonly last?: Span;
  /** ISO times. */
  readonly from?: string;
  readonly to?: string;
}

const uuid = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
const host = /^(?:[a-zA-Z\d._-]{1,253}|\[[\da-fA-F:.]{2,45}\])(?::\d{1,5})?$/;
const eventType = /^[\w.:/-]{1,128}$/;

type Reader<Value> = (text: string) => Value | undefined;

const oneOf =
  <Value extends string>(known: readonly Value[]): Reader<Value> =>
  (text) =>
    known.find((value) => value === text);

const matching =
  (pattern: RegExp): Reader<string> =>
  (text) =>
    pattern.test(text) ? text.toLowerCase() : undefined;

/** The year 10000, from which on a time has more digits. */
const endOfTime = 253_402_300_800_000;

const readTime: Reader<string> = (text) => {
  const time = Date.parse(text);
  return time >= 0 && time < endOfTime ? new Date(time).toISOString() : undefined;
};

/** Read each value from typed text or an address; undefined: it is not valid. */
export const readers: { readonly [Name in keyof DeliveryFilter]-?: Reader<NonNullable<DeliveryFilter[Name]>> } = {
  status: oneOf(deliveryStates),
  endpoint: matching(uuid),
  type: (text) => (eventType.test(text) ? text : undefined),
  event: matching(uuid),
  node: matching(uuid),
  error: oneOf(errorClasses),
  last_status: (text) => (/^[1-9]\d\d$/.test(text) ? Number(text) : undefined),
  url_host: matching(host),
  last: oneOf(Object.keys(spans) as Span[]),
  from: readTime,
  to: readTime,
};

const names = Object.keys(readers) as (keyof DeliveryFilter)[];

/** The filter of an address; values that are not valid are left out. */
export function filterOf(search: string): DeliveryFilter {
  const given = new URLSearchParams(search);
  const values = names.flatMap((name) => {
    const text = given.get(name)?.trim();
    const value = text ? readers[name](text) : undefined;
    return value === undefined ? [] : [[name, value] as const];
  });
  const { from, to, ...filter }: DeliveryFilter = Object.fromEntries(values);
  if (filter.last !== undefined) return filter;
  return {
    ...filter,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined || !isUpTo(from, to) ? {} : { to }),
  };
}

/** Whether the one is not later than the other. Both are ISO times, and undefined is no bound. */
export const isUpTo = (from: string | undefined, to: string | undefined): boolean =>
  from === undefined || to === undefined || from <= to;

/** The part of an address after `?`, in one order for equal filters. */
export function searchOf(filter: DeliveryFilter): string {
  const search = new URLSearchParams();
  for (const name of names) {
    const value = filter[name];
    if (value !== undefined) search.set(name, String(value));
  }
  return String(search);
}

/** The filter as the API takes it; `now` in milliseconds. */
export function toApiFilter({ last, ...filter }: DeliveryFilter, now: number): Omit<DeliveryFilter, 'last'> {
  return last === undefined ? filter : { ...filter, from: new Date(now - spans[last]).toISOString() };
}

/** Values of a filter to replace; undefined removes one. */
export type FilterChange = { readonly [Name in keyof DeliveryFilter]?: DeliveryFilter[Name] | undefined };

/** A filter with some values replaced. A span and a range exclude each other. */
export function changeFilter(filter: DeliveryFilter, change: FilterChange): DeliveryFilter {
  const { from, to, last, ...rest } = { ...filter, ...change };
  const times = change.last !== undefined || (last && !change.from && !change.to) ? { last } : { from, to };
  return Object.fromEntries(Object.entries({ ...rest, ...times }).filter(([, value]) => value !== undefined));
}

/** An ISO time as a field of type `datetime-local` takes it, in the reader's zone. */
export function toLocalInput(time: string): string {
  const date = new Date(time);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** The time of a field of type `datetime-local`. */
export const fromLocalInput: Reader<string> = readTime;
