import * as v from 'valibot';

// The part of the Adaptive Card schema that cards of Trailwatch use, with no other properties: https://adaptivecards.io/explorer/

const spacing = v.exactOptional(v.picklist(['None', 'Small', 'Default', 'Medium', 'Large', 'ExtraLarge', 'Padding']));
const id = v.pipe(v.string(), v.regex(/^[a-z]+$/));
const webAddress = v.pipe(v.string(), v.regex(/^https?:\/\/[!-~]+$/));
const text = v.pipe(v.string(), v.minLength(1));

const openUrl = v.strictObject({ type: v.literal('Action.OpenUrl'), title: v.exactOptional(text), url: webAddress });
const toggle = v.strictObject({
  type: v.literal('Action.ToggleVisibility'),
  title: text,
  targetElements: v.pipe(v.array(id), v.minLength(1)),
});

/** A text run reads no Markdown; a TextBlock or FactSet would. */
const textRun = v.strictObject({
  type: v.literal('TextRun'),
  text,
  weight: v.exactOptional(v.picklist(['Lighter', 'Default', 'Bolder'])),
  size: v.exactOptional(v.picklist(['Small', 'Default', 'Medium', 'Large', 'ExtraLarge'])),
  fontType: v.exactOptional(v.picklist(['Default', 'Monospace'])),
  isSubtle: v.exactOptional(v.boolean()),
  selectAction: v.exactOptional(openUrl),
});

const richTextBlock = v.strictObject({
  type: v.literal('RichTextBlock'),
  inlines: v.pipe(v.array(textRun), v.minLength(1)),
  spacing,
});

const column = v.strictObject({
  type: v.literal('Column'),
  width: v.union([v.picklist(['auto', 'stretch']), v.pipe(v.string(), v.regex(/^\d+px$/))]),
  items: v.pipe(v.array(richTextBlock), v.minLength(1)),
});

const columnSet = v.strictObject({
  type: v.literal('ColumnSet'),
  columns: v.pipe(v.array(column), v.minLength(1)),
  spacing,
});

const container = v.strictObject({
  type: v.literal('Container'),
  id: v.exactOptional(id),
  isVisible: v.exactOptional(v.boolean()),
  separator: v.exactOptional(v.boolean()),
  style: v.exactOptional(v.picklist(['default', 'emphasis', 'good', 'attention', 'warning', 'accent'])),
  bleed: v.exactOptional(v.boolean()),
  items: v.pipe(v.array(v.variant('type', [richTextBlock, columnSet])), v.minLength(1)),
  spacing,
});

const card = v.strictObject({
  $schema: v.literal('http://adaptivecards.io/schemas/adaptive-card.json'),
  type: v.literal('AdaptiveCard'),
  // Teams shows cards of versions up to 1.5; a runs' `selectAction` needs 1.2.
  version: v.picklist(['1.2', '1.3', '1.4', '1.5']),
  msteams: v.strictObject({ width: v.literal('Full') }),
  fallbackText: text,
  body: v.pipe(v.array(v.variant('type', [container, columnSet, richTextBlock])), v.minLength(1)),
  actions: v.pipe(v.array(v.variant('type', [openUrl, toggle])), v.maxLength(6)),
});

const payload = v.strictObject({
  type: v.literal('message'),
  summary: text,
  attachments: v.strictTuple([
    v.strictObject({ contentType: v.literal('application/vnd.microsoft.card.adaptive'), content: card }),
  ]),
});

/** cardProblems says what is wrong with the payload of a card; empty when nothing is. */
export function cardProblems(given: unknown): readonly string[] {
  const { issues, success, output } = v.safeParse(payload, given);
  if (!success) return issues.map((issue) => `${v.getDotPath(issue) ?? ''}: ${issue.message}`);
  const { body, actions } = output.attachments[0].content;
  const ids = body.flatMap((element) => (element.type === 'Container' && element.id !== undefined ? [element.id] : []));
  const targets = actions.flatMap((action) => (action.type === 'Action.OpenUrl' ? [] : action.targetElements));
  return [
    ...ids.filter((one, index) => ids.indexOf(one) !== index).map((one) => `the ID ${one} stands twice`),
    ...targets.filter((one) => !ids.includes(one)).map((one) => `a button shows ${one}, which is not in the card`),
    ...ids.filter((one) => !targets.includes(one)).map((one) => `no button shows ${one}`),
  ];
}

/** cardText is a card as a person sees it, roughly: what stands in a container that a button shows is there too. */
export function cardText(given: unknown): string {
  const { content } = v.parse(payload, given).attachments[0];
  const ofBlock = ({ inlines }: v.InferOutput<typeof richTextBlock>): string => inlines.map((run) => run.text).join('');
  const ofColumns = ({ columns }: v.InferOutput<typeof columnSet>): string =>
    columns
      .map(({ items, width }) =>
        items
          .map(ofBlock)
          .join('\n')
          .padEnd(width === 'stretch' ? 0 : 18),
      )
      .join('');
  const ofElement = (element: v.InferOutput<typeof card>['body'][number]): string => {
    switch (element.type) {
      case 'RichTextBlock':
        return ofBlock(element);
      case 'ColumnSet':
        return ofColumns(element);
      case 'Container': {
        const items = element.items.map((item) => (item.type === 'ColumnSet' ? ofColumns(item) : ofBlock(item)));
        return `${element.id === undefined ? '' : `[${element.id}, shown on demand]\n`}${items.join('\n')}`;
      }
      default:
        throw new Error(element satisfies never);
    }
  };
  const buttons = content.actions.map(({ title = '' }) => `[ ${title} ]`).join('  ');
  return `${[...content.body.map(ofElement), buttons].join('\n')}\n`;
}
