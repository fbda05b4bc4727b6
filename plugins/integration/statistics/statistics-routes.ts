import {
  type Clock,
  type Dispatcher,
  defineRoute,
  type EndpointStatistics,
  type Route,
  type TimeFormat,
} from '../../../src/plugin.ts';
import { distributorExample } from '../examples.ts';
import type { EndpointStatisticsService } from './endpoint-statistics.ts';
import { toRange } from './statistics-range.ts';
import {
  endpointQuery,
  endpointStatisticsAnswer,
  endpointStatisticsExample,
  kinds,
  type Step,
  statisticsAnswer,
  statisticsExample,
  statisticsQuery,
  steps,
} from './statistics-schemas.ts';

const base = '/api/v1/integration';
const scopes = ['integration:read'];
const maxPoints = 750;
const maxDays = 31;
/** Steps of five minutes, with one more of which the range has parts at both ends. */
const maxSteps = maxDays * 24 * 12 + 1;

interface Parts {
  dispatcher: Dispatcher;
  endpointStatistics: EndpointStatisticsService;
  formatTime: TimeFormat;
  now: Clock;
}

/** Counts over time, and the state of endpoints. */
export function createStatisticsRoutes({ dispatcher, endpointStatistics, formatTime, now }: Parts): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: `${base}/statistics`,
      operationId: 'getStatistics',
      summary: 'Count deliveries over time',
      description:
        'By default the last day by hours. Every step of the range is present; days are those of UTC, `from` is rounded down to a step and `to` up, and there are at most 750 steps. Counts show within seconds.',
      scopes,
      heavy: true,
      query: statisticsQuery,
      answers: {
        200: { description: 'The counts of each step.', schema: statisticsAnswer, example: statisticsExample },
      },
      example: { query: { step: '1h' } },
      handler: async (req, res) => {
        const { step, endpoint } = req.query;
        const stepMicros = steps[step] * 1_000_000;
        const message = `is too short: with steps of ${step}, the longest range is ${longestRange(step)}`;
        const limit = { steps: maxPoints, field: 'step', message };
        const range = toRange(req.query, { now: now(), stepMicros, limit });
        const filter = {
          organization: req.organization,
          ...(endpoint === undefined ? {} : { endpointId: endpoint, kinds }),
        };
        const points = await dispatcher.statistics.points(filter, range, stepMicros);
        res.json({
          from: formatTime(range.from),
          to: formatTime(range.to),
          step,
          points: points.map(({ at, ...counts }) => ({ at: formatTime(at), ...counts })),
        });
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${base}/endpoint-statistics`,
      operationId: 'listEndpointStatistics',
      summary: 'List endpoints with their success rates, last attempts and waiting deliveries',
      description:
        'Endpoints with attempts, the newest endpoint first; by default the counts of the last day, in steps of five minutes, at most 31 days. With `endpoints` their order, and with `state` the one that fails for the longest time first.',
      scopes,
      heavy: true,
      query: endpointQuery,
      answers: {
        200: {
          description: 'One page of endpoints; `next_cursor` is null on the last page.',
          schema: endpointStatisticsAnswer,
          example: endpointStatisticsExample,
        },
      },
      example: { query: { kind: 'distributor', endpoints: distributorExample } },
      handler: async (req, res) => {
        const { kind, endpoints, state, failing, limit, cursor } = req.query;
        const { items, nameOf, disabled, next } = await endpointStatistics.list({
          organization: req.organization,
          kinds: kind === undefined ? kinds : [kind],
          ids: endpoints === undefined ? undefined : [...new Set(endpoints.split(','))],
          state: state ?? (failing ? 'failing' : undefined),
          ...{ limit, cursor },
          range: toRange(req.query, {
            ...{ now: now(), stepMicros: steps['5m'] * 1_000_000 },
            limit: { steps: maxSteps, field: 'from', message: `the range is longer than ${maxDays} days` },
          }),
        });
        const data = items.map((item) => {
          const name = nameOf(item.endpoint);
          const enabled = name === null ? null : !disabled.has(item.endpoint.id);
          return { ...toAnswer(item, formatTime), endpoint_name: name, enabled };
        });
        res.json({ data, next_cursor: next ?? null });
      },
    }),
  ];
}

function longestRange(step: Step): string {
  const hours = (maxPoints * steps[step]) / 3600;
  return hours < 100 ? `${hours} hours` : `${hours / 24} days`;
}

function toAnswer(item: EndpointStatistics, formatTime: TimeFormat) {
  const { endpoint, health, state, delivered, failed, retried, waiting } = item;
  const attempts = delivered + failed + retried;
  const timeOf = (micros: number | undefined) => formatTime(micros || undefined);
  return {
    endpoint,
    ...{ delivered, failed, retried },
    success_rate: attempts === 0 ? null : delivered / attempts,
    last_delivery_at: timeOf(health?.deliveredAt),
    last_attempt_at: timeOf(health?.attemptAt),
    last_status: health?.status || null,
    last_error: health?.error || null,
    state,
    failing_since: timeOf(health?.failingSince),
    failures: health?.failures ?? 0,
    waiting,
    oldest_created_at: timeOf(item.oldestCreatedAt),
  };
}
