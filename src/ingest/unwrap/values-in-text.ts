import { defaultLimits } from '../files/limits.ts';
import { createJsonScanner } from '../json/json-scanner.ts';
import { parseJson } from '../json/json-text.ts';
import { looksLikeJson } from '../looks-like-json.ts';

/**
 * valuesInText gives the JSON values that a text holds, one or several behind each other; undefined when it isn't JSON from its
 * beginning to its end. A text that is a JSON string holds what the string does.
 */
export function valuesInText(text: string): readonly unknown[] | undefined {
  const trimmed = text.trim();
  if (trimmed.startsWith('"') && trimmed.endsWith('"')) return stringIn(trimmed);
  if (!looksLikeJson(trimmed) && !/^\[\s*"/.test(trimmed)) return undefined;
  const whole = parseJson(trimmed);
  return whole.ok ? [whole.value] : severalIn(trimmed);
}

function stringIn(text: string): readonly unknown[] | undefined {
  const parsed = parseJson(text);
  return parsed.ok && typeof parsed.value === 'string' ? [parsed.value] : undefined;
}

function severalIn(text: string): readonly unknown[] | undefined {
  const values: unknown[] = [];
  let broken = false;
  const scanner = createJsonScanner(
    {
      value: (bytes) => {
        const parsed = parseJson(bytes.toString('utf8'));
        if (parsed.ok) values.push(parsed.value);
        else broken = true;
      },
      broken: () => {
        broken = true;
        return true;
      },
    },
    defaultLimits,
  );
  scanner.push(Buffer.from(text));
  scanner.end();
  return broken || values.length < 2 ? undefined : values;
}
