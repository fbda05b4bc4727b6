import Joi from 'joi';
import { type Environment, readSettings } from '../../src/plugin.ts';

/** Upper bounds of the resources of one organization. */
export interface IntegrationSettings {
  MAX_DISTRIBUTORS: number;
  MAX_WEBHOOKS: number;
  MAX_CONDITIONS: number;
  MAX_DEVELOPERS: number;
  MAX_APPS: number;
  MAX_PRODUCTS: number;
  MAX_PACKAGES: number;
  MAX_RATE_PLANS: number;
  MAX_SUBSCRIPTIONS: number;
  MAX_EVENT_TYPES: number;
}

const most = (fallback: number): Joi.NumberSchema => Joi.number().integer().min(1).max(1_000_000_000).default(fallback);

const schema = Joi.object<IntegrationSettings>({
  MAX_DISTRIBUTORS: most(100_000),
  MAX_WEBHOOKS: most(10_000),
  MAX_CONDITIONS: most(10_000),
  MAX_DEVELOPERS: most(100_000),
  MAX_APPS: most(100_000),
  MAX_PRODUCTS: most(10_000),
  MAX_PACKAGES: most(10_000),
  MAX_RATE_PLANS: most(10_000),
  MAX_SUBSCRIPTIONS: most(100_000),
  MAX_EVENT_TYPES: most(1000),
});

export const readIntegrationSettings = (env: Environment): IntegrationSettings => readSettings(env, schema);
