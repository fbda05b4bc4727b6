import { definePlugin } from '../../src/plugin.ts';
import { createDistributorRoutes } from './distributors/distributor-routes.ts';
import { createDistributorService } from './distributors/distributor-service.ts';

/** Distributors: where a node's events go. */
export const integration = definePlugin({
  name: 'integration',
  apiVersion: 1,
  summary: "Distributors: where a node's events go.",

  setup({ database, encryption, now, formatTime }) {
    const distributors = createDistributorService({ database, encryption, now });
    return { routes: createDistributorRoutes({ distributors, formatTime }) };
  },
});
