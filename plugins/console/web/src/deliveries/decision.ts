/** Reasons of the dispatcher's decisions, by its words for them. */
const causes = {
  'accepted by the endpoint': 'accepted',
  'the endpoint failed': 'endpoint_failed',
  'rejected by the endpoint': 'rejected',
  'invalid HTTP response': 'invalid_response',
  'the endpoint did not answer': 'silent',
  'nothing was sent': 'nothing_sent',
  'the endpoint is gone': 'gone',
  'outcome unknown, the gateway process ended during the attempt': 'interrupted',
  'the endpoint is disabled': 'disabled',
  'by request, or with its endpoint': 'request_or_endpoint',
} as const;

export type Cause = (typeof causes)[keyof typeof causes];

/** A decision of the dispatcher, taken apart. */
export type Decision =
  | { readonly kind: 'delivered' | 'cancelled' | 'held' | 'repeated'; readonly cause: Cause }
  /** `exhausted`: no retries were left. */
  | { readonly kind: 'failed'; readonly cause: Cause; readonly exhausted: boolean }
  | {
      readonly kind: 'retry';
      readonly cause: Cause;
      readonly number: number;
      readonly of: number;
      readonly seconds: number;
    }
  | { readonly kind: 'crash_loop'; readonly attempts: number }
  | { readonly kind: 'cancelled_by_request' }
  | { readonly kind: 'sent_again' };

const causeOf = (words: string): Cause | undefined =>
  Object.hasOwn(causes, words) ? causes[words as keyof typeof causes] : undefined;

/** Takes the dispatcher's words for a decision apart. Undefined: they are of a kind that is not known here. */
export function parseDecision(words: string): Decision | undefined {
  if (words === 'sent again by request') return { kind: 'sent_again' };
  if (words.startsWith('cancelled by request')) return { kind: 'cancelled_by_request' };
  const crash = /^failed \(crash_loop\) after (\d+) /.exec(words);
  if (crash) return { kind: 'crash_loop', attempts: Number(crash[1]) };
  const retry = /^retry (\d+) of (\d+) in ([\d.]+) s: (.+)$/.exec(words);
  if (retry) {
    const [, number, of, seconds, why = ''] = retry;
    const cause = causeOf(why);
    return cause && { kind: 'retry', cause, number: Number(number), of: Number(of), seconds: Number(seconds) };
  }
  const [, kind, why = '', end] =
    /^(delivered|cancelled|held|repeated|failed): (.+?)(, no retries left)?$/.exec(words) ?? [];
  const cause = causeOf(why);
  if (cause === undefined) return undefined;
  if (kind === 'failed') return { kind, cause, exhausted: end !== undefined };
  return { kind: kind as 'delivered' | 'cancelled' | 'held' | 'repeated', cause };
}
