import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testChoices } from '../../plugins/console/web/src/pages/webhooks/test-choices.ts';
import { isWebhookUrl, webhookRefusal } from '../../plugins/console/web/src/pages/webhooks/webhook-refusal.ts';
import { createGuard } from '../../src/dispatcher/sending/guard.ts';

test('the form of a webhook takes the addresses that the gateway takes', () => {
  for (const url of ['https://example.com', 'HTTP://[::1]:80/a?b=c', 'http://10.0.0.1/x'])
    assert.equal(isWebhookUrl(url), true, url);
  for (const url of [
    'example.com',
    'ftp://example.com',
    'https://a@b.com',
    'https://b.com/#x',
    'https://b.com/a b',
    'http://',
  ])
    assert.equal(isWebhookUrl(url), false, url);
});

const guard = createGuard({ allowedNetworks: [], ownPorts: () => [8080], interfaces: () => ({}) });
const none = new Map<string, string>();

function refusalOf(address: string, port: number) {
  const message = `The postUrl must be an allowed callback address, but it ${guard.refusal(address, port)}`;
  return webhookRefusal({ code: 'mint.webhookPostUrlRefused', message }, none);
}

test('each reason of the address guard has words of its own in the form of a webhook', () => {
  const field = 'postUrl';
  assert.deepEqual(refusalOf('169.254.169.254', 80), { field, kind: 'private', range: 'linkLocal' });
  assert.deepEqual(refusalOf('203.1.113.1', 25), { field, kind: 'port', port: '25' });
  assert.deepEqual(refusalOf('127.0.0.1', 8080), { field, kind: 'own' });
  assert.deepEqual(refusalOf('127.1', 80), { field, kind: 'no-ip' });
  const unknown = { code: 'mint.webhookPostUrlRefused', message: 'The address, but it sleeps' };
  assert.deepEqual(webhookRefusal(unknown, none), { field, kind: 'address', reason: 'sleeps' });
});

test('refusals of a webhook are about the field that was refused', () => {
  assert.equal(webhookRefusal({ code: 'mint.webhookNameAlreadyExists', message: '' }, none)?.field, 'name');
  const invalid = { code: 'mint.validationError', message: 'invalid' };
  const fields = new Map([['postURL', 'postURL is too long']]);
  assert.deepEqual(webhookRefusal(invalid, fields), { field: 'postUrl', kind: 'other', reason: 'postURL is too long' });
  assert.equal(webhookRefusal({ code: 'mint.limitReached', message: 'full' }, none), undefined);
});

const details = [{ type: 'USAGE_TARGET', meteringType: 'DEV_SPECIFIC' }];
const subjects = {
  developers: [{ email: 'jane@example.com', apps: ['maps'] }],
  plans: [
    { id: 'flat', displayName: 'Flat', published: true, monetizationPackage: { id: 'basic' }, ratePlanDetails: [] },
    {
      id: 'draft',
      displayName: 'Draft',
      published: false,
      monetizationPackage: { id: 'none' },
      ratePlanDetails: details,
    },
    {
      id: 'gold',
      displayName: 'Gold',
      published: true,
      monetizationPackage: { id: 'basic' },
      ratePlanDetails: details,
    },
  ],
  products: [
    { name: 'location', displayName: 'Location' },
    { name: 'weather', displayName: 'Weather' },
  ],
  packages: [
    { id: 'basic', product: [{ id: 'weather', displayName: 'Weather' }] },
    { id: 'none', product: [] },
  ],
};

test('a test call is offered adjustable plans, published ones first, and the products of their packages', () => {
  const choices = testChoices(subjects);
  assert.deepEqual(
    choices.plans.map(({ id }) => id),
    ['gold', 'draft'],
  );
  assert.deepEqual(choices.productsOf('gold'), [{ id: 'weather', text: 'Weather' }]);
  assert.equal(choices.productsOf('draft').length, 2);
  assert.deepEqual(choices.applicationsOf('jane@example.com'), ['maps']);
  assert.deepEqual(choices.missing, []);
});

test('a test call without its subjects says which are missing', () => {
  const { missing } = testChoices({ ...subjects, developers: [], plans: subjects.plans.slice(0, 1), products: [] });
  assert.deepEqual(missing, ['developer', 'plan', 'product']);
});
