import { framing, leftovers } from '../../../conformance/answers/framing.ts';
import { heads } from '../../../conformance/answers/heads.ts';
import { statuses } from '../../../conformance/answers/statuses.ts';
import { answerEach } from './attack-gateway.ts';

const sizesRefused = [32_768, 33_000, 40_000, 70_000].map((bytes) => `header of ${bytes} bytes`);
const countsRefused = [200, 250, 500, 1000, 2000].map((count) => `${count} headers`);

answerEach('odd statuses', statuses, ['100 Continue before the response', 'status line "HTTP/1.1  200 OK"']);
answerEach('odd framing', framing, [
  'Content-Length and Transfer-Encoding',
  'Transfer-Encoding and Content-Length',
  'two Content-Length headers that are the same',
  'Content-Length as a list of the same',
  'Content-Length in a folded line',
  'trailer Content-Length',
]);
answerEach('unsolicited bytes', leftovers);
answerEach('odd heads', heads, ['folded line', ...sizesRefused, ...countsRefused]);
