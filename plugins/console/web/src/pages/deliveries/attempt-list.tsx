import type { Attempt } from 'hookgate/client';
import type { JSX } from 'react';
import * as m from '../../texts/messages.js';
import { Section } from '../../ui/section.tsx';
import { AttemptEntry } from './attempt-entry.tsx';

/** The attempts on a line of time, newest first. */
export function AttemptList({ attempts }: { attempts: readonly Attempt[] }): JSX.Element {
  const newestFirst = attempts.toReversed();
  return (
    <Section
      title={m.deliveries_detail_attempts()}
      aside={attempts.length > 1 && <p className="text-sm text-muted">{m.deliveries_detail_attempts_hint()}</p>}
    >
      {attempts.length === 0 ? (
        <p className="rounded-lg border border-dashed border-line px-4 py-6 text-center text-muted">
          {m.deliveries_detail_attempts_none()}
        </p>
      ) : (
        <ol reversed className="flex flex-col">
          {newestFirst.map((attempt, index) => (
            <AttemptEntry key={attempt.number} attempt={attempt} isNewest={index === 0} />
          ))}
        </ol>
      )}
    </Section>
  );
}
