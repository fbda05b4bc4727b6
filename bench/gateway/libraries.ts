// Imports what the gateway imports and does nothing with it: the memory that no code of ours could save.
await Promise.all([
  import('express'),
  import('express-jwt'),
  import('joi'),
  import('jose'),
  import('knex'),
  import('mysql2'),
  import('rate-limiter-flexible'),
  import('winston'),
]);
process.stdout.write('nobody listens on http://127.0.0.1\n');
setInterval(() => {}, 60_000);
