import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventProblems, isEventType, isOwnType, toEvent } from '../../plugins/console/web/src/endpoints/event-form.ts';
import {
  emptyForm,
  toForm,
  toInput,
  typeProblems,
} from '../../plugins/console/web/src/pages/events/types/event-type-form.ts';

test('an event is sent with its numbers as they were typed', () => {
  const { type, node, data } = toEvent({ type: ' order.filled ', node: ' ', data: '{"amount": 12.50}' });
  assert.deepEqual([type, node, JSON.stringify(data)], ['order.filled', undefined, '{"amount":12.50}']);
  assert.deepEqual(['order.filled', 'a:b/c-d_e', 'a b', '', 'ş'].map(isEventType), [true, true, false, false, false]);
  assert.deepEqual(['hookgate.endpoint.failing', 'hookgates'].map(isOwnType), [true, false]);
});

test('refusals of an event are shown at its fields, with a line for each place of its data', () => {
  const refusals = new Map([
    ['data.items[0].price', 'must be number'],
    ['data', 'must have the property id'],
    ['node_id', 'must be a UUID'],
    ['surprise', 'is unknown'],
  ]);
  assert.deepEqual(eventProblems(refusals), [
    { field: 'data', lines: 'data.items[0].price: must be number\nmust have the property id' },
    { field: 'node', lines: 'must be a UUID' },
  ]);
});

test('an event type is saved as it was read, with its numbers, and empty fields are none', () => {
  const stored = '{"name":"order.filled","description":null,"example":{"amount":12.50},"schema":null,"created_at":"x"}';
  const form = toForm(stored);
  assert.deepEqual({ ...form, example: '' }, { ...emptyForm, name: 'order.filled' });
  assert.equal(form.example, '{\n  "amount": 12.50\n}');
  assert.equal(JSON.stringify(toInput(form)), '{"description":null,"example":{"amount":12.50},"schema":null}');
});

test('refusals of an event type are shown at its fields, with their places', () => {
  const refusals = new Map([
    ['example.amount', 'must be >= 0'],
    ['schema.$ref', '"schema.$ref" must stay within the schema'],
    ['name', 'is reserved'],
  ]);
  assert.deepEqual(typeProblems(refusals), [
    { field: 'name', lines: 'is reserved' },
    { field: 'example', lines: 'example.amount: must be >= 0' },
    { field: 'schema', lines: '"schema.$ref" must stay within the schema' },
  ]);
});
