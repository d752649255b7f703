import { expect, test } from '@jest/globals';
import { readParameter, readParameters, parameterLiteral } from '../../../../src/report/definition/parameter.ts';
import type { ParameterType } from '../../../../src/report/definition/parameter.ts';

const definition = (type: ParameterType) => ({ name: 'x', type, meaning: 'a thing' });

test.each<{ type: ParameterType; good: string; bad: string }>([
  { type: 'integer', good: '-90', bad: '90d' },
  { type: 'integer', good: '0', bad: '1e3' },
  { type: 'boolean', good: 'true', bad: 'yes' },
  { type: 'account', good: '111122223333', bad: "1' OR 1=1" },
  { type: 'region', good: 'us-gov-west-1', bad: 'eu-west' },
  { type: 'address', good: '2001:db8::1', bad: '198.51.100.300' },
  { type: 'access-key', good: 'AKIAIOSFODNN7EXAMPLE', bad: 'AKIA' },
  { type: 'timezone', good: 'Europe/Berlin', bad: 'Mars/Olympus' },
  { type: 'text', good: "O'Neil", bad: 'a\u0000b' },
  { type: 'text', good: '*', bad: '' },
  { type: 'text', good: ' x ', bad: ' \u00a0 ' },
])('$type takes $good and refuses $bad', ({ type, good, bad }) => {
  expect(readParameter(definition(type), good)).toBeDefined();
  expect(() => readParameter(definition(type), bad)).toThrow(/x: expected .*, got /);
});

test.each<{ rule: string; text: string; says: string }>([
  { rule: 'below the range', text: '-1', says: 'x: expected a whole number from 0 to 23, got "-1"' },
  { rule: 'above the range', text: '24', says: 'x: expected a whole number from 0 to 23, got "24"' },
  { rule: 'not a number', text: '7h', says: 'x: expected a whole number from 0 to 23, got "7h"' },
])('an integer $rule is refused', ({ text, says }) => {
  expect(() => readParameter({ ...definition('integer'), min: 0, max: 23 }, text)).toThrow(says);
});

test('an integer may be any number of its range, or have one bound', () => {
  for (const text of ['0', '23']) {
    expect(readParameter({ ...definition('integer'), min: 0, max: 23 }, text)).toEqual({
      type: 'integer',
      value: Number(text),
    });
  }
  expect(() => readParameter({ ...definition('integer'), min: 1 }, '0')).toThrow('expected a whole number from 1 up');
  expect(() => readParameter({ ...definition('integer'), max: 9 }, '10')).toThrow('expected a whole number up to 9');
});

test('text may be empty where that is the default', () => {
  expect(readParameter({ ...definition('text'), default: '' }, '')).toEqual({ type: 'text', value: '' });
});

test('an unknown parameter is refused with the known ones', () => {
  expect(() => readParameters([definition('text')], { y: '1' })).toThrow(/unknown parameter/);
});

test('a parameter without a default must be given', () => {
  expect(() => readParameters([definition('text')], {})).toThrow(/required parameter is missing \(a thing\)/);
});

test('what an object inherits is no parameter', () => {
  expect(() => readParameters([{ ...definition('text'), name: 'constructor' }], {})).toThrow(
    /required parameter is missing/,
  );
});

test('a literal can only end at its own quote', () => {
  expect(parameterLiteral({ type: 'text', value: "x' OR '1'='1\\" })).toBe("'x'' OR ''1''=''1\\'");
  expect(parameterLiteral({ type: 'integer', value: -5 })).toBe('-5');
});
