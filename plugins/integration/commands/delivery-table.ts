import type { DeliveryView, TimeFormat } from '../../../src/plugin.ts';
import { isTest, shownEndpoint } from '../deliveries/delivery-view.ts';
import { toLine } from './terminal-text.ts';

/** Three lines for each delivery fit into the 120 columns of a terminal, with the ids in full. */
const widths = { time: 25, status: 9, attempts: 8, last: 21, organization: 22, type: 25 };
const ofId = 36;
const ofEndpoint = 49;
const ofHost = 29;

/** A time without the fraction of its seconds. */
export const toSeconds = (time: string | null): string => (time ?? '-').replace(/\.\d+/, '');

/** Host and port of a URL. */
export function hostOf(url: string | undefined): string {
  if (url === undefined) return '-';
  return URL.parse(url)?.host ?? url;
}

/** The class of the last attempt's error, or the status of the last answer. */
export const lastOf = ({ error, lastStatus }: Pick<DeliveryView, 'error' | 'lastStatus'>): string =>
  error ?? (lastStatus === undefined ? '-' : `status ${lastStatus}`);

export const tableHead: readonly string[] = [
  toLine([
    ['TIME', widths.time],
    ['STATUS', widths.status],
    ['ATTEMPTS', widths.attempts],
    ['LAST', widths.last],
    ['ORGANIZATION', widths.organization],
    ['TYPE', widths.type],
  ]),
  `  ${toLine([
    ['DELIVERY', ofId],
    ['ENDPOINT', ofEndpoint],
    ['HOST', ofHost],
  ])}`,
  '  DECISION',
];

/** Kind and id of a delivery's endpoint, as callers know it. */
export function endpointOf({ endpoint }: Pick<DeliveryView, 'endpoint'>): string {
  const { kind, id } = shownEndpoint(endpoint);
  return `${kind} ${id}`;
}

export const typeOf = ({ type, endpoint }: Pick<DeliveryView, 'type' | 'endpoint'>): string =>
  isTest(endpoint) ? `${type} (test)` : type;

/** The lines of one delivery. */
export function toRow(delivery: DeliveryView, formatTime: TimeFormat): string[] {
  const { id, organization, url, status, attemptCount, decision } = delivery;
  return [
    toLine([
      [toSeconds(formatTime(delivery.createdAt)), widths.time],
      [status, widths.status],
      [String(attemptCount), widths.attempts],
      [lastOf(delivery), widths.last],
      [organization, widths.organization],
      [typeOf(delivery), widths.type],
    ]),
    `  ${toLine([
      [id, ofId],
      [endpointOf(delivery), ofEndpoint],
      [hostOf(url), ofHost],
    ])}`,
    `  ${toLine([[decision ?? 'not attempted yet', 118]])}`,
  ];
}

/** Lines of a name and a value. */
export const toFields = (fields: Readonly<Record<string, string | undefined>>, indent = ''): string[] =>
  Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${indent}${name.padEnd(14)}${value}`],
  );
