/**
 * The module `node:http`. An `import` of its values reads every export, and one of them is a getter that loads the `fetch` of
 * Node.js with its caches and WebSockets, which the gateway never uses: 50 ms of processor time at every start.
 */
export const http = process.getBuiltinModule('node:http');
