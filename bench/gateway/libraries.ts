// Imports the gateway's libraries and does nothing with them: the memory that no code of the project could save.
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
process.stdout.write('nothing listens on http://127.0.0.1\n');
setInterval(() => {}, 60_000);
