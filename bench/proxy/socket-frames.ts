/** The text `ping` as a client sends it, masked with zeros. */
export const ping = Buffer.from([0x81, 0x84, 0, 0, 0, 0, ...Buffer.from('ping')]);

/** The same text as a server sends it. */
export const pingAnswer = Buffer.from([0x81, 0x04, ...Buffer.from('ping')]);

export const frameBytes = ping.length;
