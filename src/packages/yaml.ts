import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';

const require = createRequire(import.meta.url);

/** Loaded on demand: only a gateway with a targets file needs it. */
export const loadYaml = () => require('yaml') as typeof Yaml;
