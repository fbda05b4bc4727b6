import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { createRedeliveryJobs, RedeliveryJob } from '../../../src/dispatcher/deliveries/redelivery-jobs.ts';
import { createJobRepository } from '../../../src/dispatcher/store/job-repository.ts';
import { createReceiver, createTestGateway, type Receiver, type TestGateway } from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { createProbe, type Probe } from '../../support/probe-plugin.ts';

onEveryEngine('redelivery jobs of several organizations', ({ serverUrl }) => {
  let gateway: TestGateway;
  let probe: Probe;
  let receiver: Receiver;

  before(async () => {
    receiver = await createReceiver();
    probe = createProbe(receiver.url);
    // So long that the process runs no job by itself.
    const env = { DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8', DISPATCH_POLL_INTERVAL_MS: '60000' };
    gateway = await createTestGateway({ plugins: [probe.plugin], serverUrl, env });
    await probe.enqueue('many', 250, { organization: 'large' });
    await probe.enqueue('one', 1, { organization: 'small' });
    await settled();
  });
  after(async () => {
    await gateway.close();
    await receiver.close();
  });

  /** Waits until no delivery is open: one in flight would be skipped. */
  const settled = (): Promise<unknown> =>
    eventually(async () => !(await probe.database.read((db) => db('dispatcher_queue').first('delivery_id'))));

  const create = (organization: string): Promise<RedeliveryJob> =>
    probe.transaction((trx) => probe.dispatcher.redeliveryJobs.create(trx, { organization }));
  /** Plugins do not see it. */
  const step = (): Promise<boolean> =>
    (probe.dispatcher.redeliveryJobs as ReturnType<typeof createRedeliveryJobs>).runStep();
  const progress = async (organization: string, { id }: RedeliveryJob) => {
    const { state, redelivered } = await probe.dispatcher.redeliveryJobs.read(organization, id);
    return { state, redelivered };
  };

  test('organizations take turns, and a finished job is purged', async () => {
    const large = await create('large');
    const small = await create('small');
    assert.deepEqual([await step(), await step()], [true, true]);
    assert.deepEqual(await progress('large', large), { state: 'running', redelivered: 100 });
    assert.deepEqual(await progress('small', small), { state: 'done', redelivered: 1 });
    assert.equal(await step(), true);
    const before = gateway.clock.now() + 1;
    assert.equal(await probe.transaction((trx) => createJobRepository(trx, probe.database).purge(before)), 1);
    await assert.rejects(progress('small', small), { status: 404 });
    assert.deepEqual(await progress('large', large), { state: 'running', redelivered: 200 });
    assert.deepEqual([await step(), await step()], [true, false]);
    assert.deepEqual(await progress('large', large), { state: 'done', redelivered: 250 });
  });

  test('a failing step stops no other job', async () => {
    await settled();
    const broken = await create('large');
    await probe.database.transaction((trx) => trx('dispatcher_jobs').where({ id: broken.id }).update({ filter: '{' }));
    const small = await create('small');
    assert.deepEqual([await step(), await step()], [true, false]);
    assert.deepEqual(await progress('small', small), { state: 'done', redelivered: 1 });
  });
});
