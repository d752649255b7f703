import { createReporter } from './reporter.ts';
import type { Problem } from '../rule.ts';
import { entryOf } from './yaml.ts';
import type { YamlDocument, YamlEntry, YamlMap } from './yaml.ts';

/**
 * applyActions resolves the `action` attribute of old rule collections: `global` gives its attributes to the documents
 * behind it, `reset` ends that, `repeat` takes over what the document before it said. Each use is warned about, because
 * the specification has dropped them.
 */
export function applyActions(documents: readonly YamlDocument[], path: string, problems: Problem[]): YamlDocument[] {
  let shared: YamlMap | undefined;
  let previous: YamlMap | undefined;
  const resolved: YamlDocument[] = [];
  for (const { document, content } of documents) {
    const action = entryOf(content, 'action');
    if (action === undefined) {
      const merged = shared === undefined ? content : merge(shared, content);
      previous = merged;
      resolved.push({ document, content: merged });
      continue;
    }
    const reporter = createReporter(problems, { path, line: content.line, document });
    const name = action.value.kind === 'scalar' ? action.value.value : undefined;
    const rest: YamlMap = { ...content, entries: content.entries.filter((entry) => entry !== action) };
    if (name === 'global' || name === 'reset' || name === 'repeat') {
      reporter.warn(
        action.line,
        'old-action',
        `\`action: ${name}\` is no longer part of Sigma: write each document in full`,
      );
    }
    if (name === 'global') shared = rest;
    else if (name === 'reset') shared = undefined;
    else if (name === 'repeat') {
      if (previous === undefined) {
        reporter.error(action.line, 'old-action', '`action: repeat` has no document before it to repeat');
        continue;
      }
      previous = merge(previous, rest);
      resolved.push({ document, content: previous });
    } else {
      reporter.error(action.line, 'unknown-action', 'action must be global, reset or repeat; better: leave it out');
    }
  }
  return resolved;
}

/** merge lays `over` on `base`, map into map; lists and scalars are replaced whole. */
function merge(base: YamlMap, over: YamlMap): YamlMap {
  const entries: YamlEntry[] = base.entries.map((entry) => {
    const other = entryOf(over, entry.key);
    if (other === undefined) return entry;
    if (entry.value.kind === 'map' && other.value.kind === 'map')
      return { ...other, value: merge(entry.value, other.value) };
    return other;
  });
  for (const entry of over.entries) if (entryOf(base, entry.key) === undefined) entries.push(entry);
  return { kind: 'map', line: over.line, entries };
}
