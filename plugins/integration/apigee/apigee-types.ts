import { isRawNumber, parseExactJson } from '../../../src/plugin.ts';

// Members that this API family documents as booleans and numbers, at any depth of plans, developers and organizations.
const booleans = new Set([
  ...['advance', 'aggregateFreemiumCounters', 'aggregateStandardCounters', 'aggregateTransactions', 'approveTrusted'],
  ...['approveUntrusted', 'broker', 'chargePerUsage', 'customPaymentTerm', 'hasBillingAdjustment', 'hasBroker'],
  ...['hasSelfBilling', 'hasSeparateInvoiceForProduct', 'isPrimary', 'isPrivate', 'issueNettingStmt'],
  ...['keepOriginalStartDate', 'nettingStmtPerCurrency', 'private', 'prorate', 'published', 'selfBillingAsExchOrg'],
  ...['selfBillingForAllDev', 'separateInvoiceForFees', 'suppressWarning', 'virtualCurrency', 'waiveTerminationCharge'],
]);
const numbers = new Set([
  ...['approxTaxRate', 'contractDuration', 'duration', 'earlyTerminationFee', 'endUnit', 'freemiumDuration'],
  ...['freemiumUnit', 'frequencyDuration', 'keyExpiresIn', 'netPaymentAdvice', 'rate', 'recurringFee'],
  ...['recurringStartUnit', 'revshare', 'setUpFee', 'startUnit'],
]);

// Members that it documents as text.
const texts = new Set(['quota', 'quotaInterval']);

const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * A copy of a kept member, in which booleans and numbers that clients sent as text are booleans and numbers, and numbers that are
 * documented as text are text. Numbers keep their notation; another text stays as it is.
 */
export function withTypes(name: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => withTypes(name, each));
  if (typeof value === 'string') return typed(name, value);
  if (texts.has(name) && (isRawNumber(value) || typeof value === 'number')) return JSON.stringify(value);
  if (typeof value !== 'object' || value === null || isRawNumber(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withTypes(key, member)]));
}

function typed(name: string, text: string): unknown {
  if (booleans.has(name)) {
    const lowered = text.toLowerCase();
    return lowered === 'true' || lowered === 'false' ? lowered === 'true' : text;
  }
  return numbers.has(name) && number.test(text) ? parseExactJson(text) : text;
}
