import { createHmac } from 'node:crypto';
import { judgeAttempts } from './attempt-rules.ts';
import type { Case } from './case.ts';
import type { Final } from './final-state.ts';
import { type History, isRedelivery, mayHaveWorked } from './history.ts';
import type { Arrival } from './receiver.ts';
import { leaseMs } from './times.ts';

/** Time that a database connection may take to be given up after a fault. */
const aftermathMs = 12_000;

/** Compares the run with the promises of docs/delivery.md. Returns violations, each with the history of its delivery. */
export function judge(parts: { history: History; arrivals: readonly Arrival[]; final: Final }): string[] {
  const { history, arrivals, final } = parts;
  const violations = judgeEvents(history, arrivals, final);
  const byDelivery = Map.groupBy(arrivals, ({ delivery }) => delivery);
  for (const id of byDelivery.keys())
    if (!final.deliveries.has(id)) violations.push(`${id} was sent, and there is no such delivery`);
  for (const delivery of final.deliveries.values()) {
    const { id, endpoint } = delivery;
    const changes = history.changes.filter(
      (change) => (change.id === id || change.id === endpoint.id) && mayHaveWorked(change.status),
    );
    const known: Case = { delivery, arrivals: byDelivery.get(id) ?? [], changes };
    const found = [
      ...judgeAttempts(known, (from, to) => isExplained(history, from, to)),
      ...judgeSightings(known, history),
      ...judgeContent(known, history.distributors.get(endpoint.id)?.secret),
    ];
    if (found.length > 0) violations.push(`${found.join('\n')}\n${describe(known, history)}`);
  }
  return violations;
}

/** Whether a fault that may interrupt an attempt was at work in this time. A restart by SIGTERM interrupts nothing. */
function isExplained({ faults }: History, from: number, to: number): boolean {
  return faults.some((fault) => {
    if (fault.kind === 'restart') return false;
    const isOfDatabase = fault.kind !== 'kill' && fault.kind !== 'freeze';
    return fault.from <= to && fault.to + (isOfDatabase ? aftermathMs : leaseMs) >= from;
  });
}

/** An accepted event exists, a refused one does not, and one of unknown answer exists at most once. */
function judgeEvents({ events }: History, arrivals: readonly Arrival[], { deliveries }: Final): string[] {
  const violations: string[] = [];
  const sent = Map.groupBy(arrivals, ({ key }) => key);
  const stored = Map.groupBy(deliveries.values(), ({ payload }) => payload.data.key);
  for (const { key, status, deliveries: accepted, to } of events) {
    const found = stored.get(key) ?? [];
    const ids = new Set([
      ...found.map(({ payload }) => payload.id),
      ...(sent.get(key) ?? []).map(({ event }) => event),
    ]);
    const what = `event ${key} to ${to}, answered ${status ?? 'unknown'}`;
    if (ids.size > 1) violations.push(`${what}: stored as several events, ${[...ids]}`);
    for (const id of accepted) if (!deliveries.has(id)) violations.push(`${what}: its accepted delivery ${id} is lost`);
    if (status === undefined || status >= 500) continue;
    for (const { id } of found)
      if (!accepted.includes(id)) violations.push(`${what}: there is a delivery ${id} that was not in the answer`);
    if (status >= 400 && ids.size > 0) violations.push(`${what}: it was sent all the same`);
    const endpoints = found.map(({ endpoint }) => endpoint.id);
    if (new Set(endpoints).size < endpoints.length) violations.push(`${what}: twice to one distributor`);
  }
  return violations;
}

/** A settled delivery stays as it is until it is redelivered. */
function judgeSightings({ delivery, arrivals, changes }: Case, history: History): string[] {
  const cancels = changes
    .filter(({ kind, status }) => kind === 'cancel' && status === 200)
    .map(({ from, attempts = 0 }) => ({ at: from, status: 'cancelled', attempts }));
  const seen = history.sightings.filter((sighting) => sighting.delivery === delivery.id);
  return [...seen, ...cancels].flatMap(({ at, status, attempts }) => {
    // The redelivery may have been at work, or in the queue of jobs, when the delivery was seen.
    if (
      changes.some(
        (change) => isRedelivery(change) && (change.kind === 'redeliver-many' || change.from >= at - aftermathMs),
      )
    )
      return [];
    const later = arrivals.filter(({ attempt }) => attempt > attempts).map(({ attempt }) => attempt);
    const problems = later.length > 0 ? [`${status} after ${attempts} attempts, and sent again: attempt ${later}`] : [];
    if (delivery.status !== status) problems.push(`seen as ${status}, and later ${delivery.status}`);
    return problems;
  });
}

/** Every attempt carries the same event and content, signed with the secret of its distributor. */
function judgeContent({ delivery, arrivals }: Case, secret: string | undefined): string[] {
  const problems: string[] = [];
  const bodies = arrivals.filter(({ content }) => content[0] !== slash);
  const queries = arrivals.filter(({ content }) => content[0] === slash);
  for (const list of [bodies, queries])
    if (new Set(list.map(({ hash }) => hash)).size > 1) problems.push('its attempts differ in content');
  for (const { attempt, event, key, content, timestamp, signature } of arrivals) {
    if (event !== delivery.payload.id || key !== delivery.payload.data.key)
      problems.push(`attempt ${attempt} carried event ${event}, key ${key}`);
    if (secret === undefined) continue;
    const signed = createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64'))
      .update(`${delivery.id}.${timestamp}.`)
      .update(content)
      .digest('base64');
    if (!signature.split(' ').includes(`v1,${signed}`)) problems.push(`attempt ${attempt} has a wrong signature`);
  }
  return problems;
}

const slash = '/'.charCodeAt(0);

/** Everything that happened to a delivery, and the faults of that time, in order. */
function describe({ delivery, arrivals, changes }: Case, { faults, sightings }: History): string {
  const time = (ms: number): string => new Date(ms).toISOString().slice(11, 23);
  const lines: [number, string][] = [[Date.parse(delivery.created_at), 'created']];
  for (const { at, attempt, path, answer, endedAt } of arrivals)
    lines.push([
      at,
      `request ${attempt} to ${path}, answered ${answer ?? 'nothing'}, ended ${endedAt ? time(endedAt) : 'never'}`,
    ]);
  for (const { number, started_at, duration_ms, status, error, decision } of delivery.attempts)
    lines.push([Date.parse(started_at), `recorded ${number}: ${status ?? error}, ${duration_ms} ms, ${decision}`]);
  for (const { kind, from, status, attempts } of changes)
    lines.push([from, `${kind}: ${status ?? 'unknown'}${attempts === undefined ? '' : `, ${attempts} attempts`}`]);
  for (const { delivery: id, at, status, attempts } of sightings)
    if (id === delivery.id) lines.push([at, `seen as ${status}, ${attempts} attempts`]);
  const [from, to] = [Math.min(...lines.map(([at]) => at)), Math.max(...lines.map(([at]) => at))];
  for (const fault of faults)
    if (fault.from <= to + leaseMs && fault.to >= from - aftermathMs)
      lines.push([fault.from, `fault: ${fault.kind} of ${fault.process} until ${time(fault.to)}`]);
  const head = `  delivery ${delivery.id} of ${delivery.endpoint.id}: ${delivery.status}, ${delivery.attempt_count} attempts`;
  return [head, ...lines.sort(([a], [b]) => a - b).map(([at, what]) => `  ${time(at)} ${what}`)].join('\n');
}
