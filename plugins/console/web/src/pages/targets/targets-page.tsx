import type { JSX } from 'react';
import { useTargets } from '../../api/targets.ts';
import * as m from '../../texts/messages.js';
import { ErrorNote } from '../../ui/error-note.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { ErrorState, Loading } from '../../ui/states.tsx';
import { TargetTable } from './target-table.tsx';

export default function TargetsPage(): JSX.Element {
  const { data, error, refetch } = useTargets();
  return (
    <>
      <PageHeader title={m.nav_targets()} lead={m.targets_lead()} />
      {data ? (
        <>
          {error && <ErrorNote error={error} />}
          <TargetTable targets={data.data} />
        </>
      ) : error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <Loading />
      )}
    </>
  );
}
