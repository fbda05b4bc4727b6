import { type JSX, type ReactNode, useEffect, useState } from 'react';
import { describeError } from '../../../api/describe-error.ts';
import { useWebhookSearch, useWebhooksById, type Webhook } from '../../../api/webhook-choice.ts';
import * as m from '../../../texts/messages.js';
import { type Choice, ChoiceList } from '../../../ui/choice-list.tsx';
import { ErrorState } from '../../../ui/states.tsx';
import { TextLink } from '../../../ui/text-link.tsx';
import { mostWebhooks } from '../notify-at.ts';

const toChoice = ({ id, name, postUrl, enabled }: Webhook): Choice => ({
  id,
  label: name,
  detail: enabled ? postUrl : `${postUrl} · ${m.rate_plans_webhook_disabled()}`,
});

interface WebhookChoiceProps {
  readonly chosen: readonly string[];
  readonly onChange: (chosen: string[]) => void;
  readonly error: string | undefined;
}

/** The webhooks that a notification calls. Chosen ones stay in view during a search; deleted ones are left out. */
export function WebhookChoice({ chosen, onChange, error }: WebhookChoiceProps): JSX.Element {
  const [search, setSearch] = useState('');
  const list = useWebhookSearch(search);
  const found = list.items ?? [];
  const known = useWebhooksById(chosen);
  const [hasDeleted, setHasDeleted] = useState(false);
  const deletedCount = chosen.filter((id) => known.get(id) === null).length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each that is found deleted
  useEffect(() => {
    if (deletedCount === 0) return;
    setHasDeleted(true);
    onChange(chosen.filter((id) => known.get(id) !== null));
  }, [deletedCount]);
  const above = chosen.flatMap((id) => {
    const webhook = known.get(id);
    return webhook && !found.some((each) => each.id === id) ? [webhook] : [];
  });
  if (list.error !== undefined) return <ErrorState error={list.error} onRetry={list.retry} />;
  return (
    <ChoiceList
      legend={m.rate_plans_webhooks()}
      hint={
        <>
          {m.rate_plans_webhooks_chosen({ count: chosen.length, most: mostWebhooks })}
          {hasDeleted && ` ${m.rate_plans_webhooks_left_out()}`}
        </>
      }
      choices={[...above, ...found].map(toChoice)}
      chosen={chosen}
      onChange={onChange}
      search={{ label: m.rate_plans_search_webhooks(), text: search, onSearch: setSearch }}
      empty={<Nothing isSearch={search !== ''} isLoading={list.items === undefined} />}
      error={error ?? (list.moreError === undefined ? undefined : describeError(list.moreError).title)}
      onMore={list.onMore}
      loadingMore={list.loadingMore}
    />
  );
}

function Nothing({ isSearch, isLoading }: { isSearch: boolean; isLoading: boolean }): ReactNode {
  if (isLoading) return m.loading();
  if (isSearch) return m.rate_plans_none_found();
  return (
    <>
      {m.rate_plans_webhooks_none()} <TextLink to="/webhooks">{m.nav_webhooks()}</TextLink>
    </>
  );
}
