import Joi from 'joi';
import { type Environment, readSettings } from '../../src/plugin.ts';

export interface AuthenticationSettings {
  TOKEN_ISSUER: string;
  TOKEN_AUDIENCE: string;
}

const schema = Joi.object<AuthenticationSettings>({
  TOKEN_ISSUER: Joi.string().default('hookgate'),
  TOKEN_AUDIENCE: Joi.string().default('hookgate'),
});

export const readAuthenticationSettings = (env: Environment): AuthenticationSettings => readSettings(env, schema);
