/** The page `/docs`: static, without data of any target, so that it needs no credentials. */
export const docsPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>hookgate API</title>
<link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<form id="sign-in" class="swagger-ui" autocomplete="off" hidden>
<div class="scheme-container"><div class="wrapper">
<label>Access token <input id="token" type="password" autocomplete="off" spellcheck="false" required></label>
<button class="btn authorize" type="submit">Show the documentation</button>
<p id="problem" role="alert"></p>
</div></div>
</form>
<div id="docs"></div>
<noscript>This page needs JavaScript; the same documentation is at <a href="/openapi.json">/openapi.json</a>.</noscript>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

/**
 * The script of the page. It asks for a token if the document needs one, and keeps it in this page's memory. All
 * requests omit credentials that the browser itself may hold.
 */
export const docsScript = `'use strict';
const form = document.getElementById('sign-in');
const problem = document.getElementById('problem');

async function show(token) {
  const headers = token === undefined ? {} : { Authorization: 'Bearer ' + token };
  const answer = await fetch('/openapi.json', { headers, credentials: 'omit', cache: 'no-cache' });
  const text = await answer.text();
  form.hidden = answer.ok;
  if (answer.status === 401) {
    problem.textContent = token === undefined ? '' : 'The token is not valid, or has expired.';
    return;
  }
  if (!answer.ok) throw new Error('The document cannot be loaded: status ' + answer.status + '.');
  const spec = JSON.parse(text);
  const ui = SwaggerUIBundle({
    spec,
    plugins: [followLinks(spec)],
    dom_id: '#docs',
    deepLinking: true,
    validatorUrl: null,
    persistAuthorization: false,
    requestInterceptor: (request) => Object.assign(request, { credentials: 'omit' }),
    onComplete: () => token !== undefined && ui.preauthorizeApiKey('bearer', token),
  });
}

/** Each response fills its ids into the calls that its links name: the examples then work one after the other. */
function followLinks(spec) {
  const at = (body, expression) =>
    String(expression.replace('$response.body#/', '').split('/').reduce((value, name) => value?.[name], body));
  const fill = ({ specActions, oas3Actions }, path, method, { status, body }) => {
    const links = spec.paths[path]?.[method]?.responses[status]?.links ?? {};
    for (const { operationRef, parameters = {}, requestBody } of Object.values(links)) {
      const [to, verb] = operationRef.split('/').slice(2);
      const pathMethod = [decodeURIComponent(to).replaceAll('~1', '/').replaceAll('~0', '~'), verb];
      for (const [name, expression] of Object.entries(parameters))
        specActions.changeParam(pathMethod, name, 'path', at(body, expression), false);
      if (requestBody === undefined) continue;
      const value = JSON.stringify(requestBody, null, 2).replace(/{([$]response[^}]+)}/g, (_all, each) =>
        JSON.stringify(at(body, each)).slice(1, -1));
      oas3Actions.setRequestBodyValue({ pathMethod, value });
      // Without the flag, the value is lost when the call is unfolded.
      oas3Actions.setRetainRequestBodyValueFlag({ pathMethod, value: true });
    }
  };
  const setResponse = (original, system) => (path, method, response) => {
    const result = original(path, method, response);
    fill(system, path, method, response);
    return result;
  };
  return () => ({ statePlugins: { spec: { wrapActions: { setResponse } } } });
}

function attempt(token) {
  show(token).catch((error) => {
    form.hidden = false;
    problem.textContent = error.message;
  });
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const field = document.getElementById('token');
  const token = field.value.trim().replace(/^bearer +/i, '');
  field.value = '';
  attempt(token);
});
attempt(undefined);
`;
