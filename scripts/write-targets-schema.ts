// `npm run schema`: writes targets.schema.json from the schema that checks targets files.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTargetsJsonSchema } from '../src/proxy/targets/targets-json-schema.ts';

const file = join(import.meta.dirname, '..', 'targets.schema.json');
writeFileSync(file, `${JSON.stringify(createTargetsJsonSchema(), null, 2)}\n`);
