import { isPackage } from './installation.mjs';

/** The program as a user types it in front of a command. */
export const programName = isPackage ? 'npx hookgate' : 'npm run -s hookgate --';
