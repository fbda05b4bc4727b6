import { absentCalls } from '../../plugins/integration/absent-subjects/absent-calls.ts';
import type { UndocumentedCall } from './coverage.ts';

const report = '/v1/mint/organizations/:org_name/billing-reports';

/** Calls about subjects that do not exist here. Types of reports are a parameter in Apigee's document. */
export const undocumentedCalls: readonly UndocumentedCall[] = absentCalls.flatMap(({ method, path, answer }) => {
  const call = { method, path, refuses: answer === 'refused' };
  return path === report ? [call, { ...call, path: path.replace(/[^/]+$/, ':report_type') }] : [call];
});
