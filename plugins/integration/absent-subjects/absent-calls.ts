/** Calls of this API family about subjects that do not exist here: nothing is charged, invoiced or reported. */
export interface AbsentCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** The beginning of the sentence about it, in the plural. */
  readonly subject: string;
  readonly answer: AbsentAnswer;
}

export type AbsentAnswer =
  /** An empty list under this name. */
  | { readonly list: string }
  /** An empty list of names, with `expand=true` an empty list under this name. */
  | { readonly names: string }
  /** 404 about this type, with the id in this parameter of the path. */
  | { readonly missing: string; readonly id: string }
  /** 501: nothing was stored. */
  | 'refused'
  /** 200: the call has nothing to do. */
  | 'done';

const organizations = '/v1/organizations';
const management = `${organizations}/:org_name`;
const mint = '/v1/mint/organizations/:org_name';
const developer = `${mint}/developers/:email`;
const plan = `${mint}/monetization-packages/:package_id/rate-plans/:plan_id`;

/** A list, its members and all changes of them. */
const resource = (subject: string, path: string, list: string, missing: string): AbsentCall[] => [
  { method: 'GET', path, subject, answer: { list } },
  { method: 'POST', path, subject, answer: 'refused' },
  { method: 'GET', path: `${path}/:id`, subject, answer: { missing, id: 'id' } },
  { method: 'PUT', path: `${path}/:id`, subject, answer: 'refused' },
  { method: 'DELETE', path: `${path}/:id`, subject, answer: 'refused' },
];

const empty = (subject: string, path: string, list: string): AbsentCall => ({
  ...{ method: 'GET', subject, path },
  answer: { list },
});

const refused = (subject: string, method: AbsentCall['method'], path: string): AbsentCall => ({
  ...{ method, path, subject },
  answer: 'refused',
});

/** Parts of a company, which does not exist. */
const ofCompany = (base: string, ...parts: readonly string[]): AbsentCall[] =>
  parts.map((part) => ({
    ...{ method: 'GET', path: `${base}/companies/:id/${part}`, subject: 'Companies' },
    answer: { missing: 'Company', id: 'id' },
  }));

const refusedOfCompany = (base: string, ...parts: readonly string[]): AbsentCall[] =>
  parts.map((part) => refused('Companies', 'POST', `${base}/companies/:id/${part}`));

const reports = ['billing-reports', 'prepaid-balance-reports', 'revenue-reports', 'variance-reports'];
const synchronized = ['sync-organization', 'sync-products', 'sync-developers', 'sync-applications'];

export const absentCalls: readonly AbsentCall[] = [
  ...resource('Terms and conditions', `${mint}/tncs`, 'tnc', 'Tnc'),
  empty('Terms and conditions', `${developer}/developer-tncs`, 'developerTnc'),
  refused('Terms and conditions', 'POST', `${developer}/tncs/:id/developer-tncs`),
  ...resource('Developer categories', `${mint}/developer-categories`, 'developerCategory', 'DeveloperCategory'),
  ...resource('Developer roles', `${mint}/developer-roles`, 'developerRole', 'DeveloperRole'),
  ...resource('Payment providers', `${mint}/providers`, 'provider', 'Provider'),
  ...resource('Billing adjustments', `${mint}/billing-adjustments`, 'billingAdjustment', 'BillingAdjustment'),
  ...resource('E-mail templates', `${mint}/notification-email-templates`, 'emailTemplates', 'EmailTemplate'),
  ...resource('Reports', `${mint}/report-definitions`, 'reportDefinition', 'ReportDefinition'),
  empty('Reports', `${developer}/report-definitions`, 'reportDefinition'),
  refused('Reports', 'POST', `${developer}/report-definitions`),
  refused('Reports', 'POST', `${developer}/revenue-reports`),
  ...reports.map((name) => refused('Reports', 'POST', `${mint}/${name}`)),
  ...resource('Suspended developers', `${mint}/suspended-developers`, 'suspendedDeveloper', 'SuspendedDeveloper'),
  refused('Suspended developers', 'POST', `${mint}/suspended-developers/unsuspend-by-product/:id`),

  refused('Further currencies', 'POST', `${mint}/supported-currencies`),
  refused('Further currencies', 'PUT', `${mint}/supported-currencies/:currency`),
  refused('Further currencies', 'DELETE', `${mint}/supported-currencies/:currency`),
  empty('Balances', `${developer}/developer-balances`, 'developerBalance'),
  refused('Balances', 'POST', `${developer}/developer-balances`),
  refused('Balances', 'POST', `${developer}/developer-balances/recurring-setup`),
  empty('Balances', `${developer}/prepaid-developer-balance`, 'developerBalance'),
  refused('Credit limits', 'GET', `${developer}/developer-credit-limit`),
  refused('Credit limits', 'POST', `${developer}/developer-credit-limit`),
  refused('Credits', 'POST', `${plan}/real-currency-credit-transactions`),
  refused('Refunds', 'POST', `${mint}/monetization-packages/:package_id/refund-transactions`),
  refused('Taxes', 'GET', `${mint}/tax-engine`),

  ...resource('Companies', `${mint}/companies`, 'company', 'Company'),
  ...ofCompany(
    mint,
    'monetization-packages',
    'eligible-products',
    'developer-rateplans',
    'developer-accepted-rateplans',
  ),
  ...ofCompany(mint, 'developer-tncs', 'developer-balances', 'prepaid-developer-balance', 'report-definitions'),
  ...refusedOfCompany(mint, 'developer-rateplans', 'developer-balances', 'developer-balances/recurring-setup'),
  ...refusedOfCompany(mint, 'report-definitions'),
  { method: 'GET', path: `${management}/companies`, subject: 'Companies', answer: { names: 'company' } },
  refused('Companies', 'POST', `${management}/companies`),
  {
    ...{ method: 'GET', path: `${management}/companies/:id`, subject: 'Companies' },
    answer: { missing: 'Company', id: 'id' },
  },
  refused('Companies', 'PUT', `${management}/companies/:id`),
  refused('Companies', 'POST', `${management}/companies/:id`),
  refused('Companies', 'DELETE', `${management}/companies/:id`),
  ...ofCompany(management, 'apps', 'attributes', 'developers'),
  ...refusedOfCompany(management, 'apps', 'attributes', 'developers'),

  refused('Creations of organizations', 'POST', organizations),
  refused('Deletions of organizations', 'DELETE', management),
  refused('Pods', 'POST', `${management}/pods`),
  { method: 'GET', path: `${management}/pods`, subject: 'Pods', answer: { names: 'pod' } },
  refused('Deletions of all data', 'POST', `${mint}/delete-org-data`),
  // Both APIs read the same rows.
  ...synchronized.map(
    (name): AbsentCall => ({ method: 'GET', path: `${mint}/${name}`, subject: 'Synchronizations', answer: 'done' }),
  ),
];
