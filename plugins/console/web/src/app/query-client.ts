import { QueryClient } from '@tanstack/react-query';

const freshMs = 5000;
const keptMs = 5 * 60_000;

/** The client repeats what can be repeated: the cache repeats nothing. Offline calls fail at once, and say so. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: false, staleTime: freshMs, gcTime: keptMs, networkMode: 'always' },
    mutations: { retry: false, networkMode: 'always' },
  },
});
