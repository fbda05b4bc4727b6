import { type JSX, useState } from 'react';
import { useLocation } from 'wouter';
import { useApi } from '../../../api/api.tsx';
import { type Developer, useDeveloper } from '../../../api/developers.ts';
import type { Subscription } from '../../../api/subscriptions.ts';
import * as m from '../../../texts/messages.js';
import { Button } from '../../../ui/button.tsx';
import { EmptyState, ErrorState, Loading } from '../../../ui/states.tsx';
import { TextLink } from '../../../ui/text-link.tsx';
import { paths } from '../paths.ts';
import { type DeveloperDialog, DeveloperDialogs } from './developer-dialogs.tsx';
import { DeveloperFacts } from './developer-facts.tsx';
import { SubscriptionList } from './subscription-list.tsx';

/** One developer with the subscriptions. */
export function DeveloperPage({ email }: { email: string }): JSX.Element {
  const [dialog, setDialog] = useState<DeveloperDialog>();
  const [, navigate] = useLocation();
  const { data, error, isError, refetch } = useDeveloper(email);
  return (
    <>
      <p className="mb-3">
        <TextLink to={paths.developers}>{m.rate_plans_all_developers()}</TextLink>
      </p>
      {data ? (
        <Loaded developer={data} onDialog={setDialog} />
      ) : data === null ? (
        <EmptyState icon="user" title={m.rate_plans_refused_no_developer()} />
      ) : isError ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <Loading />
      )}
      {dialog && (
        <DeveloperDialogs
          dialog={dialog}
          onClose={() => setDialog(undefined)}
          onDeleted={() => navigate(paths.developers, { replace: true })}
        />
      )}
    </>
  );
}

function Loaded({
  developer,
  onDialog,
}: {
  developer: Developer;
  onDialog: (dialog: DeveloperDialog) => void;
}): JSX.Element {
  const mayWrite = useApi().may('integration:write');
  const { email, firstName, lastName } = developer;
  const add = (): void => onDialog({ kind: 'new-subscription', email });
  return (
    <>
      <div className="mb-4 flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <h2 className="text-lg font-semibold break-words">
            {firstName} {lastName}
          </h2>
          <p className="break-all text-muted">{email}</p>
        </div>
        {mayWrite && (
          <div className="flex flex-wrap gap-2">
            <Button onClick={() => onDialog({ kind: 'edit', developer })}>{m.edit()}</Button>
            <Button onClick={() => onDialog({ kind: 'delete', developer })}>{m.delete()}</Button>
          </div>
        )}
      </div>
      <DeveloperFacts developer={developer} />
      <div className="mt-6 mb-3 flex flex-wrap items-center justify-between gap-2">
        <h2 className="text-lg font-semibold">{m.rate_plans_subscriptions()}</h2>
        {mayWrite && (
          <div className="flex flex-wrap gap-2">
            <Button onClick={() => onDialog({ kind: 'usage', developer })}>{m.rate_plans_report_usage()}</Button>
            <Button look="primary" onClick={add}>
              {m.rate_plans_add_subscription()}
            </Button>
          </div>
        )}
      </div>
      <SubscriptionList
        email={email}
        onAdd={add}
        onChange={(subscription: Subscription) => onDialog({ kind: 'edit-subscription', subscription })}
      />
    </>
  );
}
