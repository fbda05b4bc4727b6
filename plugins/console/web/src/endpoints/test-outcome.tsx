import type { JSX } from 'react';
import { useSettledDelivery } from '../api/webhook-test.ts';
import { formatDuration } from '../format/format.ts';
import * as m from '../texts/messages.js';
import { Badge, type Tone } from '../ui/badge.tsx';
import { ErrorNote } from '../ui/error-note.tsx';
import { Spinner } from '../ui/spinner.tsx';
import { TextLink } from '../ui/text-link.tsx';

const words: Readonly<Record<string, { tone: Tone; text: () => string }>> = {
  delivered: { tone: 'delivered', text: m.webhooks_test_delivered },
  failed: { tone: 'failed', text: m.webhooks_test_failed },
  cancelled: { tone: 'neutral', text: m.webhooks_test_cancelled },
  held: { tone: 'held', text: m.webhooks_test_held },
};

/** What became of a test call, and the way to its delivery. */
export function TestOutcome({ delivery }: { delivery: string }): JSX.Element {
  const { data, error } = useSettledDelivery(delivery);
  if (error) return <ErrorNote error={error} />;
  const word = data && words[data.status];
  const attempt = data?.attempts.at(-1);
  return (
    <div role="status" className="mt-4 flex flex-wrap items-center gap-x-3 gap-y-1 rounded-md bg-sunken px-3 py-2">
      {word ? (
        <Badge tone={word.tone}>{word.text()}</Badge>
      ) : (
        <span className="inline-flex items-center gap-2">
          <Spinner />
          {m.webhooks_test_sending()}
        </span>
      )}
      {word && attempt && <span className="min-w-0 wrap-anywhere">{outcomeOf(attempt)}</span>}
      <TextLink to={`/deliveries/${delivery}`}>{m.webhooks_test_delivery()}</TextLink>
    </div>
  );
}

interface Attempt {
  readonly status: number | null;
  readonly error: string | null;
  readonly duration_ms: number | null;
}

function outcomeOf({ status, error, duration_ms: duration }: Attempt): string {
  if (status === null) return m.webhooks_test_no_answer({ error: error ?? '' });
  return m.webhooks_test_answered({ status: String(status), duration: formatDuration(duration ?? 0) });
}
