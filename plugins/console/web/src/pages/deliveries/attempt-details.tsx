import type { Attempt } from 'hookgate/client';
import type { JSX, ReactNode } from 'react';
import { formatTime } from '../../format/format.ts';
import * as m from '../../texts/messages.js';
import { TextBlock } from '../../ui/section.tsx';
import { PhaseBars } from './phase-bars.tsx';

/** Phases, connection, headers and body of an attempt. */
export function AttemptDetails({ attempt }: { attempt: Attempt }): JSX.Element {
  const {
    url,
    peer,
    tls,
    trace_id: trace,
    request_headers,
    response_headers,
    response_body,
    truncated,
    phases_ms,
    duration_ms,
  } = attempt;
  return (
    <div className="flex flex-col gap-4 border-t border-line px-3 py-3">
      <PhaseBars phases={phases_ms ?? (duration_ms === null ? null : { total: duration_ms })} />
      {(url || peer || tls || trace) && (
        <Part title={m.deliveries_detail_connection()}>
          <Pairs
            pairs={[
              [m.deliveries_detail_url(), url],
              [m.deliveries_detail_peer(), peer],
              [m.deliveries_detail_tls(), tls && tlsText(tls)],
              [m.deliveries_detail_trace(), trace],
            ]}
          />
        </Part>
      )}
      {request_headers && (
        <Part title={m.deliveries_detail_request_headers()}>
          <Pairs pairs={Object.entries(request_headers)} isCode />
        </Part>
      )}
      {response_headers && (
        <Part title={m.deliveries_detail_response_headers()}>
          <Pairs pairs={Object.entries(response_headers)} isCode />
        </Part>
      )}
      {response_body !== null && (
        <Part title={m.deliveries_detail_response_body()}>
          {response_body === '' ? (
            <p className="text-muted">{m.deliveries_detail_body_empty()}</p>
          ) : (
            <TextBlock label={m.deliveries_detail_response_body()} text={response_body} />
          )}
          {truncated && <p className="mt-1 text-sm text-muted">{m.deliveries_detail_body_truncated()}</p>}
        </Part>
      )}
    </div>
  );
}

function tlsText({ version, certificate_expires_at: end }: NonNullable<Attempt['tls']>): string {
  return end === null ? version : m.deliveries_detail_certificate_until({ version, time: formatTime(end) });
}

function Part({ title, children }: { title: string; children: ReactNode }): JSX.Element {
  return (
    <div>
      <h4 className="mb-1 text-sm font-medium text-muted">{title}</h4>
      {children}
    </div>
  );
}

/** Names with their values, which are text from outside. */
function Pairs({
  pairs,
  isCode = false,
}: {
  pairs: readonly (readonly [string, unknown])[];
  isCode?: boolean;
}): JSX.Element {
  const given = pairs.filter(([, value]) => value !== null && value !== undefined);
  if (given.length === 0) return <p className="text-muted">{m.deliveries_detail_headers_none()}</p>;
  return (
    <dl className={isCode ? 'font-mono text-sm' : 'text-sm'}>
      {given.map(([name, value]) => (
        <div key={name} className="grid gap-x-3 py-0.5 sm:grid-cols-[11rem_minmax(0,1fr)]">
          <dt className="break-all text-muted">{name}</dt>
          <dd className="min-w-0 break-all">{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
