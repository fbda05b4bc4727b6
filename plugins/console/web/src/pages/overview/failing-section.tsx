import type { JSX } from 'react';
import { useApi } from '../../api/api.tsx';
import { useEnableEndpoint } from '../../api/enable-endpoint.ts';
import { type FailingEndpoint, useFailingEndpoints } from '../../api/statistics.ts';
import { formatNumber, formatPercent } from '../../format/format.ts';
import { TimeText } from '../../format/time-text.tsx';
import * as m from '../../texts/messages.js';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ErrorState, Loading } from '../../ui/states.tsx';
import { TextLink } from '../../ui/text-link.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import { Panel, Quiet } from './panel.tsx';

/** The endpoints that fail or were turned off for it, the worst first, each with the way to it. */
export function FailingSection(): JSX.Element {
  const { data, error, refetch } = useFailingEndpoints();
  return (
    <Panel title={m.overview_failing()}>
      {!data ? (
        error ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <Loading rows={3} />
        )
      ) : data.length === 0 ? (
        <Quiet>{m.overview_none_failing()}</Quiet>
      ) : (
        <ul className="-my-2 divide-y divide-line">
          {data.map((each) => (
            <Failing key={each.endpoint.id} statistics={each} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Failing({ statistics }: { statistics: FailingEndpoint }): JSX.Element {
  const { endpoint, endpoint_name: name, state } = statistics;
  const isWebhook = endpoint.kind === 'webhook';
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 py-2">
      <div className="min-w-0 flex-1 basis-64">
        <p className="flex flex-wrap items-baseline gap-x-2 gap-y-1 wrap-anywhere">
          {name === null ? m.overview_deleted() : <TextLink to={pathOf(isWebhook, name)}>{name}</TextLink>}
          <span className="text-sm text-muted">{isWebhook ? m.overview_webhook() : m.overview_distributor()}</span>
          <Badge tone={state === 'disabled' ? 'held' : 'failed'}>
            {state === 'disabled' ? m.overview_turned_off() : m.overview_is_failing()}
          </Badge>
        </p>
        <Facts statistics={statistics} />
      </div>
      {state === 'disabled' && <Enable statistics={statistics} />}
    </li>
  );
}

const pathOf = (isWebhook: boolean, name: string): string =>
  isWebhook ? `/webhooks?search=${encodeURIComponent(name)}` : `/distributors?node=${encodeURIComponent(name)}`;

function Facts({ statistics }: { statistics: FailingEndpoint }): JSX.Element {
  const { endpoint, success_rate: rate, failing_since: since, failures, waiting } = statistics;
  return (
    <p className="text-sm text-muted">
      {since !== null && (
        <>
          {m.overview_failing_since()} <TimeText time={since} relative /> ·{' '}
        </>
      )}
      {m.overview_failures({ count: failures, text: formatNumber(failures) })} ·{' '}
      {rate !== null && <>{m.overview_success_rate({ rate: formatPercent(rate) })} · </>}
      <TextLink to={`/deliveries?endpoint=${endpoint.id}`}>
        {m.overview_waits({ text: formatNumber(waiting) })}
      </TextLink>
    </p>
  );
}

/** Turns the endpoint on again: its deliveries were held, and are sent. */
function Enable({
  statistics: { endpoint, endpoint_name: name },
}: {
  statistics: FailingEndpoint;
}): JSX.Element | null {
  const { may } = useApi();
  const enable = useEnableEndpoint(endpoint.kind === 'webhook' ? 'webhook' : 'distributor', endpoint.id);
  if (!may('integration:write') || name === null) return null;
  return (
    <Button
      icon="play"
      busy={enable.isPending}
      aria-label={m.overview_enable_named({ name })}
      onClick={() =>
        enable.mutate(undefined, { onSuccess: () => toast(m.overview_enabled({ name })), onError: toastError })
      }
    >
      {m.overview_enable()}
    </Button>
  );
}
