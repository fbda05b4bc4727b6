import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { createSessionClient } from './api.tsx';

const most = 100;

/** The first organizations that exist, for a session of all of them; empty while they are not known. */
export function useOrganizations(): readonly string[] {
  const client = useMemo(() => createSessionClient(), []);
  const { data } = useQuery({
    queryKey: ['organizations'],
    queryFn: async ({ signal }) => {
      const { organizations } = await client.call('listOrganizations', { params: { query: { limit: most } }, signal });
      return organizations.map(({ name }) => name);
    },
    staleTime: 60_000,
  });
  return data ?? none;
}

const none: readonly string[] = [];
