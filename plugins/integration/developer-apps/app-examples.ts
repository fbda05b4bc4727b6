import {
  applicationExample,
  developerExample,
  developerIdExample,
  organizationExample,
  productExample,
} from '../examples.ts';

/** Examples of the documentation, for the routes of apps and keys. */
export const appIdExample = '0198c5a0-11d2-7a44-b6f0-3c5e2a9d7b18';

const by = 'joe@example.com';
const time = 1460162656342;

export const key = {
  apiProducts: [] as { apiproduct: string; status: string }[],
  attributes: [] as { name: string; value: string }[],
  consumerKey: 'Yq8mB2vXw4KcT7hN1sLrE9dPzU6fGa3J',
  consumerSecret: 'h5RkW0yVb8QeM3nCxZ7tLi2JpSu9DoF4',
  expiresAt: -1,
  issuedAt: time,
  scopes: [] as string[],
  status: 'approved',
};

/** A key with the secret and the name that its maker chose. */
export const ownKey = { ...key, consumerKey: 'weather-key-2026', consumerSecret: 'weather-secret-2026' };
export const keyWithProduct = { ...ownKey, apiProducts: [{ apiproduct: productExample, status: 'approved' }] };

export const appInput = {
  name: applicationExample,
  attributes: [{ name: 'DisplayName', value: 'Weather app' }],
  callbackUrl: 'https://example.com/callback',
  keyExpiresIn: -1,
};

export const app = {
  appFamily: 'default',
  appId: appIdExample,
  attributes: appInput.attributes,
  callbackUrl: appInput.callbackUrl,
  createdAt: time,
  createdBy: by,
  credentials: [key],
  developerId: developerIdExample,
  lastModifiedAt: time,
  lastModifiedBy: by,
  name: appInput.name,
  scopes: [],
  status: 'approved',
};

export const ownerOf = { org_name: organizationExample, email: developerExample };
export const appOf = { ...ownerOf, app_name: appInput.name };
export const keyOf = { ...appOf, consumer_key: ownKey.consumerKey };
