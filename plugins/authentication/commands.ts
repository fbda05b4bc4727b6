import Joi from 'joi';
import { type ApiError, isApiError, StartError } from '../../src/errors.ts';
import type { Command } from '../../src/plugin.ts';
import { createApiKeyService, type NewApiKey } from './keys/api-key-service.ts';
import { readScopeList, scopeListMeaning } from './keys/scope-list.ts';
import { grantScopes, listScopes, warnOfUnasked } from './scope-commands.ts';
import type { AuthenticationSettings } from './settings.ts';

interface CreateOptions {
  org: string[];
  email: string;
  name?: string;
  scope: string;
  json: boolean;
}

const organization = Joi.string()
  .max(100)
  .pattern(/^(?!\s)[^\p{Cc}]+(?<!\s)$/u, 'a name without control characters or spaces at its ends');

const fullMessage = ({ message }: ApiError): string => `${message} Revoke keys, or raise MAX_KEYS.`;

const maxEmail = 254;

/** Checks the length in lower case, in which the address is stored: `İ` has two characters then. */
const fittingInLowerCase: Joi.CustomValidator<string> = (email, helpers) =>
  email.toLowerCase().length <= maxEmail ? email : helpers.error('string.max', { limit: maxEmail });

/** A name beside `*` would look like a limit. */
const alone: Joi.CustomValidator<string[]> = (names, helpers) =>
  names.length > 1 && names.includes('*') ? helpers.error('alone') : names;

const createOptions = Joi.object<CreateOptions>({
  // The list is stored as JSON in 65,535 bytes.
  org: Joi.array()
    .items(organization)
    .min(1)
    .max(150)
    .unique()
    .custom(alone)
    .messages({
      'array.unique': 'org {{#value}} is given more than once',
      alone: "org '*' stands for all organizations: give it without others",
    })
    .required(),
  email: Joi.string().email({ tlds: false }).custom(fittingInLowerCase).required(),
  name: Joi.string()
    .max(190)
    .pattern(/^(?!\s)[^\p{Cc}]+(?<!\s)$/u, 'a name without control characters or spaces at its ends'),
  scope: Joi.string()
    .custom((text: string, helpers) => readScopeList(text)?.join(' ') ?? helpers.error('scopes'))
    .messages({ scopes: `{{#label}} must be ${scopeListMeaning}` })
    .required(),
  json: Joi.boolean().default(false),
});

const createKey: Command<AuthenticationSettings> = {
  name: 'keys create',
  usage: '--org <name> [--org <name>…] --email <address> --scope "<scope> <scope>" [--name <application>] [--json]',
  options: {
    org: { type: 'string', multiple: true },
    email: { type: 'string' },
    scope: { type: 'string' },
    name: { type: 'string' },
    json: { type: 'boolean' },
  },
  async run(context, { values }) {
    const { settings, database, now, print } = context;
    const { value, error } = createOptions.validate(values, { abortEarly: false, errors: { wrap: { label: false } } });
    if (error) throw new StartError(error.details.map(({ message }) => `--${message}`).join('\n'));
    const { org, email, scope, name, json } = value as CreateOptions;
    const wanted: NewApiKey = { name, email, scope, organizations: org };
    const keys = createApiKeyService({ database, maxKeys: settings.MAX_KEYS, now });
    const issued = await keys.create(wanted).catch((error: unknown) => {
      throw isApiError(error) && error.code === 'LIMIT_REACHED' ? new StartError(fullMessage(error)) : error;
    });
    print(JSON.stringify(issued, null, json ? 0 : 2));
    if (!json) print('Store the secret key now; it cannot be shown again.');
    await warnOfUnasked(context, scope.split(' '));
  },
};

const listKeys: Command = {
  name: 'keys list',
  usage: '',
  async run({ database, now, formatTime, print }) {
    for (const key of await createApiKeyService({ database, now }).list()) {
      const state = key.revokedAt === undefined ? 'active' : `revoked ${formatTime(key.revokedAt)}`;
      const columns = [key.apiKey, key.email, key.organizations.join(','), key.scope, formatTime(key.createdAt), state];
      print([...columns, key.name ?? []].flat().join('  '));
    }
  },
};

const revokeKey: Command = {
  name: 'keys revoke',
  usage: '<api_key>',
  async run({ database, now, print }, { positionals: [apiKey, ...rest] }) {
    if (apiKey === undefined || rest.length > 0) throw new StartError('Give exactly one API key to revoke.');
    if (!(await createApiKeyService({ database, now }).revoke(apiKey)))
      throw new StartError(`No active API key ${apiKey}.`);
    print(
      `${apiKey} is revoked. Basic sign-in and token refresh end now; access tokens, tunnels and streams within 60 s.`,
    );
  },
};

export const commands: readonly Command<AuthenticationSettings>[] = [
  createKey,
  listKeys,
  revokeKey,
  grantScopes,
  listScopes,
];
