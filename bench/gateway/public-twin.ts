import { distributorAnswer, distributorParams } from '../../plugins/integration/distributors/distributor-schemas.ts';
import { createDistributorService } from '../../plugins/integration/distributors/distributor-service.ts';
import { toAnswer } from '../../plugins/integration/distributors/distributor-view.ts';
import { createOrganizationLimits } from '../../plugins/integration/limits/organization-limits.ts';
import { readIntegrationSettings } from '../../plugins/integration/settings.ts';
import { definePlugin, defineRoute } from '../../src/plugin.ts';

/** The route that reads a distributor, without authentication: the difference in speed is the cost of bearer tokens. */
export const publicTwin = definePlugin({
  name: 'public-twin',
  apiVersion: 1,
  setup({ database, encryption, dispatcher, now, formatTime }) {
    const limits = createOrganizationLimits({ database, settings: readIntegrationSettings({}) });
    const distributors = createDistributorService({ database, encryption, dispatcher, limits, now });
    const read = defineRoute({
      method: 'GET',
      path: '/api/v1/integration/distributors/:id',
      summary: 'Read a distributor',
      public: true,
      params: distributorParams,
      answers: { 200: { description: 'The distributor.', schema: distributorAnswer } },
      handler: async (req, res) => {
        res.json(toAnswer(await distributors.read('bench', req.params.id), formatTime));
      },
    });
    return { routes: [read] };
  },
});
