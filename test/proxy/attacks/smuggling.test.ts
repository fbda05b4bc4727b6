import { chunks, trailers } from '../../../conformance/attacks/chunks.ts';
import { expectations } from '../../../conformance/attacks/expectations.ts';
import { lengths } from '../../../conformance/attacks/lengths.ts';
import { transferEncodings } from '../../../conformance/attacks/transfer-encodings.ts';
import { attackEach } from './attack-gateway.ts';

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
