import type { DeliverySettings } from '../api/delivery-settings.ts';
import { parseSpan, spanParts } from '../format/span-text.ts';

/** Delivery settings as they are typed. */
export interface SettingsForm {
  enabled: boolean;
  eventTypes: { pattern: string }[];
  headers: { name: string; value: string }[];
  retries: 'default' | 'none' | 'own';
  /** Lengths of time, separated by commas. */
  schedule: string;
  timeoutMs: string;
  perSecond: string;
  ordered: boolean;
  disableAfter: string;
}

/** The gateway shows stored values of headers in this way, and keeps them when they are sent back so. */
export const masked = '********';

export const mostEventTypes = 50;
export const mostHeaders = 20;
export const mostRetries = 20;
const weekSeconds = 7 * 86_400;
const yearSeconds = 365 * 86_400;

/** Abbreviations of units in the reader's language, such as `m` or `dk`. */
export type UnitNames = Readonly<Record<'day' | 'hour' | 'minute' | 'second', string>>;

const typedSpan = (seconds: number, units: UnitNames): string =>
  spanParts(seconds)
    .map(({ unit, count }) => `${count}${units[unit]}`)
    .join(' ');

export function toForm(settings: DeliverySettings, units: UnitNames): SettingsForm {
  const { retry_schedule: schedule, rate_limit: limit, timeout_ms: timeout, disable_after_s: disable } = settings;
  return {
    enabled: settings.enabled ?? true,
    eventTypes: (settings.event_types ?? []).map((pattern) => ({ pattern })),
    headers: Object.entries(settings.headers).map(([name, value]) => ({ name, value })),
    retries: schedule === null ? 'default' : schedule.length === 0 ? 'none' : 'own',
    schedule: (schedule ?? []).map((seconds) => typedSpan(seconds, units)).join(', '),
    timeoutMs: timeout === null ? '' : String(timeout),
    perSecond: limit === null ? '' : String(limit.per_second),
    ordered: settings.ordered,
    disableAfter: disable === null ? '' : typedSpan(disable, units),
  };
}

/** A valid form as the API takes it. `isDistributor`: with the fields that webhooks have elsewhere. */
export function toSettings(form: SettingsForm, isDistributor: boolean): DeliverySettings {
  const { headers, retries, schedule, timeoutMs, perSecond, ordered, disableAfter } = form;
  return {
    ...(isDistributor
      ? { enabled: form.enabled, event_types: form.eventTypes.map(({ pattern }) => pattern.trim()) }
      : {}),
    headers: Object.fromEntries(headers.map(({ name, value }) => [name.trim(), value.trim()])),
    retry_schedule: retries === 'default' ? null : retries === 'none' ? [] : (parseSchedule(schedule) ?? []),
    timeout_ms: numberOf(timeoutMs) ?? null,
    rate_limit: rateOf(perSecond),
    ordered,
    disable_after_s: disableAfter.trim() === '' ? null : (parseSpan(disableAfter) ?? null),
  };
}

function rateOf(text: string): { per_second: number } | null {
  const perSecond = numberOf(text);
  return perSecond === undefined ? null : { per_second: perSecond };
}

/** Turkish numbers have a comma. */
function numberOf(text: string): number | undefined {
  const typed = text.trim().replace(',', '.');
  return /^\d+(?:\.\d+)?$/.test(typed) ? Number(typed) : undefined;
}

/** Seconds of the typed lengths of time; undefined if one of them is none, or out of its bounds. */
export function parseSchedule(text: string): number[] | undefined {
  const typed = text.split(/[,;\n]/).filter((each) => each.trim() !== '');
  const seconds = typed.map(parseSpan);
  const areValid = seconds.every((each) => each !== undefined && each >= 1 && each <= weekSeconds);
  return areValid && seconds.length >= 1 && seconds.length <= mostRetries ? (seconds as number[]) : undefined;
}

export const isTimeout = (text: string): boolean => isNumberWithin(text, 100, 10_000) && !/[.,]/.test(text);
export const isRate = (text: string): boolean => isNumberWithin(text, 0.1, 1000);

function isNumberWithin(text: string, least: number, most: number): boolean {
  if (text.trim() === '') return true;
  const value = numberOf(text);
  return value !== undefined && value >= least && value <= most;
}

export function isDisableTime(text: string): boolean {
  if (text.trim() === '') return true;
  const seconds = parseSpan(text);
  return seconds !== undefined && seconds >= 1 && seconds <= yearSeconds;
}

export const isPattern = (text: string): boolean => /^(?:\*|[\w.:/-]{1,128}(?:\.\*)?)$/.test(text.trim());

export const isHeaderName = (text: string): boolean => /^[!#$%&'*+.^_`|~\w-]{1,100}$/.test(text.trim());

/** Whether another row has the pattern. */
export const isRepeatedPattern = (form: SettingsForm, row: number): boolean =>
  form.eventTypes.some(({ pattern }, index) => index < row && pattern.trim() === form.eventTypes[row]?.pattern.trim());

/** Whether another row has the name; case does not matter. */
export function isRepeatedName(form: SettingsForm, row: number): boolean {
  const name = form.headers[row]?.name.trim().toLowerCase();
  return form.headers.some((header, index) => index < row && header.name.trim().toLowerCase() === name);
}

type FieldName =
  | 'enabled'
  | `eventTypes.${number}.pattern`
  | `headers.${number}.name`
  | `headers.${number}.value`
  | 'schedule'
  | 'timeoutMs'
  | 'perSecond'
  | 'ordered'
  | 'disableAfter';

/** The field that a refusal of the API is about. `form`: as it was sent. */
export function fieldOf(path: string, message: string, form: SettingsForm): FieldName | undefined {
  const [, top = '', rest = ''] = /^(\w+)[.[]?(.*)$/s.exec(path) ?? [];
  switch (top) {
    case 'enabled':
    case 'ordered':
      return top;
    case 'retry_schedule':
      return 'schedule';
    case 'timeout_ms':
      return 'timeoutMs';
    case 'rate_limit':
      return 'perSecond';
    case 'disable_after_s':
      return 'disableAfter';
    case 'event_types':
      return form.eventTypes.length > 0
        ? `eventTypes.${Math.min(indexIn(rest), form.eventTypes.length - 1)}.pattern`
        : undefined;
    case 'headers': {
      const row = form.headers.findIndex(({ name }) => name.trim().toLowerCase() === rest.toLowerCase());
      const part = headerRefusal(message) === 'value' ? 'value' : 'name';
      return form.headers.length > 0 ? `headers.${Math.max(row, 0)}.${part}` : undefined;
    }
    default:
      return undefined;
  }
}

const indexIn = (rest: string): number => Number(/^\d+/.exec(rest)?.[0] ?? 0);

/** Why a header cannot be set. */
export type HeaderRefusal = 'connection' | 'gateway' | 'authentication' | 'name' | 'value' | 'unknown';

const phrases: readonly (readonly [string, HeaderRefusal])[] = [
  ['belongs to the connection', 'connection'],
  ['is set by the gateway', 'gateway'],
  ["is set by the endpoint's authentication", 'authentication'],
  ['is not a valid name of a header', 'name'],
  ['has a name of more than', 'name'],
  ['has a value', 'value'],
];

/** The refusal that the gateway has put into a sentence. */
export const headerRefusal = (message: string): HeaderRefusal =>
  phrases.find(([phrase]) => message.includes(phrase))?.[1] ?? 'unknown';
