import Joi from 'joi';
import { type Environment, readSettings } from '../../src/plugin.ts';

export interface ConsoleSettings {
  CONSOLE: 'on' | 'off';
  /** Undefined: no sign-in at the outside identity provider. */
  CONSOLE_OIDC_CLIENT_ID?: string;
  CONSOLE_OIDC_SCOPE: string;
  /** Further parameters of the authorization request, as a query. */
  CONSOLE_OIDC_PARAMETERS?: string;
  /** The gateway's own setting, with the issuer whose tokens it accepts. */
  JWT_ISSUER?: string;
}

const ofProvider: Joi.CustomValidator<string> = (text, helpers) => {
  const { JWT_ISSUER: issuer = '' } = helpers.state.ancestors[0] as Partial<ConsoleSettings>;
  return /^https?:$/.test(URL.parse(issuer)?.protocol ?? '')
    ? text
    : helpers.message({ custom: 'needs JWT_ISSUER, the http or https address of the identity provider' });
};

/** The gateway sets these itself: others would weaken the sign-in. */
const own = 'client_id redirect_uri response_type response_mode scope state nonce code_challenge code_challenge_method';

const furtherParameters: Joi.CustomValidator<string> = (text, helpers) =>
  [...new URLSearchParams(text).keys()].some((name) => own.split(' ').includes(name) || name === '')
    ? helpers.message({ custom: `must be a query such as audience=https://api.example.com, without ${own}` })
    : text;

const schema = Joi.object<ConsoleSettings>({
  CONSOLE: Joi.string().valid('on', 'off').default('on'),
  CONSOLE_OIDC_CLIENT_ID: Joi.string().max(200).custom(ofProvider),
  CONSOLE_OIDC_SCOPE: Joi.string()
    .pattern(/^(?:\S+ )*openid(?: \S+)*$/, 'scopes separated by spaces, with openid among them')
    .max(1000)
    .default('openid email'),
  CONSOLE_OIDC_PARAMETERS: Joi.string().max(1000).custom(furtherParameters),
  JWT_ISSUER: Joi.string(),
});

/** Names of the console's own settings. */
export const consoleSettingNames: readonly string[] = Object.keys(schema.describe().keys ?? {}).filter((name) =>
  name.startsWith('CONSOLE'),
);

export const readConsoleSettings = (env: Environment): ConsoleSettings => readSettings(env, schema);
