// Judges a tarball of the package: `node scripts/package/lint.mjs <tarball>`. publint and attw (are the types wrong) have packages of
// their own in this folder: attw brings a TypeScript of 23 MB.
import { readFileSync } from 'node:fs';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

/** The package is for ES modules alone: `require` of Node.js 20.19 and newer loads these too. */
const ofModulesAlone = ['CJSResolvesToESM'];

const [tarball = ''] = process.argv.slice(2);
const bytes = readFileSync(tarball);
const { messages, pkg } = await publint({
  pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) },
  strict: true,
});
const { problems = [] } = await checkPackage(createPackageFromTarballData(new Uint8Array(bytes)));
const found = [
  ...messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false })}`),
  ...problems.filter(({ kind }) => !ofModulesAlone.includes(kind)).map((problem) => `attw: ${JSON.stringify(problem)}`),
];
for (const line of found) process.stderr.write(`${line}\n`);
process.stdout.write(`publint and attw: ${found.length} problems\n`);
process.exitCode = found.length === 0 ? 0 : 1;
