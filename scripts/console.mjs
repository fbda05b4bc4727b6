// @ts-check
// `npm run console`: builds the web pages of the console into plugins/console/dist, unless they are there and their sources have not
// changed. The output of a failed build is printed.
import { buildConsole } from './console/build-console.mjs';

process.exitCode = await buildConsole({ isOptional: false });
