import { StartError } from '../../src/errors.ts';
import type { Command, CommandContext } from '../../src/plugin.ts';
import { createApiKeyService } from './keys/api-key-service.ts';
import { readScopeList, scopeListMeaning } from './keys/scope-list.ts';

interface GrantOptions {
  scope?: string;
  remove?: string;
}

export const grantScopes: Command = {
  name: 'keys grant',
  usage: '<api_key> [--scope "<scope> <scope>"] [--remove "<scope> <scope>"]',
  options: { scope: { type: 'string' }, remove: { type: 'string' } },
  async run(context, { values, positionals: [apiKey, ...rest] }) {
    const { database, now, print } = context;
    const { scope, remove } = values as GrantOptions;
    if (apiKey === undefined || rest.length > 0) throw new StartError('Give exactly one API key.');
    if (scope === undefined && remove === undefined) throw new StartError('Give --scope, --remove or both.');
    const change = { add: scopesOf('scope', scope), remove: scopesOf('remove', remove) };
    const changed = await createApiKeyService({ database, now }).changeScopes(apiKey, change);
    print(`${apiKey} has now: ${changed === '' ? 'no scope' : changed}`);
    print('Added scopes count at once with Basic, and with tokens from their next refresh or sign-in.');
    print('Removed scopes end at once with Basic and within 60 s for access tokens, tunnels and streams.');
    await warnOfUnasked(context, change.add);
  },
};

function scopesOf(option: string, text: string | undefined): string[] {
  if (text === undefined) return [];
  const scopes = readScopeList(text);
  if (!scopes) throw new StartError(`--${option} must be ${scopeListMeaning}`);
  return scopes;
}

export const listScopes: Command = {
  name: 'keys scopes',
  usage: '',
  async run({ database, now, print, askedScopes }) {
    const asked = await askedScopes();
    const holders = new Map<string, string[]>([...asked.keys()].map((scope) => [scope, []]));
    for (const { apiKey, scope, revokedAt } of await createApiKeyService({ database, now }).list()) {
      if (revokedAt !== undefined) continue;
      for (const name of scope.split(' ').filter(Boolean)) holders.set(name, [...(holders.get(name) ?? []), apiKey]);
    }
    for (const [scope, keys] of holders) {
      const targets = asked.get(scope);
      print(
        [scope, targets ? `target ${targets.join(', ')}` : 'no route asks for it', keys.join(', ') || 'no key'].join(
          '  ',
        ),
      );
    }
  },
};

/** Warns of scopes that no route asks for: such a scope is misspelt, or its target is missing. */
export async function warnOfUnasked(
  { askedScopes, warn }: Pick<CommandContext, 'askedScopes' | 'warn'>,
  scopes: readonly string[],
): Promise<void> {
  if (scopes.length === 0) return;
  try {
    const asked = await askedScopes();
    const unasked = scopes.filter((scope) => !asked.has(scope));
    if (unasked.length > 0)
      warn(`Warning: no route asks for ${unasked.join(', ')}. "keys scopes" lists the scopes of all routes.`);
  } catch (error) {
    warn(`Warning: the scopes were not compared with the routes: ${(error as Error).message}`);
  }
}
