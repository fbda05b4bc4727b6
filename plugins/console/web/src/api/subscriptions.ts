import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { components } from 'hookgate/client';
import { type Api, useApi } from './api.tsx';

export type Subscription = components['schemas']['Subscription'];
export type SubscriptionInput = components['schemas']['SubscriptionInput'];
export type SubscriptionChange = components['schemas']['SubscriptionChange'];

const key = (organization: string, email: string) => [organization, 'subscriptions', email] as const;

const optional = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });

/** All subscriptions of a developer, newest first. */
export async function readSubscriptions(
  { client, organization }: Api,
  email: string,
  signal?: AbortSignal,
): Promise<readonly Subscription[]> {
  const path = { org_name: organization, email };
  return (await client.call('listSubscriptions', { params: { path, query: { all: true } }, ...optional(signal) }))
    .developerRatePlan;
}

/** The subscriptions of a developer, newest first. */
export function useSubscriptions(email: string) {
  const api = useApi();
  return useQuery({
    queryKey: key(api.organization, email),
    queryFn: ({ signal }) => readSubscriptions(api, email, signal),
  });
}

/** Whether one of the first developers has a subscription; undefined while it is not known. */
export function useHasSubscription(emails: readonly string[], enabled: boolean): boolean | undefined {
  const api = useApi();
  return useQuery({
    queryKey: [api.organization, 'subscriptions', 'any', ...emails],
    queryFn: async ({ signal }) => {
      for (const email of emails) {
        const found = await readSubscriptions(api, email, signal);
        if (found.length > 0) return true;
      }
      return false;
    },
    enabled,
  }).data;
}

/** Changes of subscriptions. Each resolves when the lists are up to date. */
export function useSubscriptionChanges() {
  const { client, organization } = useApi();
  const cache = useQueryClient();
  const changed = () => cache.invalidateQueries({ queryKey: [organization, 'subscriptions'] });
  return {
    async create(email: string, body: SubscriptionInput): Promise<void> {
      await client.call('createSubscription', { params: { path: { org_name: organization, email } }, body });
      await changed();
    },
    async update({ id, developer }: Subscription, body: SubscriptionChange): Promise<void> {
      const path = { org_name: organization, email: developer.id, id };
      await client.call('updateSubscription', { params: { path }, body });
      await changed();
    },
  };
}
