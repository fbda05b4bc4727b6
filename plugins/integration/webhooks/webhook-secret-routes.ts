import { defineRoute, type Route } from '../../../src/plugin.ts';
import { organizationExample, webhookExample } from '../examples.ts';
import { signingSecretAnswer } from '../signing-secret.ts';
import { webhookParams } from './webhook-schemas.ts';
import type { WebhookSecretService } from './webhook-secret-service.ts';

const base = '/v1/mint/organizations/:org_name/webhooks/:id/secret';

/** Routes of a webhook's signing secret. Reading it requires the write scope, because the secret allows signing. */
export function createWebhookSecretRoutes({ secrets }: { secrets: WebhookSecretService }): Route[] {
  const secret = {
    description: 'The signing secret.',
    schema: signingSecretAnswer,
    example: { secret: 'whsec_c2VjcmV0' },
  };
  const shared = {
    scopes: ['integration:write'],
    organization: 'path' as const,
    params: webhookParams,
    answers: {
      200: secret,
      404: { description: 'There is no such webhook.', codes: ['mint.resourceDoesNotExist'] },
    },
    example: { params: { org_name: organizationExample, id: webhookExample } },
  };
  return [
    defineRoute({
      ...shared,
      method: 'GET',
      path: base,
      operationId: 'getWebhookSecret',
      summary: "Read a webhook's signing secret",
      handler: async (req, res) => {
        res.json({ secret: await secrets.read(req.organization, req.params.id) });
      },
    }),
    defineRoute({
      ...shared,
      method: 'POST',
      path: `${base}/rotate`,
      operationId: 'rotateWebhookSecret',
      summary: "Rotate a webhook's signing secret",
      description: 'Deliveries are signed with both the old and the new secret for 24 hours.',
      transact: async (req, trx) => ({
        status: 200,
        body: { secret: await secrets.rotate(trx, req.organization, req.params.id) },
      }),
    }),
  ];
}
