// `npm run check:image`: builds the image and the services of compose.yaml on Debian, without a registry of images, runs them and
// prints measured figures. Needs root and the packages of scripts/image/tools.ts. `--folder <path>` keeps images there for the next
// run; `--image-only` leaves compose.yaml out. Exits with 1 if something is not as it should be.
import { parseArgs } from 'node:util';
import { buildImage, buildStandIns } from './image/build-images.ts';
import { openTools, problemOfMachine } from './image/tools.ts';
import { tryCompose } from './image/try-compose.ts';
import { type Report, tryImage } from './image/try-image.ts';
import { seconds } from './image/wait-for.ts';

const { values } = parseArgs({ options: { folder: { type: 'string' }, 'image-only': { type: 'boolean' } } });
const report: Report = (subject, value) => void process.stdout.write(`${subject.padEnd(40)} ${value}\n`);

const problem = problemOfMachine();
if (problem === undefined) await check();
else {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}

async function check(): Promise<void> {
  const tools = openTools(values.folder);
  const image = 'hookgate';
  try {
    report('built in', `${await seconds(() => buildImage(tools, image))} s`);
    await tryImage(tools, image, report);
    if (values['image-only']) return;
    buildStandIns(tools);
    await tryCompose(tools, image, report);
  } finally {
    tools.close();
  }
}
