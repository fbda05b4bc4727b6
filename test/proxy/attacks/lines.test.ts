import { headerLines, hosts, requestLines } from '../../../conformance/attacks/lines.ts';
import { attackEach } from './attack-gateway.ts';

attackEach('header lines', headerLines, ['vertical tab after the colon']);
attackEach('request lines', requestLines);
attackEach('Host', hosts, ['absolute form with the right host']);
