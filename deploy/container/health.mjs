// Health check of the container, whose image has no curl: exits with 0 if the path in the argument, `/healthz` unless given,
// answers 200 within two seconds. The connection stays within the container, so the certificate need not name this address.
const { PORT: port = '8080', TLS_CERT_FILE: certificate } = process.env;
const { get } = await import(certificate ? 'node:https' : 'node:http');
const options = {
  host: '127.0.0.1',
  port: port || '8080',
  path: process.argv[2] ?? '/healthz',
  timeout: 2000,
  rejectUnauthorized: false,
};
get(options, (response) => process.exit(response.statusCode === 200 ? 0 : 1))
  .on('timeout', () => process.exit(1))
  .on('error', () => process.exit(1));
