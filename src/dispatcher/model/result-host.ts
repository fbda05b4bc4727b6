import type { Result } from './delivery.ts';

/** Host of an attempt's URL, with a port that is not the scheme's; empty if the endpoint has no usable URL. */
export function hostOf({ claimed, request }: Pick<Result, 'claimed' | 'request'>): string {
  const url = request?.url ?? claimed.lookedUp?.address.origin ?? '';
  const from = url.indexOf('//');
  if (from === -1) return '';
  const to = url.indexOf('/', from + 2);
  return url.slice(from + 2, to === -1 ? undefined : to);
}
