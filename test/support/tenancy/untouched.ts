import assert from 'node:assert/strict';
import type { TestAnswer, TestGateway } from '../../../src/testing/index.ts';
import { eventually } from '../eventually.ts';
import { type Founder, names } from './founder.ts';
import { readAllRows } from './rows.ts';
import { type Tenant, tokenOf } from './tenant.ts';

/**
 * Records the contents of the database and the number of calls to the owner's endpoints, while the owner is the only
 * organization. The returned function asserts that both are unchanged and that no new row belongs to the owner.
 */
export async function watchTenant(gateway: TestGateway, owner: Tenant): Promise<(other: Founder) => Promise<void>> {
  const { database } = gateway.app.foundation;
  // Statistics and reports follow their deliveries after a moment.
  for (const table of ['dispatcher_tallies', 'dispatcher_changes'])
    await eventually(async () => {
      const waiting = await database.read((db) => db(table).whereNot({ id: '' }).first('id'));
      return waiting === undefined || undefined;
    });
  const before = new Set((await readAllRows(database)).map(({ text }) => text));
  const calls = owner.receiver.received.length;
  const own = new Set<unknown>([owner.organization, ...Object.values(owner.ids)]);

  return async (other) => {
    await settle(gateway, other);
    const rows = await readAllRows(database);
    const now = new Set(rows.map(({ text }) => text));
    for (const row of before) assert.ok(now.has(row), `changed or gone: ${row}`);
    for (const { table, text, row } of rows.filter((each) => !before.has(each.text))) {
      assert.ok(!Object.values(row).some((value) => own.has(value)), `new: ${text}`);
      // A redelivery job of another organization about the owner's distributor matches no delivery, not even to skip
      // it.
      if (table === 'dispatcher_jobs' && text.includes(owner.ids.distributor))
        assert.deepEqual([row.redelivered, row.skipped], [0, 0], text);
    }
    assert.equal(owner.receiver.received.length, calls);
  };
}

/** Resolves when all jobs are done and the last accepted delivery was sent, and with it all deliveries due before. */
async function settle(gateway: TestGateway, { organization, mark, receiver }: Founder): Promise<void> {
  const { database } = gateway.app.foundation;
  await eventually(async () => {
    const running = await database.read((db) => db('dispatcher_jobs').where({ state: 'running' }).first('id'));
    return running === undefined || undefined;
  });
  const token = await tokenOf(gateway, organization);
  const post = (path: string, body: object): Promise<TestAnswer> =>
    gateway.request(`/api/v1/integration/distributors${path}`, { target: 'integration', token, body });
  const meta = { host: receiver.url, path: `/${mark}`, method: 2 };
  const { id } = (await post(`/nodes/${names.node}`, { meta })).body;
  assert.equal((await post(`/${id}/events`, { type: 'last', data: {} })).status, 202);
  await eventually(() => receiver.received.some(({ path }) => path === `/${mark}`) || undefined);
}
