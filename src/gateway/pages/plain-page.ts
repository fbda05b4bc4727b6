import { hash } from 'node:crypto';
import { pageHeaders } from './page-headers.ts';

const style = `
:root { color-scheme: light dark; font: 1.0625rem/1.5 system-ui, sans-serif; }
body { margin: 0; background: light-dark(#fff, #16181d); color: light-dark(#1c1e21, #e8eaed); }
main { max-width: 36rem; margin: 0 auto; padding: 12vh 1.25rem 2rem; }
h1 { margin: 0; font-size: 2rem; line-height: 1.2; }
p { margin: 0.25rem 0 2rem; color: light-dark(#5f6368, #a8adb5); }
ul { margin: 0; padding: 0; list-style: none; border-top: 1px solid light-dark(#dadce0, #3c4043); }
li { padding: 0.75rem 0; border-bottom: 1px solid light-dark(#dadce0, #3c4043); }
a { display: block; font-weight: 600; color: light-dark(#0b57d0, #8ab4f8); }
`;

export const htmlType = 'text/html; charset=utf-8';

export const plainPageHeaders = {
  ...pageHeaders(`style-src 'sha256-${hash('sha256', style, 'base64')}'; img-src data:`),
  'Cache-Control': 'no-cache',
};

/** A page of the gateway itself, without scripts. `main` is HTML. */
export const toPlainPage = (main: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>hookgate</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main>
${main}
</main>
</body>
</html>
`;
