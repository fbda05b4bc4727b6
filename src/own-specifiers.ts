import { registerHooks } from 'node:module';
import { extname } from 'node:path';

/** The specifiers of `exports` in package.json, with their modules. A test compares the lists. */
export const ownModules: Readonly<Record<string, string>> = {
  hookgate: 'index',
  'hookgate/plugin': 'plugin',
  'hookgate/errors': 'errors',
  'hookgate/testing': 'testing/index',
  'hookgate/client': 'client/client',
};

// TypeScript in a checkout, JavaScript in a package.
const urlOf = (module: string): string => new URL(`./${module}${extname(import.meta.filename)}`, import.meta.url).href;

let isRegistered = false;

/**
 * Leads `hookgate/plugin` and the other own specifiers, in any file of this process, to the modules of this gateway: a plugin needs
 * no package `hookgate` beside it, and gets the same classes as the gateway where it has another one.
 */
export function resolveOwnSpecifiers(): void {
  if (isRegistered) return;
  isRegistered = true;
  const urls = new Map(Object.entries(ownModules).map(([specifier, module]) => [specifier, urlOf(module)]));
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const url = urls.get(specifier);
      return url === undefined ? nextResolve(specifier, context) : { url, shortCircuit: true };
    },
  });
}
