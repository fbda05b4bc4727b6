import { useQuery } from '@tanstack/react-query';
import type { DataOf, operations } from 'hookgate/client';
import { useApi } from './api.tsx';

export type Statistics = DataOf<operations['getStatistics']>;
export type StatisticsPoint = Statistics['points'][number];
export type FailingEndpoint = DataOf<operations['listEndpointStatistics']>['data'][number];
export type UsageNotification = DataOf<operations['listUsageNotifications']>['data'][number];

const refreshMs = 30_000;
const shownFailing = 10;
const shownNotifications = 10;
const dayMs = 24 * 60 * 60_000;

/** Deliveries of the last day, hour by hour. */
export function useDayStatistics() {
  const { client, organization } = useApi();
  return useQuery({
    queryKey: [organization, 'statistics', 'day'],
    queryFn: ({ signal }) => client.call('getStatistics', { params: { query: { step: '1h' } }, signal }),
    refetchInterval: refreshMs,
  });
}

/** The endpoints that were turned off because they failed, and the ones that fail, each list with the worst first. */
export function useFailingEndpoints() {
  const { client, organization } = useApi();
  return useQuery({
    queryKey: [organization, 'endpoint-statistics', 'failing'],
    queryFn: async ({ signal }): Promise<FailingEndpoint[]> => {
      const read = async (state: 'disabled' | 'failing'): Promise<FailingEndpoint[]> =>
        (await client.call('listEndpointStatistics', { params: { query: { state, limit: shownFailing } }, signal }))
          .data;
      // One after the other: the gateway bounds heavy calls at a time, and the page makes some.
      const disabled = await read('disabled');
      return [...disabled, ...(await read('failing'))];
    },
    refetchInterval: refreshMs,
  });
}

/** Deliveries that wait, over all endpoints. `oldest`: time of the first one, undefined without any. */
export function useBacklog() {
  const { client, organization } = useApi();
  return useQuery({
    queryKey: [organization, 'backlog'],
    queryFn: async ({ signal }) => {
      const { endpoints, more = false } = await client.call('getBacklog', { signal });
      const times = endpoints.map(({ oldest_created_at: time }) => time).sort();
      return {
        waiting: endpoints.reduce((sum, { waiting }) => sum + waiting, 0),
        oldest: times[0],
        /** The number is a lower bound. */
        more,
      };
    },
    refetchInterval: refreshMs,
  });
}

/** Thresholds of usage that fired in the last day, the newest first. */
export function useFiredThresholds() {
  const { client, organization } = useApi();
  return useQuery({
    queryKey: [organization, 'usage-notifications', 'day'],
    queryFn: ({ signal }) => {
      const from = new Date(Date.now() - dayMs).toISOString();
      return client.call('listUsageNotifications', { params: { query: { from, limit: shownNotifications } }, signal });
    },
    refetchInterval: refreshMs,
  });
}
