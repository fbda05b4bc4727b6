import type { JSX } from 'react';
import { useApi } from '../api/api.tsx';
import * as m from '../texts/messages.js';
import { Button } from '../ui/button.tsx';
import { Fact } from '../ui/section.tsx';

/** The organization of an entry that was read across all of them, and the way to its pages, which offer changes. */
export function OrganizationFact({ organization }: { organization: string | undefined }): JSX.Element | null {
  const { isOfAll, chooseOrganization } = useApi();
  if (!isOfAll || organization === undefined) return null;
  return (
    <Fact name={m.organization()}>
      <span className="mb-1 block wrap-anywhere">{organization}</span>
      <Button onClick={() => chooseOrganization(organization)}>{m.organization_open({ name: organization })}</Button>
    </Fact>
  );
}
