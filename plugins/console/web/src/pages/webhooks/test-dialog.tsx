import type { JSX } from 'react';
import { useTestSubjects } from '../../api/webhook-test.ts';
import type { Webhook } from '../../api/webhooks.ts';
import * as m from '../../texts/messages.js';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorState, Loading } from '../../ui/states.tsx';
import { TextLink } from '../../ui/text-link.tsx';
import { type TestChoices, testChoices } from './test-choices.ts';
import { TestForm } from './test-form.tsx';

/** Sends a test call to a webhook and shows what became of it. */
export function TestDialog({ webhook, onClose }: { webhook: Webhook; onClose: () => void }): JSX.Element {
  const { data, error, refetch } = useTestSubjects();
  const choices = data && testChoices(data);
  return (
    <Dialog title={m.webhooks_test_title({ name: webhook.name })} onClose={onClose}>
      {choices ? (
        choices.missing.length > 0 ? (
          <Missing missing={choices.missing} />
        ) : (
          <TestForm webhook={webhook.id} choices={choices} onClose={onClose} />
        )
      ) : error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <Loading />
      )}
    </Dialog>
  );
}

const texts = {
  developer: m.webhooks_test_missing_developer,
  plan: m.webhooks_test_missing_plan,
  product: m.webhooks_test_missing_product,
};

function Missing({ missing }: Pick<TestChoices, 'missing'>): JSX.Element {
  return (
    <div className="flex flex-col gap-3">
      <p className="font-medium">{m.webhooks_test_missing()}</p>
      <ul className="list-disc pl-5 text-muted">
        {missing.map((each) => (
          <li key={each}>{texts[each]()}</li>
        ))}
      </ul>
      <p>
        <TextLink to="/rate-plans">{m.webhooks_test_to_plans()}</TextLink>
      </p>
    </div>
  );
}
