/** A rule of the gateway that JSON Schema cannot express, with the message of its refusals, or the place of any. */
export type RuleBeyondSchemas = { readonly rule: string } & ({ readonly message: RegExp } | { readonly path: RegExp });

interface Problem {
  path: string;
  message: string;
}

export const rulesBeyondSchemas: readonly RuleBeyondSchemas[] = [
  { rule: 'unknown query parameters are refused under `/api/v1`', message: /^unknown is not allowed/ },
  { rule: 'dates exist in the calendar', message: /must be (?:a date in the form|in iso format)/ },
  { rule: 'the host of an address is valid', message: /must be an (?:http or https|https address)/ },
  {
    rule: 'e-mail addresses have a valid domain',
    message: /must be a valid email|must be an e-mail address or the id/,
  },
  {
    rule: 'numbers written as text have the limits of numbers',
    message: /must be (?:a number|a safe number|an integer|greater|less)/,
  },
  { rule: 'text has no half of a surrogate pair', message: /half of a surrogate pair/ },
  { rule: 'names fit in lower case, in which some letters have two characters', message: /characters in lower case/ },
  { rule: 'two spellings of one member have the same value', message: /must equal \w+ when both are sent/ },
  { rule: 'a masked credential keeps a stored one', message: /\*{8}/ },
  { rule: 'an event for a GET or DELETE fits into a query', message: /query of \d+ bytes|duplicates a parameter/ },
  { rule: 'a double holds the value of a number', message: /that a double \(IEEE 754\) holds/ },
  { rule: 'stored members have a limit in bytes', message: /must be at most \d+ bytes/ },
  {
    rule: 'a range of time has an order and a limit of steps',
    message:
      /^must be before "to"|must not be later than "to"$|^is too short: with steps|^the range is longer|must be at most one minute after/,
  },
  { rule: 'stored headers stay with their host', message: /delivery headers are bound to the old one/ },
  { rule: 'keys of a list differ', message: /contains a duplicate value/ },
  { rule: 'the schema of an event type is JSON Schema, which its example matches', path: /^(?:schema|example)\b/ },
];

/** The rules for which a valid request was refused; undefined if one of the problems has another cause. */
export function rulesOf(refusal: string): readonly string[] | undefined {
  const problems = problemsOf(refusal);
  const rules = problems.map((problem) => rulesBeyondSchemas.find((rule) => isBrokenIn(problem, rule))?.rule);
  return problems.length > 0 && !rules.includes(undefined) ? (rules as string[]) : undefined;
}

const isBrokenIn = ({ path, message }: Problem, rule: RuleBeyondSchemas): boolean =>
  'path' in rule ? rule.path.test(path) : rule.message.test(message);

/** Problems of a `VALIDATION_ERROR`, in either form. */
function problemsOf(refusal: string): Problem[] {
  const { error, contexts = [] } = JSON.parse(refusal) as {
    error?: { details?: { fields?: Problem[] } };
    contexts?: { name: string; value: string }[];
  };
  return error ? (error.details?.fields ?? []) : contexts.map(({ name: path, value: message }) => ({ path, message }));
}
