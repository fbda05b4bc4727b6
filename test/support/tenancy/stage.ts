import { authentication } from '../../../plugins/authentication/index.ts';
import { integration } from '../../../plugins/integration/index.ts';
import {
  createReceiver,
  createTestClock,
  createTestGateway,
  type Receiver,
  type TestGateway,
} from '../../../src/testing/index.ts';
import type { TenantCall } from './calls.ts';
import type { Founder } from './founder.ts';
import { type Operation, readOperations } from './operations.ts';
import { createTenant, day, type Tenant, tenantScript } from './tenant.ts';
import { watchTenant } from './untouched.ts';
import { callsBy, type Walk, walkAs } from './walk.ts';

/** A gateway with an organization that has resources of every kind, and other organizations that try to reach them. */
export interface TenantStage {
  readonly gateway: TestGateway;
  readonly operations: readonly Operation[];
  readonly owner: Tenant;
  /** Receives the callbacks of all organizations but the owner. */
  readonly elsewhere: Receiver;
  /** An organization without resources. */
  founder(organization: string): Founder;
  /** An organization whose resources have the same names as the owner's. */
  twin(organization: string): Promise<Tenant>;
  callsBy(caller: Founder): TenantCall[];
  /** Makes every documented call about the owner's resources as this caller. */
  walk(caller: Founder, walk: Walk): Promise<void>;
  /**
   * Asserts that the owner's rows are unchanged, that no new row belongs to the owner, and that its endpoints were not
   * called.
   */
  assertUntouched(): Promise<void>;
  close(): Promise<void>;
}

export async function startTenants(organization: string, serverUrl: string | undefined): Promise<TenantStage> {
  const receiver = await createReceiver(tenantScript);
  const elsewhere = await createReceiver(tenantScript);
  const clock = createTestClock();
  clock.set(day);
  const env = { DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8', DISPATCH_POLL_INTERVAL_MS: '100' };
  const gateway = await createTestGateway({ plugins: [authentication, integration], serverUrl, clock, env });
  const operations = await readOperations(gateway);
  const owner = await createTenant(gateway, {
    organization,
    mark: 'heliotrope',
    receiver,
    usageTarget: '%= 80 to 120 by 10',
    isEntangled: true,
  });
  const assertUntouched = await watchTenant(gateway, owner);
  let founders = 0;
  const founder = (name: string): Founder => {
    founders += 1;
    const mark = `stranger-${founders}.`;
    return { organization: name, mark, receiver: elsewhere, usageTarget: '%= 70 to 80', isEntangled: false };
  };
  return {
    gateway,
    operations,
    owner,
    elsewhere,
    founder,
    twin: (name) => createTenant(gateway, founder(name)),
    callsBy: (caller) => callsBy(caller, { operations, owner }),
    walk: (caller, walk) => walkAs(caller, { gateway, operations, owner }, walk),
    assertUntouched: () => assertUntouched(founder('bystander')),
    async close() {
      await gateway.close();
      await receiver.close();
      await elsewhere.close();
    },
  };
}
