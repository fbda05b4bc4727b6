import type { CommandContext, Dispatcher, EndpointKind, PluginContext } from '../../src/plugin.ts';
import { createTurnOff } from './delivery-settings/turn-off.ts';
import { createDistributorEndpoints } from './distributors/distributor-endpoints.ts';
import { createWebhookEndpoints } from './webhooks/webhook-endpoints.ts';

/** The kinds of endpoints of the plugin. They are looked up on the reserved connections. */
export function endpointKinds(parts: Pick<PluginContext, 'database' | 'encryption' | 'dispatcher' | 'now'>) {
  const { database, encryption, now } = parts;
  const lookups = { database: database.reserved, encryption, now };
  const turnOff = createTurnOff(parts);
  return [
    ...createDistributorEndpoints({ ...lookups, turnOff: turnOff.distributor }),
    ...createWebhookEndpoints({ ...lookups, turnOff: turnOff.webhook }),
  ] satisfies EndpointKind[];
}

/** The dispatcher of a command, with the plugin's endpoints. */
export async function openRegisteredDispatcher(
  context: Pick<CommandContext, 'openDispatcher' | 'database' | 'encryption' | 'now'>,
): Promise<Dispatcher> {
  const dispatcher = await context.openDispatcher();
  for (const kind of endpointKinds({ ...context, dispatcher })) dispatcher.registerEndpointKind(kind);
  return dispatcher;
}
