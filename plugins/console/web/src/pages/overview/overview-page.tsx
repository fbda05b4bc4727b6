import type { JSX } from 'react';
import * as m from '../../texts/messages.js';
import { PageHeader } from '../../ui/page-header.tsx';
import { DayFigures } from './day-figures.tsx';
import { DaySection } from './day-section.tsx';
import { FailingSection } from './failing-section.tsx';
import { ThresholdSection } from './threshold-section.tsx';

export default function OverviewPage(): JSX.Element {
  return (
    <>
      <PageHeader title={m.nav_overview()} lead={m.overview_lead()} />
      <div className="flex flex-col gap-6">
        <DayFigures />
        <DaySection />
        <div className="grid items-start gap-6 xl:grid-cols-2">
          <FailingSection />
          <ThresholdSection />
        </div>
      </div>
    </>
  );
}
