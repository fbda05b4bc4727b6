import type { Day } from '../../../src/plugin.ts';
import { planExample } from '../examples.ts';
import { briefProfileExample, ownerExample } from '../organizations/brief-profile.ts';
import { soldPackageExample } from '../packages/package-view.ts';
import { planDefaultsOf } from './rate-plan-view.ts';

/** The published plan of the examples, as it is created. */
export const planInputExample = (day: Day) => ({
  name: 'Adjustable plan',
  displayName: 'Adjustable plan',
  description: 'A quota target for each developer.',
  published: true,
  ratePlanDetails: [
    {
      type: 'USAGE_TARGET',
      meteringType: 'DEV_SPECIFIC',
      duration: 1,
      durationType: 'MONTH',
      ratingParameter: 'VOLUME',
    },
  ],
  startDate: `${day(0)} 00:00:00`,
  endDate: `${day(365)} 00:00:00`,
});
/** The plan of the examples. */
export const planAnswerExample = (day: Day) => ({
  ...planDefaultsOf(ownerExample),
  ...planInputExample(day),
  id: planExample,
  type: 'STANDARD',
  monetizationPackage: soldPackageExample,
  organization: briefProfileExample,
});
