import { headerLines, hosts, requestLines } from '../../../conformance/attacks/lines.ts';
import { attackEach } from './attack-gateway.ts';

attackEach('lines of the head', headerLines, ['vertical tab after the colon']);
attackEach('first lines', requestLines);
attackEach('Host', hosts, ['absolute form with the right host']);
