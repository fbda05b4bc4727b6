import { framing, leftovers } from '../../../conformance/answers/framing.ts';
import { heads } from '../../../conformance/answers/heads.ts';
import { statuses } from '../../../conformance/answers/statuses.ts';
import { chunks, trailers } from '../../../conformance/attacks/chunks.ts';
import { expectations } from '../../../conformance/attacks/expectations.ts';
import { lengths } from '../../../conformance/attacks/lengths.ts';
import { headerLines, hosts, requestLines } from '../../../conformance/attacks/lines.ts';
import { transferEncodings } from '../../../conformance/attacks/transfer-encodings.ts';
import { attacksOnOneGateway } from './attack-gateway.ts';

const { answerEach, attackEach } = attacksOnOneGateway();

attackEach('Content-Length', lengths, [
  'two Content-Length headers that are the same',
  'Content-Length as a list of the same',
]);
attackEach('Transfer-Encoding', transferEncodings, [
  'Content-Length that ends later than the chunks (CL.TE)',
  'Content-Length that ends before the chunks (TE.CL)',
  'Transfer-Encoding before Content-Length',
  'Content-Length: 0 beside Transfer-Encoding (0.TE)',
  'Transfer-Encoding: ", chunked"',
  'Transfer-Encoding: "chunked,"',
  'spaces and tabs around chunked',
  'HTTP/1.0 with Transfer-Encoding',
  'HTTP/1.0 with Transfer-Encoding and Content-Length',
]);
attackEach('chunks', chunks, [
  'chunk size with a trailing space',
  'chunk with an extension of 20,000 bytes',
  'chunk with an empty extension',
]);
attackEach('trailers', trailers, ['trailer Content-Length', 'trailer Transfer-Encoding', 'trailers of 40,000 bytes']);
attackEach('Expect', expectations, ['Expect: ""']);

attackEach('header lines', headerLines, ['vertical tab after the colon']);
attackEach('request lines', requestLines);
attackEach('Host', hosts, ['absolute form with the right host']);

const sizesRefused = [32_768, 33_000, 40_000, 70_000].map((bytes) => `header of ${bytes} bytes`);
const countsRefused = [200, 250, 500, 1000, 2000].map((count) => `${count} headers`);

answerEach('odd statuses', statuses, ['status line "HTTP/1.1  200 OK"']);
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
