import Joi from 'joi';
import { type Environment, readSettings } from '../../src/plugin.ts';

export interface AuthenticationSettings {
  TOKEN_ISSUER: string;
  TOKEN_AUDIENCE: string;
  /** API keys of an organization that are not revoked. */
  MAX_KEYS: number;
}

const schema = Joi.object<AuthenticationSettings>({
  TOKEN_ISSUER: Joi.string().default('hookgate'),
  TOKEN_AUDIENCE: Joi.string().default('hookgate'),
  MAX_KEYS: Joi.number().integer().min(1).max(1_000_000_000).default(1000),
});

export const readAuthenticationSettings = (env: Environment): AuthenticationSettings => readSettings(env, schema);
