// `npm run conformance -- --url <gateway>`: checks a gateway over raw sockets; exit code 1 if a check has failed.
import { conformance } from './conformance.ts';

process.exitCode = await conformance(process.argv.slice(2), (text) => void process.stdout.write(`${text}\n`));
