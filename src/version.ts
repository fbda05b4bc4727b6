import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';

// The nearest package.json: a checkout has it beside src, a package beside dist.
const file = findPackageJSON(import.meta.url);
if (file === undefined) throw new Error('The package.json of hookgate is missing.');

/** The version of hookgate, from package.json. */
export const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };

/** `User-Agent` of the requests that the gateway makes on its own: callbacks, health checks, key sets. */
export const userAgent = `hookgate/${version}`;
