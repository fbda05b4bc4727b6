import type { JSX, ReactNode } from 'react';
import type { Developer } from '../../../api/developers.ts';
import * as m from '../../../texts/messages.js';

/** What callbacks say about a developer. */
export function DeveloperFacts({ developer }: { developer: Developer }): JSX.Element {
  const { userName, companyName, apps, attributes } = developer;
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-1">
      <Fact name={m.rate_plans_user_name()}>{userName}</Fact>
      <Fact name={m.rate_plans_company()}>{companyName}</Fact>
      <Fact name={m.rate_plans_apps()}>{apps.join(', ')}</Fact>
      <Fact name={m.rate_plans_attributes()}>
        {attributes.map(({ name, value }) => `${name}: ${value}`).join(', ')}
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }): JSX.Element {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 wrap-anywhere">{children === '' ? <span className="text-muted">—</span> : children}</dd>
    </>
  );
}
