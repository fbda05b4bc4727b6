import { del, get, post, put, replay } from './client-calls.ts';
import { date, having, list, listFirst, nothing, type Pattern, text, uuid, zone } from './patterns.ts';

// The calls of the controllers of apigee-client-php for the monetization API, in the order of a portal that uses them. It reads lists
// from the first member of an answer, and the time zone of the organization that plans and packages contain.

const mint = '/mint/organizations/myorg';
const management = '/organizations/myorg';
const ada = `${mint}/developers/ada%40example.com`;

const organization = { id: 'myorg', name: 'myorg', timezone: zone };
const packaged: Pattern = {
  id: 'Weather',
  name: 'Weather',
  displayName: 'Weather',
  status: text,
  organization: { id: 'myorg' },
};
const product: Pattern = { ...packaged, organization };

const preparation = [
  post('a product', `${management}/apiproducts`, { body: { name: 'Weather', displayName: 'Weather' } }),
  post('another product', `${management}/apiproducts`, { body: { name: 'History', displayName: 'History' } }),
  post('a developer', `${management}/developers`, {
    body: {
      email: 'ada@example.com',
      firstName: 'Ada',
      lastName: 'Lovelace',
      userName: 'ada',
      attributes: [{ name: 'MINT_DEVELOPER_LEGAL_NAME', value: 'Engines Ltd' }],
    },
  }),
];

const profile = {
  id: 'myorg',
  name: 'myorg',
  address: [{ address1: '1 Street', city: 'London', country: 'GB', isPrimary: true, zip: 'SW1' }],
  approveTrusted: false,
  billingCycle: 'CALENDAR_MONTH',
  country: 'GB',
  currency: 'USD',
  status: 'ACTIVE',
  timezone: 'UTC',
};
const organizationCalls = [
  get('OrganizationProfileController.load', mint, {
    reads: { ...organization, address: list, currency: text, status: text },
  }),
  put('OrganizationProfileController.update', mint, {
    body: profile,
    reads: { ...organization, country: 'GB', status: 'ACTIVE' },
  }),
];

const developer: Pattern = {
  id: text,
  email: 'ada@example.com',
  name: 'Ada Lovelace',
  legalName: 'Engines Ltd',
  billingType: text,
  status: text,
  type: text,
  organization,
};

const catalogCalls = [
  get('DeveloperController.load', ada, { reads: developer }),
  get('DeveloperController.getEntities', `${mint}/developers?all=true`, { reads: listFirst('developer', [developer]) }),
  get('DeveloperController.getPaginatedEntityList', `${mint}/developers?page=1&size=1`, {
    reads: listFirst('developer', [developer]),
  }),
  get('ApiProductController.load', `${mint}/products/Weather`, { reads: product }),
  get('ApiProductController.getEntities', `${mint}/products?all=true`, {
    reads: listFirst('product', having(product)),
  }),
  get('ApiProductController.getPaginatedEntityList', `${mint}/products?page=2&size=1`, {
    reads: listFirst('product', [product]),
  }),
  get('ApiProductController.getEligibleProductsByDeveloper', `${ada}/eligible-products`, {
    reads: listFirst('product', list),
  }),
];

const packages = `${mint}/monetization-packages`;
const weatherPackage = {
  id: text,
  name: 'Weather of today',
  displayName: 'Weather of today',
  description: 'A package',
  status: 'CREATED',
  organization,
  product: having(packaged),
};
const newPackage = {
  description: 'A package',
  displayName: 'Weather of today',
  name: 'Weather of today',
  product: [{ id: 'Weather' }],
  status: 'CREATED',
  organization: { id: 'myorg' },
};
const available = `${ada}/monetization-packages?current=`;

const packageCalls = [
  post('ApiPackageController.create', packages, { body: newPackage, reads: weatherPackage, saves: { package: 'id' } }),
  get('ApiPackageController.load', `${packages}/{package}`, { reads: weatherPackage }),
  get('ApiPackageController.getEntities', `${packages}?all=true`, {
    reads: listFirst('monetizationPackage', [weatherPackage]),
  }),
  get('ApiPackageController.getPaginatedEntityList', `${packages}?page=1&size=1`, {
    reads: listFirst('monetizationPackage', [weatherPackage]),
  }),
  post('ApiPackageController.addProduct', `${packages}/{package}/products/History`, { body: {}, status: 200 }),
  get('ApiPackageController.load with both products', `${packages}/{package}`, {
    reads: { product: having({ id: 'History' }) },
  }),
  del('ApiPackageController.deleteProduct', `${packages}/{package}/products/History`, { status: 204 }),
  get('ApiPackageController.load with one product', `${packages}/{package}`, { reads: { product: [packaged] } }),
  get('ApiPackageController.getAvailableApiPackagesByDeveloper', `${available}true&allAvailable=true`, {
    reads: listFirst('monetizationPackage', list),
  }),
];

const plans = `${packages}/{package}/rate-plans`;
const detail = {
  duration: 1,
  durationType: 'MONTH',
  meteringType: 'DEV_SPECIFIC',
  ratingParameter: 'VOLUME',
  type: 'USAGE_TARGET',
};
const newPlan = {
  advance: false,
  currency: { id: 'usd' },
  description: 'A plan',
  displayName: 'Adjustable plan',
  frequencyDuration: 1,
  frequencyDurationType: 'MONTH',
  isPrivate: false,
  monetizationPackage: { id: '{package}' },
  name: 'Adjustable plan',
  organization: { id: 'myorg' },
  prorate: false,
  published: true,
  ratePlanDetails: [{ aggregateTransactions: true, currency: { id: 'usd' }, ratePlanRates: [], ...detail }],
  recurringFee: 0,
  recurringType: 'CALENDAR',
  setUpFee: 0,
  startDate: '{today} 00:00:00',
  type: 'STANDARD',
};
const planOf = (name: string, more: object = {}): Pattern => ({
  id: text,
  name,
  displayName: name,
  description: 'A plan',
  type: 'STANDARD',
  startDate: date,
  currency: { id: 'usd' },
  organization,
  monetizationPackage: {
    ...weatherPackage,
    product: having({ id: 'Weather', name: 'Weather', displayName: 'Weather' }),
  },
  ratePlanDetails: having({ ...detail, currency: { id: 'usd' } }),
  ...more,
});
const plan = planOf('Adjustable plan', { published: true });
// Only a creation has the package in the details.
const [first] = newPlan.ratePlanDetails;
const created = { ...newPlan, ratePlanDetails: [{ ...first, monetizationPackage: { id: '{package}' } }] };
const draft = { ...newPlan, name: 'Draft', displayName: 'Draft', published: false };

const planCalls = [
  post('RatePlanController.create', plans, { body: created, reads: plan, saves: { plan: 'id' } }),
  get('RatePlanController.load', `${plans}/{plan}`, { reads: plan }),
  get('RatePlanController.getEntities', plans, { reads: listFirst('ratePlan', [plan]) }),
  get('RatePlanController.getEntities, current standard ones', `${plans}?current=true&showPrivate=true&standard=true`, {
    reads: listFirst('ratePlan', [plan]),
  }),
  put('RatePlanController.update', `${plans}/{plan}`, {
    body: { ...newPlan, id: '{plan}', endDate: '{later} 00:00:00' },
    reads: planOf('Adjustable plan', { endDate: date }),
  }),
  post('RatePlanController.create of a draft', plans, {
    body: draft,
    reads: planOf('Draft', { published: false }),
    saves: { draft: 'id' },
  }),
  put('RatePlanController.update of a draft', `${plans}/{draft}`, {
    body: { ...draft, id: '{draft}', displayName: 'A draft' },
    reads: { displayName: 'A draft' },
  }),
  del('RatePlanController.delete', `${plans}/{draft}`, { status: 204 }),
  get('RatePlanController.load of none', `${plans}/{draft}`, { status: 404, reads: { code: text, message: text } }),
];

const accepted: Pattern = {
  id: uuid,
  created: date,
  developer,
  quotaTarget: 500,
  ratePlan: planOf('Adjustable plan'),
  startDate: date,
  updated: date,
};
const acceptance = {
  developer: { id: 'ada@example.com' },
  quotaTarget: 500,
  ratePlan: { id: '{plan}' },
  startDate: '{today} 00:00:00',
};
const subscriptions = `${ada}/developer-rateplans`;

const acceptedCalls = [
  post('DeveloperAcceptedRatePlanController.acceptRatePlan', subscriptions, {
    body: { ...acceptance, suppressWarning: 'true', waveTerminationCharge: 'false' },
    reads: accepted,
    saves: { subscription: 'id', created: 'created' },
  }),
  get('DeveloperAcceptedRatePlanController.getAllAcceptedRatePlans', `${ada}/developer-accepted-rateplans`, {
    reads: listFirst('developerRatePlan', [accepted]),
  }),
  get(
    'DeveloperAcceptedRatePlanController.getPaginatedAcceptedRatePlanList',
    `${ada}/developer-accepted-rateplans?page=1&size=1`,
    { reads: listFirst('developerRatePlan', [accepted]) },
  ),
  get('DeveloperAcceptedRatePlanController.load', `${subscriptions}/{subscription}`, { reads: accepted }),
  put('DeveloperAcceptedRatePlanController.updateSubscription', `${subscriptions}/{subscription}`, {
    body: {
      ...acceptance,
      id: '{subscription}',
      created: '{created}',
      updated: '{created}',
      quotaTarget: 700,
      suppressWarning: 'true',
    },
    reads: { quotaTarget: 700 },
  }),
  get('DeveloperActiveRatePlanController.getEntities', subscriptions, {
    reads: listFirst('ratePlan', [planOf('Adjustable plan')]),
  }),
  get(
    'DeveloperActiveRatePlanController.getActiveRatePlanByApiProduct',
    `${ada}/products/Weather/rate-plan-by-developer-product?showPrivate=true`,
    { reads: planOf('Adjustable plan') },
  ),
  get('ApiProductController.getEligibleProductsByDeveloper with a plan', `${ada}/eligible-products`, {
    reads: listFirst('product', having(product)),
  }),
  get(
    'ApiPackageController.getAvailableApiPackagesByDeveloper, the accepted ones',
    `${available}true&allAvailable=false`,
    { reads: listFirst('monetizationPackage', [weatherPackage]) },
  ),
];

const revision = {
  ...newPlan,
  name: 'Adjustable plan',
  startDate: '{later} 00:00:00',
  parentRatePlan: { id: '{plan}' },
};
const criteria = {
  billingMonth: 'JUNE',
  billingYear: 2026,
  showRevSharePct: false,
  showSummary: false,
  showTxDetail: false,
  showTxType: false,
};

const withoutSubject = [
  get('SupportedCurrencyController.getEntities', `${mint}/supported-currencies?all=true`, {
    reads: listFirst('supportedCurrency', list),
  }),
  post('SupportedCurrencyController.create', `${mint}/supported-currencies`, {
    body: { name: 'EUR', organization: { id: 'myorg' } },
    status: 501,
    reads: { code: 'mint.notSupported' },
  }),
  get('TermsAndConditionsController.getEntities', `${mint}/tncs?all=true`, { reads: listFirst('tnc', nothing) }),
  get('TermsAndConditionsController.getPaginatedEntityList', `${mint}/tncs?current=true&page=1&size=5`, {
    reads: listFirst('tnc', nothing),
  }),
  get('DeveloperTermsAndConditionsController.getTermsAndConditionsHistory', `${ada}/developer-tncs`, {
    reads: listFirst('developerTnc', nothing),
  }),
  get('DeveloperPrepaidBalanceController.getEntities', `${ada}/developer-balances?all=true`, {
    reads: listFirst('developerBalance', nothing),
  }),
  get('DeveloperPrepaidBalanceController.getByCurrency', `${ada}/developer-balances?currencyId=usd`, {
    reads: listFirst('developerBalance', nothing),
  }),
  get(
    'DeveloperPrepaidBalanceController.getPrepaidBalance',
    `${ada}/prepaid-developer-balance?billingMonth=JUNE&billingYear=2026`,
    { reads: listFirst('developerBalance', nothing) },
  ),
  post('DeveloperPrepaidBalanceController.topUpBalance', `${ada}/developer-balances`, {
    body: { amount: 1.5, supportedCurrency: { id: 'usd' } },
    status: 501,
  }),
  post(
    'DeveloperPrepaidBalanceController.setupRecurringPayments',
    `${ada}/developer-balances/recurring-setup?supportedCurrencyId=usd`,
    {
      body: { providerId: 'worldpay', isRecurring: 'true', replenishAmount: 1, recurringAmount: 2 },
      status: 501,
    },
  ),
  get('ReportDefinitionController.getEntities', `${mint}/report-definitions`, {
    reads: listFirst('reportDefinition', nothing),
  }),
  get('ReportDefinitionController.getFilteredEntities', `${mint}/report-definitions?page=1&size=5&sort=name`, {
    reads: listFirst('reportDefinition', nothing),
  }),
  post('ReportDefinitionController.generateReport', `${mint}/billing-reports`, { body: criteria, status: 501 }),
  get('DeveloperReportDefinitionController.getEntities', `${ada}/report-definitions`, {
    reads: listFirst('reportDefinition', nothing),
  }),
  get('DeveloperRoleController.getEntities', `${mint}/developer-roles?all=true`, {
    reads: listFirst('developerRole', list),
  }),
  get('PaymentProviderController.getEntities', `${mint}/providers`, { reads: listFirst('provider', nothing) }),
  get('CompanyController.getEntities', `${mint}/companies?all=true`, { reads: listFirst('company', nothing) }),
];

const last = [
  post('RatePlanController.createNewRevision', `${plans}/{plan}/revision`, {
    body: revision,
    status: 200,
    reads: { id: text, parentRatePlan: { id: text } },
  }),
  post('ApiPackageController.create of an empty one', packages, {
    body: { ...newPackage, name: 'Empty', product: [] },
    saves: { none: 'id' },
  }),
  del('ApiPackageController.delete', `${packages}/{none}`, { status: 204 }),
  get('ApiPackageController.load of none', `${packages}/{none}`, { status: 404, reads: { code: text, message: text } }),
];

replay(
  [
    ...preparation,
    ...organizationCalls,
    ...catalogCalls,
    ...packageCalls,
    ...planCalls,
    ...acceptedCalls,
    ...withoutSubject,
    ...last,
  ],
  { Accept: 'application/json; charset=utf-8', 'User-Agent': 'Apigee Edge PHP Client/3.0.8; PHP/8.2' },
);
