import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { authentication } from '../../plugins/authentication/index.ts';
import { integration } from '../../plugins/integration/index.ts';
import { encryptedTables } from '../../src/cli/reencrypt.ts';
import type { ParsedJson } from '../../src/testing/index.ts';
import { onEveryEngine } from '../support/engines.ts';
import { eventually } from '../support/eventually.ts';
import { names } from '../support/tenancy/founder.ts';
import { readAllRows } from '../support/tenancy/rows.ts';
import { startTenants, type TenantStage } from '../support/tenancy/stage.ts';
import type { Naming, Walk } from '../support/tenancy/walk.ts';

const owners = 'quillmarsh';
/** Unrelated organizations, and names that a collation or a reader could mistake for the owner's. */
const strangers = ['rival', 'Quillmarsh', 'quillm\u00e0rsh', 'quillmarsh\u200b'];
const twins = ['twin', 'QUILLMARSH', 'qu\u00edllmarsh', '\uff51uillmarsh'];
const conditions = 'POST /v1/mint/organizations/{org_name}/notification-conditions';
const subscriptions = 'POST /v1/mint/organizations/{org_name}/developers/{email}/developer-rateplans';
const redelivery = 'POST /api/v1/integration/deliveries/redeliver';

/** Calls that read across organizations. No call that writes may be among them. */
const readingAcross = [
  'GET /api/v1/integration/backlog',
  'GET /api/v1/integration/deliveries',
  'GET /api/v1/integration/deliveries/count',
  'GET /api/v1/integration/deliveries/{id}',
  'GET /api/v1/integration/events',
  'GET /api/v1/integration/events/{id}',
];

/** Ends of paths whose answers have none of the texts and ids of the organization: usage of a moment is long past. */
const withoutTexts = ['/{rateplan_id}', '/usage', '/count', '/statistics', '/transactions/developers/{email}'];

/** The header is ignored where the path names the organization. */
const asOneself =
  (organization: string): Naming =>
  (isNamedInPath) => ({ path: organization, header: isNamedInPath ? owners : organization });
const as =
  (path: string, header?: string): Naming =>
  () => ({ path, header });

/** Statistics have an entry for each step, which says nothing where all counts are 0. */
const isNothing = (entry: ParsedJson): boolean =>
  entry?.at !== undefined && Object.entries(entry).every(([name, value]) => name === 'at' || value === 0);

/** The parts of an answer that reveal data: entries, counts, more pages. */
const amounts = (body: ParsedJson): unknown[] =>
  Array.isArray(body)
    ? body
    : Object.entries<ParsedJson>(body).filter(([name, value]) =>
        Array.isArray(value) ? !value.every(isNothing) : Number(value) > 0 && name !== 'page' && name !== 'per_page',
      );

const isMissing: Walk['check'] = ({ status }, _call, seen) => assert.equal(status, 404, seen);

/** A caller without data finds nothing, and may create resources that do not depend on missing ones. */
const findsNothing: Walk['check'] = (answer, call, seen) => {
  const { method, title } = call.operation;
  const isLacking = JSON.stringify(call.request.body ?? {}).includes(names.spareProduct);
  if (call.isAboutOne || isLacking) assert.equal(answer.status, 404, seen);
  else if (title === conditions) assert.equal(answer.body.code, 'mint.ratePlanDoesNotExist', seen);
  else assert.ok(answer.status < 300, seen);
  if (answer.status < 300 && (method === 'GET' || title === redelivery) && !title.endsWith('/supported-currencies'))
    assert.deepEqual(amounts(answer.body), [], seen);
};

/**
 * A caller with its own data under the same names finds only that, and may delete the part of it without dependents.
 */
const findsOnlyOwn: Walk['check'] = ({ status, body }, { hasForeignId, operation: { method, title } }, seen) => {
  if (hasForeignId) assert.equal(status, 404, seen);
  else if (title === conditions) assert.equal(body.code, 'mint.webhookDoesNotExist', seen);
  else assert.ok(status < 300 || (method === 'POST' && status === 409), seen);
};

onEveryEngine('isolation of an organization', ({ serverUrl }) => {
  let stage: TenantStage;
  before(async () => {
    stage = await startTenants(owners, serverUrl);
  });
  after(() => stage.close());

  test('every documented call is tried, except the known public ones', () => {
    const open = stage.operations.filter(({ isPublic }) => isPublic).map(({ title }) => title);
    assert.deepEqual(open.sort(), [
      'GET /.well-known/jwks.json',
      'POST /api/v1/integration/auth/authenticate',
      'POST /api/v1/integration/auth/refresh',
    ]);
    const aboutAll = stage.operations.filter(({ isAboutAll }) => isAboutAll).map(({ title }) => title);
    assert.deepEqual(aboutAll, ['GET /api/v1/integration/organizations', 'GET /v1/organizations']);
    const tried = new Set(stage.callsBy(stage.owner).map(({ operation }) => operation.title));
    assert.equal(tried.size, stage.operations.length - open.length - aboutAll.length);
    assert.ok(tried.size > 50, `${tried.size} calls`);
  });

  test('other organizations cannot reach it by its name, in the path or in the header', async () => {
    for (const organization of [...strangers, ...twins]) {
      const caller = stage.founder(organization);
      await stage.walk(caller, { naming: as(owners, owners), check: isMissing });
      // The header of other organizations is theirs: one is enough, and one that is like the owner's.
      if (organization !== strangers[0] && organization !== twins[1]) continue;
      const isByHeader: Walk['only'] = ({ operation }) => !operation.path.includes('{org_name}');
      await stage.walk(caller, { naming: as(owners, '*'), only: isByHeader, check: isMissing });
      const only: Walk['only'] = ({ operation }) => operation.path.includes('{org_name}');
      for (const path of [owners, `${owners} `])
        await stage.walk(caller, { naming: as(path, organization), only, check: isMissing });
    }
    await stage.assertUntouched();
  });

  test('callers for all organizations read across them by the calls that declare it, and by no other', async () => {
    const across = stage.operations.filter(({ mayBeAcross }) => mayBeAcross);
    assert.deepEqual(across.map(({ title }) => title).toSorted(), readingAcross);
    await stage.walk(stage.founder('*'), {
      naming: as('*', '*'),
      hidden: [],
      check({ status, text }, { operation, path }, seen) {
        if (!operation.mayBeAcross) return assert.equal(status, 404, seen);
        const isOfNode = path.includes('?node=');
        assert.equal(status, isOfNode ? 400 : 200, seen);
        if (!isOfNode && !path.includes('/count')) assert.ok(text.includes('"organization":'), seen);
      },
    });
    await stage.assertUntouched();
  });

  test('organizations whose name is its name and a space cannot reach it', async () => {
    const caller = stage.founder(`${owners} `);
    for (const path of [owners, caller.organization]) {
      await stage.walk(caller, {
        naming: as(path),
        check: ({ status, body }, _call, seen) =>
          assert.ok(status === 404 || body.error.code === 'ORGANIZATION_REQUIRED', seen),
      });
    }
    await stage.assertUntouched();
  });

  test('other organizations cannot use its ids and names to reach its data, and may reuse its names', async () => {
    const hidden = [...stage.owner.secrets, ...Object.values(names)];
    for (const organization of strangers) {
      const caller = stage.founder(organization);
      const naming = asOneself(organization);
      await stage.walk(caller, { naming, hidden, hasKeys: true, check: findsNothing });
      // By now the caller has a developer of that name.
      await stage.walk(caller, {
        naming,
        hidden,
        only: ({ operation }) => operation.title === subscriptions,
        check: ({ status, text }, _call, seen) => assert.ok(status === 404 && text.includes('RatePlan with id'), seen),
      });
    }
    await stage.assertUntouched();
  });

  test('organizations with the same names for their resources cannot reach its data', async () => {
    for (const organization of twins)
      await stage.walk(await stage.twin(organization), { naming: asOneself(organization), check: findsOnlyOwn });
    await stage.assertUntouched();
  });

  test('the organization itself reaches its own data by all these calls, and only its own endpoints are called', async () => {
    const { owner, elsewhere } = stage;
    await stage.walk(owner, {
      naming: asOneself(owners),
      hidden: ['stranger-'],
      check({ status, text, body }, { operation: { method, path } }, seen) {
        assert.ok(status < 300 || (['POST', 'DELETE'].includes(method) && status === 409), seen);
        // Lists of names have names that other organizations use too.
        if (method === 'GET' && !Array.isArray(body) && !withoutTexts.some((end) => path.endsWith(end)))
          assert.ok(
            owner.secrets.some((secret) => text.includes(secret)),
            seen,
          );
      },
    });
    await eventually(
      () => owner.receiver.received.some(({ body }) => body.includes('"quotaPercentUsed":90')) || undefined,
    );
    assert.ok(!JSON.stringify(elsewhere.received).includes(owner.mark));
    assert.ok(!JSON.stringify(owner.receiver.received).includes('stranger-'));
    assert.ok(JSON.stringify(elsewhere.received).includes('stranger-'));
  });

  test('every encrypted value and fingerprint of all tables is in a column that its owner has declared', async () => {
    const { database, encryption } = stage.gateway.app.foundation;
    const declared = new Set(
      encryptedTables([authentication, integration]).flatMap(({ table, columns, fingerprints = [] }) =>
        [...columns, ...fingerprints.map(({ column }) => column)].map((column) => `${table}.${column}`),
      ),
    );
    const found = new Set<string>();
    for (const { table, row } of await readAllRows(database)) {
      if (table === 'gateway_encryption_checks') continue;
      for (const [column, value] of Object.entries(row)) {
        const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
        if (text.includes(`${encryption.keyIds[0]}.`)) found.add(`${table}.${column}`);
      }
    }
    assert.deepEqual([...found].toSorted(), [...declared].toSorted());
  });
});
