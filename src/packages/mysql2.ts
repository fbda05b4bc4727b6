import { createRequire } from 'node:module';
import type * as Mysql2 from 'mysql2';

const require = createRequire(import.meta.url);

/** Loaded on demand: the driver is a tenth of the time of a start, and the embedded database does without it. */
export const loadMysql2 = () => require('mysql2') as typeof Mysql2;
