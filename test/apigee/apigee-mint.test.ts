import { del, get, post, put, replay } from './client-calls.ts';
import { having, list, nothing, text, uuid } from './patterns.ts';

// The calls of apigee-mint: its kickstart, which sets an organization up for monetization, then its actions list, find, get and delete.

const email = 'jane@example.com';
const mint = '/mint/organizations/myorg';
const management = '/organizations/myorg';
const own = `${mint}/developers/{developerId}`;
const json = '?format=json';

const product = {
  name: 'kickstart-product',
  displayName: 'Kickstart product',
  description: 'A product',
  approvalType: 'auto',
  apiResources: ['/', '/**'],
  environments: ['test'],
  proxies: ['kickstart'],
  scopes: [''],
  attributes: [
    { name: 'access', value: 'public' },
    { name: 'MINT_TRANSACTION_SUCCESS_CRITERIA', value: "txProviderStatus == 'OK'" },
    {
      name: 'transactionRecordingPolicies',
      value: JSON.stringify([{ name: '/', policies: { response: ['x'.repeat(1200)] } }]),
    },
  ],
};

const profile = {
  id: 'myorg',
  name: 'myorg',
  description: 'myorg',
  address: [
    { id: 'main', address1: '1 Street', city: 'London', country: 'UK', isPrimary: 'true', state: 'London', zip: 'SW1' },
  ],
  approveTrusted: 'true',
  approveUntrusted: 'false',
  billingCycle: 'CALENDAR_MONTH',
  country: 'UK',
  currency: 'EUR',
  hasBillingAdjustment: 'true',
  hasBroker: 'false',
  status: 'ACTIVE',
  supportedBillingType: 'BOTH',
  taxModel: 'HYBRID',
  timezone: 'UTC',
};

const ratePlan = {
  name: 'Kickstart plan',
  displayName: 'Kickstart plan',
  description: 'A plan',
  published: true,
  type: 'STANDARD',
  startDate: '{today} 00:00:00',
  advance: false,
  prorate: true,
  isPrivate: false,
  recurringStartUnit: 1,
  recurringType: 'CALENDAR',
  recurringFee: 0,
  setUpFee: 100,
  earlyTerminationFee: 0,
  frequencyDuration: 1,
  frequencyDurationType: 'MONTH',
  contractDuration: 1,
  contractDurationType: 'MONTH',
  paymentDueDays: '30',
  freemiumUnit: 0,
  currency: { id: 'EUR' },
  id: null,
  ratePlanDetails: [
    {
      type: 'RATECARD',
      meteringType: 'VOLUME',
      ratingParameter: 'VOLUME',
      revenueType: 'NET',
      duration: 1,
      durationType: 'MONTH',
      paymentDueDays: '30',
      currency: { id: 'eur' },
      organization: { id: 'myorg' },
      ratePlanRates: [
        { type: 'RATECARD', startUnit: 0, endUnit: 100, rate: 0.05 },
        { type: 'RATECARD', startUnit: 100, endUnit: 1000000, rate: 0.0125 },
      ],
    },
  ],
};

const developer = {
  email,
  firstName: 'Jane',
  lastName: 'Doe',
  userName: 'jane',
  organizationName: 'myorg',
  status: 'active',
  companies: [],
  attributes: [
    { name: 'MINT_BILLING_TYPE', value: 'PREPAID' },
    { name: 'MINT_DEVELOPER_LEGAL_NAME', value: 'Doe Ltd' },
    { name: 'MINT_DEVELOPER_TYPE', value: 'UNTRUSTED' },
  ],
};

const app = {
  name: 'kickstart-app',
  apiProducts: ['kickstart-product'],
  keyExpiresIn: -1,
  scopes: [],
  callbackUrl: 'https://example.com/callback',
  attributes: [{ name: 'DisplayName', value: 'Kickstart app' }],
};

const currency = {
  name: 'EUR',
  displayName: 'Euro',
  description: 'Euro',
  virtualCurrency: 'false',
  status: 'ACTIVE',
  organization: { id: 'myorg' },
};
const terms = { url: 'https://example.com/terms', tncText: 'Terms', version: '0.1', startDate: '{today} 16:30:00' };
const reload = { amount: 200, supportedCurrency: { id: 'eur' } };
const bundle = {
  name: 'kickstart-bundle',
  displayName: 'Kickstart bundle',
  description: 'A bundle',
  product: [{ id: 'kickstart-product' }],
  status: 'CREATED',
};

const kickstart = [
  get('getOrgDetails', `${management}${json}`, { reads: { name: 'myorg', properties: { property: list } } }),
  get('getApiProductById of no product', `${management}/apiproducts/kickstart-product${json}`, { status: 404 }),
  put('updateOrgProfile', `${mint}${json}`, { body: profile, reads: { id: 'myorg', timezone: 'UTC' } }),
  get('getCurrencies', `${mint}/supported-currencies${json}`, {
    reads: { supportedCurrency: having({ id: 'eur', name: 'EUR' }), totalRecords: 1 },
  }),
  post('addCurrency', `${mint}/supported-currencies${json}`, { body: currency, status: 501 }),
  get('getTermsAndConditions', `${mint}/tncs${json}`, { reads: { totalRecords: 0 } }),
  post('addTermsAndConditions', `${mint}/tncs${json}`, { body: terms, status: 501 }),
  get('getDeveloperByEmail of no developer', `${management}/developers/${email}${json}`, { status: 404 }),
  post('createDeveloper', `${management}/developers${json}`, {
    body: developer,
    reads: { developerId: uuid, email },
    saves: { developerId: 'developerId' },
  }),
  get('getDeveloperByEmail', `${management}/developers/${email}${json}`, { reads: { developerId: uuid } }),
  post('reloadDeveloperBalance', `${own}/developer-balances${json}`, { body: reload, status: 501 }),
  post('createAPIProduct', `${management}/apiproducts${json}`, {
    body: product,
    reads: { name: 'kickstart-product', attributes: product.attributes },
  }),
  post('createDeveloperApp', `${management}/developers/${email}/apps${json}`, {
    body: app,
    reads: { appId: uuid, credentials: having({ consumerKey: text, expiresAt: -1 }) },
  }),
  post('createAPIProductBundle', `${mint}/monetization-packages${json}`, {
    body: bundle,
    reads: { id: text },
    saves: { packageId: 'id' },
  }),
  post('createRatePlan', `${mint}/monetization-packages/{packageId}/rate-plans${json}`, {
    body: ratePlan,
    reads: { id: text },
    saves: { planId: 'id' },
  }),
  post('purchaseRatePlan', `${own}/developer-rateplans${json}`, {
    body: {
      developer: { id: '{developerId}' },
      ratePlan: { id: '{planId}' },
      startDate: '{today}',
      suppressWarning: false,
    },
    reads: { id: uuid },
    saves: { subscriptionId: 'id' },
  }),
  get('getDeveloperUsage', `${own}/developer-balances${json}`, {
    reads: { developerBalance: nothing, totalRecords: 0 },
  }),
];

const packages = { reads: { monetizationPackage: having({ id: 'kickstart-bundle' }) } };
const credit = 'currencyId=eur&developerId={developerId}&transactionAmount=5&transactionNote=x';
const actions = [
  get('list productbundle', `${mint}/monetization-packages${json}`, packages),
  get('list rateplan', `${mint}/rate-plans${json}`, {
    reads: { ratePlan: having({ name: 'Kickstart plan', id: text }) },
  }),
  get('list apiproduct', `${management}/apiproducts${json}`, { reads: ['kickstart-product'] }),
  get('list developer', `${management}/developers${json}`, { reads: [email] }),
  get('list company', `${management}/companies${json}`, { reads: nothing }),
  get('find apps-byDevEmail', `${management}/developers/${email}${json}`, { reads: { apps: ['kickstart-app'] } }),
  get('find apps-byDevId', `${management}/developers/{developerId}${json}`, { reads: { apps: ['kickstart-app'] } }),
  get(
    'find apiPackages-byDevId-activeOnly',
    `${own}/monetization-packages?allAvailable=false&current=true&format=json`,
    packages,
  ),
  get(
    'find apiPackages-byDevId-includeExpired',
    `${own}/monetization-packages?allAvailable=false&current=false&format=json`,
    packages,
  ),
  get('find acceptedRatePlan-byDevId', `${own}/developer-accepted-rateplans?all=true&format=json`, {
    reads: { developerRatePlan: having({ ratePlan: { name: 'Kickstart plan' } }) },
  }),
  get('get developerRatePlan', `${own}/developer-rateplans/{subscriptionId}${json}`, {
    reads: { ratePlan: { id: text } },
  }),
  post(
    'issueCredit',
    `${mint}/monetization-packages/{packageId}/rate-plans/{planId}/real-currency-credit-transactions?${credit}&format=json`,
    { contentType: 'application/json', status: 501 },
  ),
  del('delete rateplan, a published one', `${mint}/rate-plans/{planId}${json}`, { status: 409 }),
  del('delete apiproduct in a package', `${management}/apiproducts/kickstart-product${json}`, {
    status: 409,
  }),
  del('delete productbundle with plans', `${mint}/monetization-packages/{packageId}${json}`, { status: 409 }),
  post('deleteOrgData', `${mint}/delete-org-data${json}`, { contentType: 'application/json', status: 501 }),
];

replay([...kickstart, ...actions], { Accept: 'application/json, text/plain, */*', 'User-Agent': 'axios/0.21.1' });
