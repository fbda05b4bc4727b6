// @ts-check
// Runs before `npm start` and `npm test`, as `node scripts/prepare.mjs [--dev]`: installs missing packages, then builds the web pages
// of the console. One process for both checks, because a start waits for it. A failed build is one line, and the start goes on.
await import('./install.mjs');
if (!process.exitCode) {
  const { buildConsole } = await import('./console/build-console.mjs');
  process.exitCode = await buildConsole({ isOptional: true });
}
