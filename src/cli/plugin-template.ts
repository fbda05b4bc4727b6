import { globSync, readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { StartError } from '../errors.ts';
import { programName } from '../program-name.ts';

/** A complete plugin with the name `sample-shop`, compiled, linted and tested like the gateway itself. Published as it is. */
const template = join(dirname(findPackageJSON(import.meta.url) ?? '.'), 'templates', 'plugin');

export interface TemplateFile {
  /** Path inside the plugin's folder. */
  readonly path: string;
  readonly text: string;
}

/** The files of a new plugin, from the template in `folder`. Throws `StartError` if the template is not installed. */
export function renderTemplate(name: string, folder = template): TemplateFile[] {
  const files = globSync('**/*.{ts,md}', { cwd: folder }).sort();
  if (files.length === 0)
    throw new StartError(`The template of plugins is missing: ${folder} has no files. Install hookgate again.`);
  return files.map((path) => ({
    path: render(path, name),
    text: render(readFileSync(join(folder, path), 'utf8'), name).replaceAll('npx hookgate', programName),
  }));
}

/** The template's name has two words, so that it has four different spellings. */
function render(text: string, name: string): string {
  const words = name.split('-').filter(Boolean);
  const pascal = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return text
    .replaceAll('sample-shop', name)
    .replaceAll('sample_shop', words.join('_'))
    .replaceAll('sampleShop', pascal.charAt(0).toLowerCase() + pascal.slice(1))
    .replaceAll('SampleShop', pascal);
}
