import { useQueryClient } from '@tanstack/react-query';
import type { components } from 'hookgate/client';
import { useApi } from './api.tsx';
import { type List, useWholeList } from './list-pages.ts';

export type Condition = components['schemas']['Condition'];
export type ConditionInput = components['schemas']['ConditionInput'];

const size = 500;

/** All notification conditions, newest first. */
export function useConditions(): List<Condition> {
  const { client, organization } = useApi();
  return useWholeList([organization, 'conditions'], async (page, signal) => {
    const answer = await client.call('listConditions', {
      params: { path: { org_name: organization }, query: { page, size } },
      signal,
    });
    return { items: answer.notificationConditions, total: answer.totalRecords };
  });
}

/** Changes of notification conditions. Each resolves when the list is up to date. */
export function useConditionChanges() {
  const { client, organization } = useApi();
  const cache = useQueryClient();
  async function changed(): Promise<void> {
    // Subscriptions show the thresholds of their plan's conditions.
    await Promise.all([
      cache.invalidateQueries({ queryKey: [organization, 'conditions'] }),
      cache.invalidateQueries({ queryKey: [organization, 'subscriptions'] }),
    ]);
  }
  return {
    async create(body: ConditionInput): Promise<void> {
      await client.call('createCondition', { params: { path: { org_name: organization } }, body });
      await changed();
    },
    async update({ id }: Condition, body: ConditionInput): Promise<void> {
      await client.call('updateCondition', { params: { path: { org_name: organization, id } }, body });
      await changed();
    },
    async delete({ id }: Condition): Promise<void> {
      await client.call('deleteCondition', { params: { path: { org_name: organization, id } } });
      await changed();
    },
  };
}
